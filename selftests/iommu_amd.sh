#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: own-guest
# config: AMD_IOMMU
# timeout: 120
# qemu: -cpu EPYC -device amd-iommu,intremap=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
# qemu: -device bochs-display,bus=a
# qemu: -device ioh3420,id=b0,chassis=2,slot=1,addr=3.0,multifunction=on
# qemu: -device ioh3420,id=b1,chassis=2,slot=2,addr=3.1
# qemu: -device bochs-display,bus=b0 -device bochs-display,bus=b1
# qemu: -device pcie-root-port,id=c,chassis=3,slot=1,addr=4.0
# qemu: -device pcie-pci-bridge,id=c1,bus=c
# qemu: -device bochs-display,bus=c1,addr=1.0
#
# Groups behind an AMD IOMMU are reckoned as the kernel makes them.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/iommu.sh"

# The verdict on it, where interrupts are remapped; with QEMU's IOMMU, Linux 7.3
# does without.
alone()
{
	fn=$(behind 0000:00:02.0 00.0) &&
	if dmesg | grep -q "AMD-Vi: Interrupt remapping enabled"; then
		verdict "$fn" isolated "alone in its group"
	else
		verdict "$fn" no-interrupt-remapping
	fi
}

no_acs_functions()
{
	verdict "$(behind 0000:00:03.0 00.0)" shared "0000:00:03.0 has no ACS"
}

ktap_plan 4
ktap_run "there are groups" groups
ktap_run "all reckoned groups are the kernel's" agree
ktap_run "behind a port with ACS" alone
ktap_run "behind ports that are functions without ACS" no_acs_functions
ktap_end
