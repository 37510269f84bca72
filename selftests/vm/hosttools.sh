#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make the programs that come with kernel headers run on this machine. Those of
# a newer Debian want a newer C library: give them one of their own. A script
# without which C=2 checks nothing was left out of the package: write it.
#
# usage: hosttools.sh ROOT     ROOT has the headers in usr/src, usr/lib

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

root=$1
libs=$cache/newlibc
suite=trixie
packages="libc6 libelf1t64 zlib1g libzstd1 libssl3t64 libgcc-s1"

fetch_libs()
{
	lock_cache newlibc
	[ ! -e "$libs/ready" ] || return 0
	rm -rf "$libs"
	mkdir -p "$libs/usr/lib" "$libs/usr/lib64"
	ln -s usr/lib "$libs/lib"
	ln -s usr/lib64 "$libs/lib64"
	# shellcheck disable=SC2086
	"$top/selftests/vm/apt.sh" $suite extract "$libs" $packages
	touch "$libs/ready"
}

wrap()
{
	fetch_libs
	mv "$1" "$1.elf"
	cat >"$1" <<-END
	#!/bin/sh
	l=$libs/usr/lib/x86_64-linux-gnu
	exec \$l/ld-linux-x86-64.so.2 --library-path \$l $1.elf "\$@"
	END
	chmod +x "$1"
}

# Asked whether a checker is of use, it has to say 1.
checker_valid()
{
	for mk in "$root"/usr/src/linux-headers-*-common/Makefile; do
		script=${mk%/*}/scripts/checker-valid.sh
		grep -q checker-valid.sh "$mk" && [ ! -e "$script" ] || continue
		cat >"$script" <<-'END'
		#!/bin/sh
		command -v "$1" >/dev/null && echo 1
		END
		chmod +x "$script"
	done
}

checker_valid
# A program whose C library is too old dies before it looks at its arguments.
find "$root"/usr/lib/linux-kbuild-* "$root"/usr/src -type f -perm -u+x \
	! -name '*.elf' | while read -r prog; do
	[ "$(head -c 4 "$prog" | tail -c 3)" = ELF ] || continue
	if ldd "$prog" 2>&1 | grep -q "version .GLIBC_.* not found"; then
		wrap "$prog"
	fi
done
