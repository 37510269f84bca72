#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root, own-guest
# timeout: 240
# qemu-version: 11
# qemu: -cpu EPYC -device amd-iommu,intremap=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
# qemu: -netdev socket,id=n,udp=127.0.0.1:1,localaddr=127.0.0.1:0 -device igb,bus=a,netdev=n
# cmdline: iommu=pt
#
# What vf_igb.sh does, behind an AMD IOMMU. For its PF's sake QEMU's wants identity
# domains, see vf_amd.sh.

# On Linux 7.3 it remaps no interrupts, and VFIO opens nothing unless told to.
dmesg | grep -q "AMD-Vi: Interrupt remapping enabled" || {
	modprobe vfio_iommu_type1
	echo Y >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
}
[ -d /sys/class/iommu/ivhd0 ] || {
	echo "Bail out! the machine has no AMD IOMMU"
	exit 1
}
exec "$GV_TOP/selftests/vf_igb.sh"
