#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# config: !VFIO_MDEV
# timeout: 120
#
# A kernel without mediated devices, as that for clouds: the modules load, GPUs
# are listed and their VFs work, and vGPU types are refused in a sentence.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

added()
{
	works gpuvirt -j sim add vram 1GiB total-vfs 4 &&
	gpu=$(sed -n 's/.*"subject": *"\([^"]*\)".*/\1/p' "$said") &&
	[ "$gpu" ] && works gpuvirt gpu show "$gpu" && has "$gpu"
}

no_type()
{
	refused "this kernel has no mdev (CONFIG_VFIO_MDEV is not set)" \
		gpuvirt type new "$gpu" small framebuffer 64MiB &&
	works gpuvirt type show && hasnt small &&
	[ ! -e "/sys/bus/pci/devices/$gpu/mdev_supported_types" ]
}

no_vgpu()
{
	refused "this kernel has no mdev (CONFIG_VFIO_MDEV is not set)" \
		gpuvirt vgpu new "$gpu" small &&
	works gpuvirt vgpu show
}

capability()
{
	works gpuvirt -j gpu show "$gpu" && hasnt '"mdev"'
}

vfs()
{
	works gpuvirt vf enable "$gpu" 4 driver vfio-pci || return
	bound=$(for vf in "/sys/bus/pci/devices/$gpu"/virtfn*; do
		readlink "$vf/driver"
	done | grep -c '/vfio-pci$')
	[ "$bound" -eq 4 ] || {
		echo "$bound of 4 VFs are bound"
		return 1
	}
	works gpuvirt vf disable "$gpu" &&
	[ ! -e "/sys/bus/pci/devices/$gpu/virtfn0" ]
}

report()
{
	works gpuvirt iommu show "$gpu"
}

driver()
{
	[ "$(basename "$(readlink "/sys/bus/pci/devices/$gpu/driver")")" = "$1" ]
}

passthrough()
{
	works gpuvirt passthrough bind "$gpu" && driver vfio-pci &&
	works gpuvirt passthrough show "$gpu" && has vfio-pci &&
	works gpuvirt passthrough unbind "$gpu" && driver gpuvirt-sim
}

# It bounds what the VFs' VRAM takes of the host, too.
limit()
{
	works gpuvirt gpu set "$gpu" backing-limit 1MiB &&
	works gpuvirt gpu show "$gpu" && has "backing-limit 1 MiB"
}

removed()
{
	works gpuvirt sim del "$gpu" && [ ! -e "/sys/bus/pci/devices/$gpu" ]
}

modprobe gpuvirt-sim
modprobe vfio-pci
ktap_plan 9
ktap_run "a simulated GPU is added and listed" added
ktap_run "a type is refused, and nothing is left of it" no_type
ktap_run "a vGPU is refused" no_vgpu
ktap_run "the GPU is not said to be capable of mdev" capability
ktap_run "its VFs are enabled, bound and disabled" vfs
ktap_run "its isolation is reported" report
ktap_run "all of it is passed through, and back" passthrough
ktap_run "its backing limit can be set" limit
ktap_run "it is removed" removed
ktap_end
