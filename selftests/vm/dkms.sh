#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Let DKMS build and install the modules for a kernel series, in directories of
# its own below build/, and load what it has installed in a guest. Nothing on this
# machine is touched. (The test dkms.sh does all of it in a guest, with our scripts
# around it, and takes a quarter of an hour for one kernel.)
#
# usage: dkms.sh SERIES

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"
. "$top/dkms/lib.sh"

[ $# -eq 1 ] || die "usage: dkms.sh SERIES"
series=$1
kernel=$top/selftests/vm/kernel.sh
release=$("$kernel" "$series" release)
headers=$("$kernel" "$series" headers)
version=$(cat "$top/VERSION")
dir=$top/build/$series/dkms

need_program dkms

in_dkms()
{
	# Another compiler than the kernel's is the matter of this machine alone.
	# shellcheck disable=SC2046
	env MAKEFLAGS="$("$top/selftests/vm/modules.sh" flags | tr '\n' ' ')" \
		dkms "$@" --dkmstree "$dir/tree" --sourcetree "$dir/source" \
		--installtree "$dir/modules" --kernelsourcedir "$headers" \
		-m gpuvirt -v "$version" -k "$release" -a x86_64 --no-depmod
}

rm -rf "$dir"
mkdir -p "$dir/tree" "$dir/source" "$dir/modules/$release" "$dir/ko"
put_sources "$dir/source/gpuvirt-$version"
for verb in add build install; do
	in_dkms $verb || {
		cat "$dir/tree/gpuvirt/$version/build/make.log" 2>/dev/null || :
		die "dkms $verb has failed for $release"
	}
done

find "$dir/modules" -name 'gpuvirt*.ko*' -exec cp {} "$dir/ko/" \;
[ -z "$(find "$dir/ko" -name '*.xz')" ] || xz -d "$dir"/ko/*.xz
[ "$(find "$dir/ko" -name '*.ko' | wc -l)" -eq 2 ] ||
	die "DKMS has not installed two modules for $release"
GV_MODULES=$dir/ko GV_RECORD=no "$top/selftests/vm/run.sh" -k "$series" \
	-o "$dir/vm" load vfio_info
