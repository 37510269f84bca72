#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: own-guest
# timeout: 120
# qemu: -device intel-iommu,intremap=off
# qemu: -device pcie-root-port,id=a0,chassis=1,slot=1,addr=2.0,multifunction=on
# qemu: -device pcie-root-port,id=a1,chassis=1,slot=2,addr=2.1
# qemu: -device bochs-display,bus=a0 -device bochs-display,bus=a1
# qemu: -device pcie-root-port,id=b0,chassis=2,slot=1,addr=3.0,multifunction=on
# qemu: -device pcie-root-port,id=b1,chassis=2,slot=2,addr=3.1
# qemu: -device bochs-display,bus=b0 -device bochs-display,bus=b1
# cmdline: pci=disable_acs_redir=00:02.0;00:02.1;00:03.0;00:03.1,config_acs=xx111x1@0000:00:03.0;xx111x1@0000:00:03.1
#
# ACS that was turned off, with the fix that the report gives for it applied to
# one of two pairs of ports; no interrupt remapping; a domain that is identity.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/iommu.sh"

acs_off()
{
	case $(uname -r) in
	6.1.*)	off="RR CR" ;;
	*)	off="SV RR CR UF" ;; # what is not told goes back to the firmware's
	esac
	verdict "$(behind 0000:00:02.0 00.0)" shared \
		"0000:00:02.0 has ACS with $off off" &&
	works gpuvirt iommu explain "$(behind 0000:00:02.0 00.0)" &&
	has "boot with pci=config_acs=xx111x1@0000:00:02.0;xx111x1@0000:00:02.1" &&
	has "without pci=disable_acs_redir="
}

# Kernels that know config_acs= obey the string that the report gives.
acs_on()
{
	case $(uname -r) in
	6.1.*)	verdict "$(behind 0000:00:03.0 00.0)" shared &&
			works gpuvirt iommu explain "$(behind 0000:00:03.0 00.0)" &&
			has "(Linux 6.12 or later)" ;;
	*)	[ "$(readlink "$pci/0000:00:03.0/iommu_group")" != \
		  "$(readlink "$pci/0000:00:03.1/iommu_group")" ] &&
			verdict "$(behind 0000:00:03.0 00.0)" no-interrupt-remapping ;;
	esac
}

# VFIO refuses such a device; it is not in the way of the other verdicts.
not_remapped()
{
	works gpuvirt iommu explain 0000:00:00.0 &&
	has "interrupts not remapped" &&
	has "interrupts are not remapped: whoever controls the device" &&
	has "allow_unsafe_interrupts=1" &&
	works gpuvirt -p iommu show 0000:00:00.0 && has '"viable": false'
}

# With that parameter VFIO takes it.
unsafe()
{
	modprobe vfio_iommu_type1 &&
	echo Y >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts &&
	works gpuvirt -p iommu show 0000:00:00.0 && has '"viable": true'
}

# The domain of a group can be changed while no driver has it.
identity()
{
	group=$(basename "$(readlink $pci/0000:00:00.0/iommu_group)") &&
	echo identity >"/sys/kernel/iommu_groups/$group/type" &&
	works gpuvirt iommu explain 0000:00:00.0 && has "domain identity" &&
	works gpuvirt -p iommu explain 0000:00:00.0 &&
	has '"domain": "identity"'
}

# Who is not root reads 64 bytes of configuration space in sysfs; the module
# tells everybody the rest.
everybody()
{
	works gpuvirt -j iommu explain all && cp "$said" "$said.root" &&
	works su user -c "gpuvirt -j iommu explain all" &&
	cmp "$said" "$said.root" && has '"reckoned"' || return
	works su user -c "gpuvirt iommu show 0000:00:02.0" &&
	has "0000:00:02.0  "
}

# Without the module, the groups are still told, and not why.
without_module()
{
	works gpuvirt -j iommu show all && cp "$said" "$said.root" &&
	rmmod gpuvirt && mv /sbin/modprobe /sbin/modprobe.away || return
	works gpuvirt -j iommu show all && cmp "$said" "$said.root" &&
	works su user -c "gpuvirt iommu show all" &&
	has "only root can read why" &&
	works su user -c "gpuvirt iommu explain $(behind 0000:00:02.0 00.0)" &&
	has "only root can read the ACS bits"
	status=$?
	mv /sbin/modprobe.away /sbin/modprobe
	modprobe gpuvirt
	return $status
}

ktap_plan 9
ktap_run "there are groups" groups
ktap_run "all reckoned groups are the kernel's" agree
ktap_run "ACS that is turned off" acs_off
ktap_run "the fix for it" acs_on
ktap_run "interrupts are not remapped" not_remapped
ktap_run "VFIO is told to do without" unsafe
ktap_run "an identity domain" identity
ktap_run "everybody is told the same" everybody
ktap_run "without the module" without_module
ktap_end
