#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Where the modules can be built for a machine whose bytes are the other way
# round: the kernel's source, prepared for it with the kernel's own configuration
# of that architecture. Prints the directory. It is kept by a hash of what it is
# made from.
#
# usage: cross.sh            prepare it if it is not there
#        cross.sh make       what make must be told to build for it
#        cross.sh tool       compile the tool for it
#
# The tool is compiled, but not linked: its libraries are not fetched for that
# architecture. Their headers, which are those of this machine, say the same there.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

arch=s390
prefix=s390x-linux-gnu-
# What gpuvirt.ko, and what is built with it, would be less without.
options="64BIT CPU_BIG_ENDIAN MODULES PCI PCI_IOV PCI_MSI IOMMU_API VFIO VFIO_MDEV
	VFIO_PCI_CORE EVENTFD NET"

# Their includes are found below a directory that has nothing of the C library of
# this machine, which the compiler would take for its own.
tool_headers()
{
	rm -rf "$1"
	mkdir -p "$1/usr/include/$(gcc -print-multiarch)"
	for header in libnl3 json-c uuid libkmod.h "$(gcc -print-multiarch)/pci"; do
		[ -e "/usr/include/$header" ] ||
			die "there is no /usr/include/$header: run make deps"
		ln -s "/usr/include/$header" "$1/usr/include/$header"
	done
}

compile_tool()
{
	out=$top/build/cross/tool
	need_program "${prefix}gcc" make pkg-config
	tool_headers "$out/root"
	export PKG_CONFIG_SYSROOT_DIR="$out/root"
	# shellcheck disable=SC2046
	make --no-print-directory -C "$top/tools" O="$out" \
		CC="${prefix}gcc -isystem $out/root/usr/include" \
		$(cd "$top/tools" && find . -name '*.c' ! -path './build/*' |
			sed "s,^\.,$out,; s,c\$,o,")
}

# The configuration of a kernel that has all of it.
configure()
{
	make -C "$source" O="$1" $flags defconfig &&
	for option in $options; do
		grep -q "^CONFIG_$option=[ym]\$" "$1/.config" || {
			echo "the kernel's configuration for $arch has no CONFIG_$option"
			return 1
		}
	done
}

flags="ARCH=$arch CROSS_COMPILE=$prefix"
case ${1-} in
make)	echo "$flags"
	exit ;;
tool)	compile_tool
	exit ;;
esac

source=$("$top/selftests/vm/source.sh")
need_program "${prefix}gcc" flex bison bc make
hash=$( (echo "$flags"; "${prefix}gcc" --version
	 cat "$source/Makefile" "$source/arch/$arch/configs/defconfig") |
	md5sum | cut -c1-12)
dir=$source.$arch-$hash
if [ -e "$dir/.ready" ]; then
	echo "$dir"
	exit
fi

lock_cache "${source##*/}"
say "preparing the kernel's source for $arch"
rm -rf "$source.$arch-"*
mkdir -p "$dir"
{
	configure "$dir" &&
	make -C "$source" O="$dir" $flags -j"$(nproc)" modules_prepare
} >"$dir.log" 2>&1 || {
	tail -n 20 "$dir.log" >&2
	die "the kernel's source can't be prepared for $arch, see $dir.log"
}
touch "$dir/.ready"
echo "$dir"
