#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Put the modules' sources where DKMS wants them, build and install them for
# the running kernel. An older version makes room once the new one is built.
# A module that is loaded is left alone.
#
# usage: install.sh [KERNEL-RELEASE]

set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/dkms/lib.sh"

kernel=${1:-$(uname -r)}
version=$(cat "$top/VERSION")
tree=$sources/$name-$version

need_root dkms-install
need_dkms
[ -e "/lib/modules/$kernel/build/Makefile" ] ||
	die "the headers of kernel $kernel are missing: install linux-headers-$kernel"

build()
{
	dkms add $name/"$version" >/dev/null
	dkms build $name/"$version" -k "$kernel" && return
	log=/var/lib/dkms/$name/$version/build/make.log
	[ ! -e "$log" ] || tail -n 20 "$log" >&2
	forget "$version"
	die "the modules could not be built for kernel $kernel: see above"
}

# Other kernels that have an older version, and shall not lose it for nothing.
other_kernels()
{
	dkms status $name | sed -n 's/^[^,]*, *\([^,]*\),.*: installed.*/\1/p' |
		sort -u | grep -vxF "$kernel" || :
}

old=$(versions)
others=$(other_kernels)
for v in $old; do
	[ "$v" != "$version" ] || forget "$v"
done
put_sources "$tree"
build
for v in $old; do
	[ "$v" = "$version" ] || forget "$v"
done
dkms install $name/"$version" -k "$kernel" --force
for k in $others; do
	dkms install $name/"$version" -k "$k" ||
		say "kernel $k has no gpuvirt any more: see above"
done

say "version $version is installed for kernel $kernel"
if [ -e /sys/module/gpuvirt ]; then
	loaded=$(cat /sys/module/gpuvirt/version)
	say "version $loaded is loaded and was left alone; for the new one, when no vGPU is in use:"
	say "  gpuvirt sim del all; modprobe -r gpuvirt-sim gpuvirt; modprobe gpuvirt"
else
	say "load it: modprobe gpuvirt"
fi
