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

# Other architectures and most of the code are not wanted; s390 is the one that
# we build for because its bytes are the other way round (cross.sh).
wanted="Makefile Kbuild .clang-format *Kconfig* scripts/* include/*
	arch/x86/* arch/s390/* kernel/bounds.c kernel/time/timeconst.bc
	lib/vdso/* security/selinux/include/* tools/arch/x86/* tools/build/*
	tools/bpf/resolve_btfids/* tools/include/* tools/lib/* tools/net/ynl/*
	tools/objtool/* tools/Makefile tools/scripts/* Documentation/netlink/*"

unpack()
{
	set -f
	# shellcheck disable=SC2046,SC2086
	tar -x -J --strip-components=1 --no-same-owner -C "$1" -f "$2" \
		--wildcards $(printf "$source/%s " $wanted)
	set +f
}

# The package is large, and little of it is wanted: keep just that.
fetch()
{
	for suite in $suites; do
		[ -n "$("$top/selftests/vm/apt.sh" "$suite" names "$source")" ] ||
			continue
		say "fetching $source from $suite"
		rm -rf "$dir.deb"
		"$top/selftests/vm/apt.sh" "$suite" extract "$dir.deb" "$source"
		mkdir -p "$dir"
		unpack "$dir" "$dir.deb/usr/src/$source.tar.xz"
		rm -rf "$dir.deb"
		echo "$wanted" >"$dir/.ready"
		return 0
	done
	skip "no $source in $suites: its tools can't be had"
}

# What was unpacked when less was wanted is added to: others may be using it.
has_all()
{
	[ -e "$dir/.ready" ] && echo "$wanted" | cmp -s - "$dir/.ready"
}

if ! has_all; then
	lock_cache "$source"
	has_all || fetch
fi
echo "$dir"
