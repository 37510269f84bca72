#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What we use of the kernel's source, in the cache: the YNL generator, the
# checkers in scripts/, and what it takes to build modules against. Prints the
# directory.
#
# usage: source.sh
#
# Exit status 3: the mirror has no such source.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

suites="bookworm-security bookworm-backports trixie"
source=linux-source-6.12
dir=$cache/$source

# Other architectures and most of the code are not wanted.
unpack()
{
	tar -x -J --strip-components=1 --no-same-owner -C "$1" -f "$2" \
		--wildcards \
		"$source/Makefile" "$source/Kbuild" "$source/.clang-format" \
		"$source/*Kconfig*" "$source/scripts/*" "$source/include/*" \
		"$source/arch/x86/*" "$source/kernel/bounds.c" \
		"$source/kernel/time/timeconst.bc" \
		"$source/security/selinux/include/*" \
		"$source/tools/arch/x86/*" "$source/tools/build/*" \
		"$source/tools/bpf/resolve_btfids/*" \
		"$source/tools/include/*" "$source/tools/lib/*" \
		"$source/tools/net/ynl/*" "$source/tools/objtool/*" \
		"$source/tools/Makefile" "$source/tools/scripts/*" "$source/Documentation/netlink/*"
}

# The package is large, and little of it is wanted: keep just that.
fetch()
{
	for suite in $suites; do
		[ -n "$("$top/selftests/vm/apt.sh" "$suite" names "$source")" ] ||
			continue
		say "fetching $source from $suite"
		rm -rf "$dir" "$dir.deb"
		"$top/selftests/vm/apt.sh" "$suite" extract "$dir.deb" "$source"
		mkdir -p "$dir"
		unpack "$dir" "$dir.deb/usr/src/$source.tar.xz"
		rm -rf "$dir.deb"
		touch "$dir/.ready"
		return 0
	done
	skip "no $source in $suites: its tools can't be had"
}

if [ ! -e "$dir/.ready" ]; then
	lock_cache "$source"
	[ -e "$dir/.ready" ] || fetch
fi
echo "$dir"
