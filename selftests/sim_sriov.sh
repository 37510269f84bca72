#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
#
# VFs of the simulated GPU as the PCI core makes them: through sysfs only.

. "$GV_TOP/selftests/lib/ktap.sh"

pci=/sys/bus/pci/devices

add()
{
	gpu=$(gpuvirt sim add "$@") && pf=$pci/$gpu && [ -e "$pf" ]
}

del()
{
	gpuvirt sim del "$gpu" && [ ! -e "$pf" ]
}

vfs()
{
	set -- "$pf"/virtfn*
	[ -e "$1" ] || set --
	echo $#
}

# Number of VFs, and of IOMMU groups that they are in.
groups()
{
	ls -ld "$pf"/virtfn*/iommu_group | sed 's,.*/,,' | sort -u | wc -l
}

vfs_on()
{
	echo "$1" >"$pf/sriov_numvfs" &&
	[ "$(cat "$pf/sriov_numvfs")" = "$1" ] && [ "$(vfs)" = "$1" ]
}

capability()
{
	add && [ "$(cat "$pf/sriov_totalvfs")" = 16 ] &&
	[ "$(cat "$pf/sriov_offset")" = 1 ] &&
	[ "$(cat "$pf/sriov_stride")" = 1 ] &&
	[ "$(cat "$pf/sriov_vf_device")" = 4757 ] && [ "$(vfs)" = 0 ]
}

one_group_each()
{
	vfs_on 16 && [ "$(groups)" = 16 ] &&
	[ "$(readlink "$pf/iommu_group")" != \
	  "$(readlink "$pf/virtfn0/iommu_group")" ]
}

identity()
{
	for vf in "$pf"/virtfn*; do
		[ "$(cat "$vf/vendor")" = 0x1234 ] &&
		[ "$(cat "$vf/device")" = 0x4757 ] &&
		[ "$(cat "$vf/class")" = 0x030200 ] &&
		[ "$(readlink -f "$vf/physfn")" = "$(readlink -f "$pf")" ] ||
			return
	done
	# By its routing id, not by its number among those that are enabled.
	[ "$(basename "$(readlink "$pf/virtfn15")")" = "${gpu%00.0}02.0" ]
}

refused()
{
	! echo 8 >"$pf/sriov_numvfs" && [ "$(vfs)" = 16 ] &&
	! echo 17 >"$pf/sriov_numvfs" && [ "$(vfs)" = 16 ]
}

rescan()
{
	echo 1 >/sys/bus/pci/rescan &&
	[ "$(vfs)" = 16 ] &&
	[ "$(ls -d "$pci/${gpu%:*}":* | wc -l)" = 17 ]
}

resets()
{
	echo 1 >"$pf/virtfn3/reset" && echo 1 >"$pf/reset" && [ "$(vfs)" = 16 ] &&
	[ "$(cat "$pf/virtfn3/vendor")" = 0x1234 ]
}

disable()
{
	vfs_on 0 && vfs_on 1 && vfs_on 0
}

largest()
{
	del && add total-vfs 64 && vfs_on 64 && [ "$(groups)" = 64 ] && vfs_on 0
}

# Without a number, as many as the model has.
by_model()
{
	del && add model A40 && [ "$(cat "$pf/sriov_totalvfs")" = 32 ] &&
	vfs_on 32 && [ "$(groups)" = 32 ] && ! vfs_on 33 && vfs_on 0
}

# The GPU goes with its VFs, whoever drives them.
goes_with_vfs()
{
	vfs_on 64 && del
}

# Of a single VF the stride is left open, and it is 0 here.
single()
{
	add total-vfs 1 && [ "$(cat "$pf/sriov_stride")" = 0 ] && vfs_on 1 &&
	gpuvirt -j vf show "${gpu%.0}.1" | grep -q '"index":0' && vfs_on 0 && del
}

none()
{
	add total-vfs 0 && [ ! -e "$pf/sriov_totalvfs" ] && del
}

again()
{
	for round in 1 2 3 4 5; do
		add total-vfs 4 && vfs_on 4 && del &&
		rmmod gpuvirt_sim || return
	done
	[ -z "$(ls -A /sys/class/iommu)" ] &&
	[ -z "$(ls -A /sys/kernel/iommu_groups)" ]
}

two()
{
	add total-vfs 2 && vfs_on 2 && one=$gpu &&
	add total-vfs 3 && vfs_on 3 && two=$gpu &&
	gpuvirt sim del "$one" && pf=$pci/$two && [ "$(vfs)" = 3 ] &&
	[ "$(groups)" = 3 ] && gpuvirt sim del "$two"
}

ktap_plan 15
ktap_run "the PCI core finds the SR-IOV capability" capability
ktap_run "16 VFs, each in an IOMMU group of its own" one_group_each
ktap_run "they are GPUs of the PF's vendor" identity
ktap_run "another number is refused while they are there" refused
ktap_run "a rescan finds nothing new" rescan
ktap_run "a VF and the PF are reset, and the VFs are still there" resets
ktap_run "they are disabled, and one is enabled" disable
ktap_run "as many as the model has" by_model
ktap_run "64 VFs" largest
ktap_run "a GPU goes with its VFs" goes_with_vfs
ktap_run "one with a single VF" single
ktap_run "one without SR-IOV" none
ktap_run "two GPUs share the IOMMU" two
ktap_run "loaded and unloaded five times, nothing is left" again
gpuvirt sim del all
modprobe gpuvirt-sim
ktap_run "and the modules unload" rmmod gpuvirt_sim gpuvirt
ktap_end
