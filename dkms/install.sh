#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Put the modules' sources where DKMS wants them, build and install them for
# the running kernel. What was there, an older version or the same one, makes room
# once it is known that the new one can be built. A module that is loaded is left
# alone.
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

# build DKMS-TREE [OPTION...]: false if it can't be built
build()
{
	log=$1/$name/$version/build/make.log
	shift
	dkms add $name/"$version" "$@" >/dev/null
	dkms build $name/"$version" -k "$kernel" "$@" && return
	[ ! -e "$log" ] || tail -n 20 "$log" >&2
	return 1
}

not_built()
{
	die "the modules could not be built for kernel $kernel: see above"
}

# DKMS has room for one build of a version: that which is there has to go
# first. Whether another one will come is tried out beside it.
try_build()
{
	trial=$(mktemp -d "${TMPDIR:-/tmp}/gpuvirt.XXXXXX")
	trap 'rm -rf "$trial"' EXIT
	mkdir "$trial/dkms"
	put_sources "$trial/src/$name-$version"
	build "$trial/dkms" --dkmstree "$trial/dkms" --sourcetree "$trial/src" ||
		not_built
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
	[ "$v" = "$version" ] || continue
	try_build
	forget "$v"
done
put_sources "$tree"
if ! build /var/lib/dkms; then
	forget "$version"
	not_built
fi
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
