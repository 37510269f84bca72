#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Files that the kernel's YNL generator makes from the netlink spec.
#
# usage: gen.sh write      write them
#        gen.sh check      compare them with those in the tree
#        gen.sh ynl        print where the generator is

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

ynl=$("$top/selftests/vm/source.sh")

# Debian's own interpreter has the YAML module; another in the path may not.
generate()
{
	cd "$top"
	PYTHON=/usr/bin/python3 uapi/ynl-gen.sh "$ynl/tools/net/ynl" "$1"
	/usr/bin/python3 selftests/syzkaller/generate.py \
		Documentation/netlink/specs/gpuvirt.yaml >"$1/gpuvirt.txt"
}

[ $# -eq 1 ] || die "usage: gen.sh write|check|ynl"
out=$top/build/gen
case $1 in
ynl)
	echo "$ynl/tools/net/ynl"
	;;
write)
	generate "$out"
	cp "$out/gpuvirt.h" "$top/uapi/linux/"
	cp "$out/netlink-gen.c" "$out/netlink-gen.h" "$top/kmod/"
	cp "$out/gpuvirt.txt" "$top/selftests/syzkaller/"
	;;
check)
	generate "$out"
	for file in uapi/linux/gpuvirt.h kmod/netlink-gen.c kmod/netlink-gen.h \
		selftests/syzkaller/gpuvirt.txt; do
		diff -u "$top/$file" "$out/${file##*/}" ||
			die "$file differs from what the spec gives: run make gen"
	done
	;;
*)
	die "no such verb: $1"
	;;
esac
