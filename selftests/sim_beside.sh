#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: own-guest
# timeout: 120
# qemu: -machine q35,kernel-irqchip=split -device intel-iommu,intremap=on
# qemu: -device pcie-root-port,id=rp,chassis=1,slot=1 -device e1000e,bus=rp
# cmdline: intel_iommu=on
#
# A simulated GPU beside a hardware IOMMU. Linux 6.1 has room for one driver;
# newer kernels have both.

. "$GV_TOP/selftests/lib/ktap.sh"

pci=/sys/bus/pci/devices

groups()
{
	ls /sys/kernel/iommu_groups | wc -l
}

hardware()
{
	[ -e /sys/class/iommu/dmar0 ] && before=$(groups) && [ "$before" -gt 0 ]
}

added()
{
	gpu=$(gpuvirt sim add) && pf=$pci/$gpu &&
	[ "$(cat "$pf/sriov_totalvfs")" = 16 ]
}

without()
{
	! gpuvirt vf enable "$gpu" 4 2>/run/err && cat /run/err &&
	grep 'room for one IOMMU driver, and has one already (iommu-conflict)' \
		/run/err || return
	[ ! -e "$pf/iommu_group" ] && ! echo 4 >"$pf/sriov_numvfs" &&
	[ "$(cat "$pf/sriov_numvfs")" = 0 ] &&
	dmesg | grep "$gpu: no VFs without our IOMMU: boot with intel_iommu=off"
}

with()
{
	gpuvirt vf enable "$gpu" 4 && [ "$(groups)" = $((before + 5)) ] &&
	[ -e /sys/class/iommu/gpuvirt-sim ]
}

verdict()
{
	case $GV_KERNEL in
	6.1|6.1-*)	without ;;
	*)	with ;;
	esac
}

left()
{
	gpuvirt sim del "$gpu" && [ "$(groups)" = "$before" ] &&
	[ -e /sys/class/iommu/dmar0 ] && rmmod gpuvirt_sim gpuvirt
}

ktap_plan 4
ktap_run "the hardware IOMMU has its groups" hardware
ktap_run "a GPU is added" added
ktap_run "its VFs come, or are refused in words" verdict
ktap_run "the hardware IOMMU is as before" left
ktap_end
