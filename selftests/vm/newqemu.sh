#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Print the path of a QEMU newer than Debian 12's, fetching it if need be. As
# the outer one of two it doesn't hang under kernels after 6.1. It uses the
# libraries of the QEMU that is installed.
#
# usage: newqemu.sh

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

dir=$cache/newqemu
suite=bookworm-backports
prog=$dir/qemu-system-x86_64

installed_major()
{
	qemu-system-x86_64 --version | sed -n 's/.*version \([0-9]*\).*/\1/p'
}

if [ "$(installed_major)" -ge 10 ]; then
	command -v qemu-system-x86_64
	exit
fi
lock_cache newqemu
if [ ! -e "$dir/ready" ]; then
	say "fetching a newer QEMU from $suite"
	rm -rf "$dir"
	"$top/selftests/vm/apt.sh" $suite extract "$dir" qemu-system-x86 \
		qemu-system-common qemu-system-data seabios
	cat >"$prog" <<-END
	#!/bin/sh
	export QEMU_MODULE_DIR=$dir/usr/lib/x86_64-linux-gnu/qemu
	exec $dir/usr/bin/qemu-system-x86_64 -L $dir/usr/share/qemu \
		-L $dir/usr/share/seabios "\$@"
	END
	chmod +x "$prog"
	"$prog" --version >/dev/null ||
		die "the QEMU of $suite does not run here: are its libraries missing?"
	touch "$dir/ready"
fi
echo "$prog"
