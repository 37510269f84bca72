#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
# timeout: 400
#
# driverctl takes VFs that were born into vfio-pci to other drivers and back: what
# we show is what is, and disable, enable and reset are as if nobody had been there.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/passthrough.sh"

ids="1234 4757"
command -v driverctl >/dev/null || ktap_skip_all "driverctl is not installed"

vf()
{
	basename "$(readlink "$pci/$gpu/virtfn$1")"
}

# shown NUMBER DRIVER: sysfs and the tool agree on it; DRIVER "" is none
shown()
{
	driver "$(vf "$1")" "$2" && works gpuvirt vf show "$(vf "$1")" || return
	if [ -n "$2" ]; then
		has "driver $2  "
	else
		hasnt driver
	fi
}

enable()
{
	add_gpu vram 64MiB total-vfs 4 && works gpuvirt vf enable "$gpu" 4 &&
	bound "$(vf 0)" && bound "$(vf 3)" &&
	driverctl list-overrides | grep "$(vf 0) vfio-pci"
}

# Away, and back.
set_override()
{
	modprobe pci-stub && driverctl --nosave set-override "$(vf 0)" pci-stub &&
	shown 0 pci-stub && shown 1 vfio-pci && override "$(vf 0)" pci-stub &&
	works gpuvirt vf reset "$(vf 0)" && shown 0 pci-stub &&
	driverctl --nosave set-override "$(vf 0)" vfio-pci && shown 0 vfio-pci &&
	bound "$(vf 0)"
}

# The host has a driver for it, which gets it from vfio-pci.
unset_override()
{
	echo "$ids" >/sys/bus/pci/drivers/pci-stub/new_id &&
	shown 1 vfio-pci && driverctl --nosave unset-override "$(vf 1)" &&
	shown 1 pci-stub && override "$(vf 1)" "(null)" && shown 0 vfio-pci &&
	works gpuvirt vf reset "$(vf 1)" && shown 1 pci-stub
}

# They are not all where they would be.
same()
{
	refused "4 VFs are enabled already" gpuvirt vf enable "$gpu" 4 &&
	shown 1 pci-stub && shown 0 vfio-pci
}

# None is left out, and what driverctl wrote is gone with the VF.
disable()
{
	driverctl --nosave set-override "$(vf 2)" pci-stub && shown 2 pci-stub &&
	works gpuvirt vf disable "$gpu" && works gpuvirt vf show && [ ! -s "$said" ] &&
	[ "$(cat "$pci/$gpu/sriov_numvfs")" -eq 0 ] &&
	works gpuvirt vf enable "$gpu" 4 || return
	for n in 0 1 2 3; do
		shown $n vfio-pci && bound "$(vf $n)" || return
	done
}

# Of VFs that were born into none.
from_none()
{
	works gpuvirt vf disable "$gpu" &&
	works gpuvirt vf enable "$gpu" 2 driver none && shown 0 "" &&
	driverctl --nosave set-override "$(vf 0)" vfio-pci && shown 0 vfio-pci &&
	shown 1 "" && bound "$(vf 0)" &&
	driverctl --nosave unset-override "$(vf 0)" && shown 0 pci-stub &&
	works gpuvirt vf disable "$gpu" &&
	echo "$ids" >/sys/bus/pci/drivers/pci-stub/remove_id &&
	works gpuvirt sim del "$gpu"
}

modprobe vfio_iommu_type1
ktap_plan 6
ktap_run "VFs are born into vfio-pci" enable
ktap_run "one is taken to another driver and back" set_override
ktap_run "one is given to the host" unset_override
ktap_run "to enable as many again is refused" same
ktap_run "all go, and are born into vfio-pci again" disable
ktap_run "VFs without a driver" from_none
ktap_end
