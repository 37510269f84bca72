#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Where modules can be built with clang: the kernel's source, prepared for it
# with the configuration of Debian's kernel. Prints the directory.
#
# usage: clang.sh            prepare it if it is not there
#        clang.sh suffix     what the programs' names end in, for LLVM=

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

suffix=-16
config_of=6.1

if [ "${1-}" = suffix ]; then
	echo "$suffix"
	exit
fi

source=$("$top/selftests/vm/source.sh")
dir=$source.clang
if [ -e "$dir/.ready" ]; then
	echo "$dir"
	exit
fi

need_program "clang$suffix" "ld.lld$suffix" flex bison bc make
lock_cache "${source##*/}"
say "preparing the kernel's source for clang"
rm -rf "$dir"
mkdir -p "$dir"
cp "$("$top/selftests/vm/kernel.sh" "$config_of" headers)/.config" "$dir"
for target in olddefconfig modules_prepare; do
	make -C "$source" O="$dir" LLVM="$suffix" -j"$(nproc)" "$target" \
		>>"$dir.log" 2>&1 || {
		tail -n 20 "$dir.log" >&2
		die "the kernel's source can't be prepared for clang, see $dir.log"
	}
done
touch "$dir/.ready"
echo "$dir"
