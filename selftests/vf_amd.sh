#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root, own-guest
# timeout: 240
# qemu: -cpu EPYC -device amd-iommu,intremap=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0 -device nvme-subsys,id=s
# qemu: -device nvme,serial=gv,subsys=s,bus=a,max_ioqpairs=130,msix_qsize=131,sriov_max_vfs=64,sriov_vq_flexible=128,sriov_vi_flexible=128,sriov_max_vq_per_vf=2,sriov_max_vi_per_vf=2
# qemu: -device nvme-subsys,id=t
# qemu: -device nvme,serial=gv2,subsys=t,addr=4.0,max_ioqpairs=6,msix_qsize=7,sriov_max_vfs=2,sriov_vq_flexible=4,sriov_vi_flexible=4,sriov_max_vq_per_vf=2,sriov_max_vi_per_vf=2
# cmdline: iommu=pt
#
# VFs of a foreign device behind an AMD IOMMU: what vf_nvme.sh has in depth is
# the same there.
#
# QEMU's IOMMU (7.2 to 11.1) takes what is below a port for functions of bus 0, as
# the bus has no number yet when a device is made: only with identity domains does
# the PF's DMA get anywhere. VFs are made later. On bus 0 itself they have no IOMMU,
# since QEMU's ACPI table has the functions that are there at boot.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/iommu.sh"

gpu=0000:01:00.0
vf0=0000:01:00.1
vf63=0000:01:08.0
root=0000:00:04.0

# bound COUNT: so many VFs, all in vfio-pci, each in a group of its own
bound()
{
	[ "$(cat $pci/$gpu/sriov_numvfs)" -eq "$1" ] &&
	[ "$(readlink $pci/$gpu/virtfn*/driver | grep -c '/vfio-pci$')" -eq "$1" ] &&
	[ "$(readlink $pci/$gpu/virtfn*/iommu_group | sort -u | wc -l)" -eq "$1" ]
}

iommu()
{
	dmesg | grep AMD-Vi
	groups && [ -d /sys/class/iommu/ivhd0 ] &&
	works gpuvirt iommu explain $gpu && cat "$said" &&
	has "domain identity"
}

enable()
{
	works gpuvirt id add 1b36:0010 && works gpuvirt vf enable $gpu 64 &&
	[ "$(grep -c 'driver vfio-pci' "$said")" -eq 64 ] && bound 64 &&
	! dmesg | grep 'nvme nvme[0-9]*: pci function' | grep -v "$gpu\|$root"
}

# With QEMU's IOMMU, Linux 7.3 remaps no interrupts, and the report says so.
isolated()
{
	if dmesg | grep -q "AMD-Vi: Interrupt remapping enabled"; then
		verdict $vf0 isolated "alone in its group" &&
		verdict $vf63 isolated "alone in its group"
	else
		verdict $vf0 no-interrupt-remapping
	fi
}

# Where interrupts are not remapped VFIO opens nothing, unless told to.
unsafe()
{
	dmesg | grep -q "AMD-Vi: Interrupt remapping enabled" ||
		echo Y >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
}

in_use()
{
	local status=0

	unsafe
	"$GV_TOP/selftests/lib/hold.py" $pci/$vf63 >/tmp/hold &
	within 30 test -s /tmp/hold &&
	works gpuvirt vf show $vf63 && has "open yes" &&
	refused "VF $vf63 is open" gpuvirt vf disable $gpu &&
	cat "$said.err" &&
	grep -qF "stop process $(cat /tmp/hold) (hold.py), which has VF $vf63 open" \
		"$said.err" &&
	refused "VF $vf63 is open" gpuvirt vf enable $gpu 4 resize &&
	refused "VF $vf63 is open" gpuvirt vf reset $vf63 &&
	works gpuvirt vf reset $vf0 && bound 64 || status=1
	kill %1
	wait
	return $status
}

resize()
{
	works gpuvirt vf enable $gpu 4 resize && bound 4 && works gpuvirt vf reset $vf0
}

disable()
{
	works gpuvirt vf disable $gpu &&
	[ "$(cat $pci/$gpu/sriov_numvfs)" -eq 0 ] &&
	works gpuvirt vf enable $gpu 2 && bound 2 && works gpuvirt vf disable $gpu
}

# Nothing of it is given to a virtual machine, and the reason is told.
no_iommu()
{
	within 30 test -e $pci/$root/nvme &&
	refused "2 of 2 VFs are not bound to vfio-pci: they have no IOMMU group" \
		gpuvirt vf enable $root 2 &&
	works gpuvirt iommu show 0000:00:04.1 &&
	has "0000:00:04.1  no-iommu  the IOMMU driver left it out" &&
	works gpuvirt vf disable $root
}

# libvirt's own look at the machine, which is as far as that goes: is there an
# IOMMU? What it makes of each GPU and VF is in our report.
validate()
{
	command -v virt-host-validate >/dev/null || {
		ktap_skip "virt-host-validate is not installed"
		return
	}
	virt-host-validate qemu >"$said"
	cat "$said"
	grep -q "device assignment IOMMU support *: PASS" "$said" &&
	grep -q "if IOMMU is enabled by kernel *: PASS" "$said" &&
	works gpuvirt iommu show $gpu && hasnt no-iommu
}

modprobe vfio_iommu_type1
modprobe nvme
modprobe gpuvirt
within 30 test -e $pci/$gpu/nvme
ktap_plan 9
ktap_run "the machine has an AMD IOMMU" iommu
ktap_run "64 VFs, in vfio-pci from birth, each in its group" enable
ktap_run "each is isolated" isolated
ktap_run "all reckoned groups are the kernel's" agree_all
ktap_run "virt-host-validate finds the IOMMU, too" validate
ktap_run "while one is open they stay" in_use
ktap_run "with consent there are fewer" resize
ktap_run "they are disabled, and enabled again" disable
ktap_run "VFs that the IOMMU leaves out" no_iommu
ktap_end
