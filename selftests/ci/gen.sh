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

ynl=$cache/ynl
suites="bookworm-security bookworm-backports trixie"
source=linux-source-6.12

# The package is large, and a few files of it are wanted: keep just those.
fetch_ynl()
{
	lock_cache ynl
	[ ! -e "$ynl/ready" ] || return 0
	for suite in $suites; do
		[ -n "$("$top/selftests/vm/apt.sh" "$suite" names "$source")" ] ||
			continue
		say "fetching $source from $suite for its YNL generator"
		rm -rf "$ynl" "$ynl.deb"
		"$top/selftests/vm/apt.sh" "$suite" extract "$ynl.deb" "$source"
		mkdir -p "$ynl"
		tar -x -J --strip-components=1 --no-same-owner -C "$ynl" \
			-f "$ynl.deb/usr/src/$source.tar.xz" \
			$source/tools/net/ynl $source/Documentation/netlink
		rm -rf "$ynl.deb"
		touch "$ynl/ready"
		return 0
	done
	skip "no $source in $suites: the generator can't be had"
}

# Debian's own interpreter has the YAML module; another in the path may not.
generate()
{
	cd "$top"
	PYTHON=/usr/bin/python3 uapi/ynl-gen.sh "$ynl/tools/net/ynl" "$1"
}

[ $# -eq 1 ] || die "usage: gen.sh write|check|ynl"
[ -e "$ynl/ready" ] || fetch_ynl
out=$top/build/gen
case $1 in
ynl)
	echo "$ynl/tools/net/ynl"
	;;
write)
	generate "$out"
	cp "$out/gpuvirt.h" "$top/uapi/linux/"
	cp "$out/netlink-gen.c" "$out/netlink-gen.h" "$top/kmod/"
	;;
check)
	generate "$out"
	for file in uapi/linux/gpuvirt.h kmod/netlink-gen.c kmod/netlink-gen.h; do
		diff -u "$top/$file" "$out/${file##*/}" ||
			die "$file differs from what the spec gives: run make gen"
	done
	;;
*)
	die "no such verb: $1"
	;;
esac
