#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Put a module where modprobe and libkmod find it, by its aliases too, for whoever
# shares our mount namespace: over the modules of the running kernel comes a tree
# that has those which tests of VFs load, and this one.
#
# usage: modtree.sh FILE.ko

set -eu
release=$(uname -r)
root=$(mktemp -d)
tree=$root/lib/modules/$release

mkdir -p "$tree/extra"
for mod in vfio_pci vfio_iommu_type1 gpuvirt gpuvirt-sim; do
	modprobe --show-depends $mod
done | sed -n "s,^insmod /lib/modules/$release/\([^ ]*\).*,\1,p" | sort -u |
while read -r file; do
	mkdir -p "$tree/${file%/*}"
	cp "/lib/modules/$release/$file" "$tree/$file"
done
cp "/lib/modules/$release"/modules.order "/lib/modules/$release"/modules.builtin* \
	"$tree/"
cp "$1" "$tree/extra/"
depmod -b "$root" "$release"
mount --bind "$tree" "/lib/modules/$release"
