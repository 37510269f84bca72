#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make the inner guest in build/inner: Debian's own kernel, with the modules of
# its own package, and an initramfs that draws a picture. The one module that is
# ours, a driver to test VFs with, is loaded only where a test asks for it.
#
# usage: inner.sh [SERIES]

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

series=${1-6.1}
kernel=$top/selftests/vm/kernel.sh
inner=$top/selftests/vm/inner
guest=$top/selftests/guest
out=$top/build/inner

need_program "${CC:-gcc}" pkg-config
mkdir -p "$out"
exec 9>"$out/lock"
flock 9
vmlinux=$("$kernel" "$series" vmlinux)
modules=$("$kernel" "$series" modules)

if [ -e "$out/initramfs" ] && [ "$(cat "$out/series")" = "$series" ] &&
   [ -z "$(find "$inner" "$guest" "$vmlinux" "$modules/modules.dep" \
	-newer "$out/initramfs")" ]; then
	exit
fi
# shellcheck disable=SC2046
"${CC:-gcc}" -std=gnu11 -O2 -Wall -Wextra -Werror -o "$out/draw" \
	"$inner/draw.c" "$inner/picture.c" $(pkg-config --cflags --libs libdrm)
rm -rf "$out/guest"
cp -r "$guest" "$out/guest"
make -C "$("$kernel" "$series" headers)" M="$out/guest" "CC=${CC:-gcc}" \
	CONFIG_DEBUG_INFO_BTF_MODULES= modules >"$out/guest.log" 2>&1 ||
	{ cat "$out/guest.log"; die "the guest's test driver was not built"; }
ln -sf "$vmlinux" "$out/vmlinux"
echo "$series" >"$out/series"
"$top/selftests/vm/initramfs.sh" -t "$modules" -o "$out/initramfs" \
	-i "$inner/init.sh" -m bochs -m virtio_pci -m virtio_gpu \
	-p "$out/draw" \
	-f "$out/guest/gv_vf_test.ko:gv_vf_test.ko"
