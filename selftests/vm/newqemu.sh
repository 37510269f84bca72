#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Print the path of a QEMU newer than Debian 12's, fetching it if need be.
#   10   as the outer one of two it doesn't hang under kernels after 6.1. It
#        uses the libraries of the QEMU that is installed.
#   11   a display device can have VFs. It comes with libraries of its own.
#
# usage: newqemu.sh [10|11]     default 10; a newer one that is there will do
#
# Exit status 3: no suite has it any more.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

want=${1-10}

# Is the program of at least that version?
new_enough()
{
	major=$("$1" --version 2>/dev/null |
		sed -n 's/.*version \([0-9]*\)\..*/\1/p')
	[ "${major:-0}" -ge "$want" ]
}

packages="qemu-system-x86 qemu-system-common qemu-system-data seabios"

# wrapper LINE...: the program that starts it
wrapper()
{
	{
		echo '#!/bin/sh'
		echo "export QEMU_MODULE_DIR=$libs/qemu"
		echo "exec $* -L $usr/share/qemu -L $usr/share/seabios \"\$@\""
	} >"$prog"
	chmod +x "$prog"
	new_enough "$prog" ||
		die "the QEMU of $suite does not run here: are its libraries missing?"
}

fetch_10()
{
	suite=bookworm-backports
	# shellcheck disable=SC2086
	"$top/selftests/vm/apt.sh" $suite extract "$dir" $packages
	wrapper "$usr/bin/qemu-system-x86_64"
}

fetch_11()
{
	suite=trixie-backports,trixie
	# What it needs is laid out as in a merged /usr.
	for sub in bin lib lib64 sbin; do
		mkdir -p "$usr/$sub"
		ln -s "usr/$sub" "$dir/$sub"
	done
	names=$("$top/selftests/vm/apt.sh" $suite closure qemu-system-x86)
	# shellcheck disable=SC2086
	"$top/selftests/vm/apt.sh" $suite extract "$dir" $names
	wrapper "$libs/ld-linux-x86-64.so.2 --library-path $libs" \
		"--argv0 qemu-system-x86_64 $usr/bin/qemu-system-x86_64"
}

case $want in
10)	dir=$cache/newqemu ;;
11)	dir=$cache/newqemu-11 ;;
*)	die "no such version: $want" ;;
esac
usr=$dir/usr
libs=$usr/lib/x86_64-linux-gnu
prog=$dir/qemu-system-x86_64

if new_enough qemu-system-x86_64; then
	command -v qemu-system-x86_64
	exit
fi
lock_cache "${dir##*/}"
if [ ! -e "$dir/ready" ]; then
	say "fetching QEMU $want"
	rm -rf "$dir"
	mkdir -p "$dir"
	fetch_"$want"
	touch "$dir/ready"
fi
echo "$prog"
