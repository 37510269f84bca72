#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# DKMS runs this before a build. It says what the modules will lack on this
# kernel; that is not a failure.
#
# usage: prebuild.sh KERNEL-RELEASE KERNEL-SOURCE

config=$2/include/config/auto.conf

grep -q '^CONFIG_VFIO_MDEV=[ym]' "$config" 2>/dev/null ||
	echo "gpuvirt: kernel $1 has no mediated devices (CONFIG_VFIO_MDEV): there can be no mdev vGPUs on it"
for option in PCI_IOV PCI_MSI IOMMU_API; do
	grep -q "^CONFIG_$option=y" "$config" 2>/dev/null ||
		echo "gpuvirt: kernel $1 has no CONFIG_$option: there can be no simulated GPUs on it"
done
