#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Print a directory as /lib/modules/RELEASE should be in the guest: the modules
# of a kernel series, ours as updates, and the dependencies of them all.
#
# usage: modtree.sh SERIES
#
# Ours are those of build/SERIES/src, or of $GV_MODULES: that is made anew each time.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

[ $# -eq 1 ] || die "usage: modtree.sh SERIES"
series=$1
kernel=$top/selftests/vm/kernel.sh
build=$top/build/$series
release=$("$kernel" "$series" release)
stock=$("$kernel" "$series" modules)
ours=${GV_MODULES:-$build/src}
base=$build/modtree${GV_MODULES:+-other}
tree=$base/lib/modules/$release

mkdir -p "$build"
exec 9>"$build/modtree.lock"
flock 9

up_to_date()
{
	[ -z "${GV_MODULES-}" ] && [ -e "$tree/modules.dep.bin" ] || return 1
	[ -z "$(find "$build/src" -name '*.ko' \
		-newer "$tree/modules.dep.bin" 2>/dev/null)" ] || return 1
	[ -z "$(find "$stock/modules.dep" -newer "$tree/modules.dep.bin")" ]
}

if ! up_to_date; then
	rm -rf "$base"
	mkdir -p "$tree/updates"
	for file in "$stock"/kernel "$stock"/modules.order "$stock"/modules.builtin*; do
		ln -s "$file" "$tree/"
	done
	ln -s "$("$kernel" "$series" headers)" "$tree/build"
	# Debug information makes them ten times as large. What a test has to put
	# in place by itself is none of them.
	for ko in "$ours"/gpuvirt*.ko; do
		[ -e "$ko" ] || continue
		strip --strip-debug -o "$tree/updates/${ko##*/}" "$ko"
	done
	depmod -b "$base" "$release"
fi
echo "$tree"
