#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root, own-guest
# timeout: 240
# qemu-version: 11
# qemu: -machine kernel-irqchip=split
# qemu: -device intel-iommu,intremap=on,caching-mode=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
# qemu: -device virtio-net-pci,bus=a,addr=0.4,sriov-pf=gpu
# qemu: -device virtio-net-pci,bus=a,addr=0.3,sriov-pf=gpu
# qemu: -device virtio-net-pci,bus=a,addr=0.2,sriov-pf=gpu
# qemu: -device virtio-net-pci,bus=a,addr=0.1,sriov-pf=gpu
# qemu: -device virtio-vga,id=gpu,bus=a,addr=0.0
#
# VFs of a real display device that is not ours: QEMU's virtio-vga is a PF, and
# known as a GPU by its class alone. What its VFs are, QEMU lets nobody choose:
# network cards, whose driver is the host's and is loaded.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

devices=/sys/bus/pci/devices
gpu=0000:01:00.0
vf0=0000:01:00.1
vf2=0000:01:00.3

num_vfs()
{
	[ "$(cat $devices/$gpu/sriov_numvfs)" = "$1" ] && return
	echo "$(cat $devices/$gpu/sriov_numvfs) VFs, not $1"
	return 1
}

# bound COUNT DRIVER: so many VFs are bound to it, and that is all there are
bound()
{
	num_vfs "$1" &&
	[ "$(readlink $devices/$gpu/virtfn*/driver | grep -c "/$2\$")" -eq "$1" ]
}

# The picture of the host is on it meanwhile.
draws()
{
	[ -e $devices/$gpu/drm/card0 ] && grep virtio_gpudrmfb /proc/fb
}

known()
{
	works gpuvirt id show && [ ! -s "$said" ] && works gpuvirt gpu show $gpu &&
	cat "$said" && has "driver virtio-pci" && has passthrough && has sriov &&
	has "total-vfs 4" && has "num-vfs 0" && draws
}

born()
{
	works gpuvirt vf enable $gpu 4 && bound 4 vfio-pci &&
	[ "$(grep -c 'driver vfio-pci' "$said")" -eq 4 ] &&
	[ -e /sys/module/virtio_net ] && ! ls -d $devices/0000:01:00.[1-4]/virtio* &&
	draws
}

groups()
{
	local vf

	for vf in $vf0 $vf2; do
		works gpuvirt iommu show $vf &&
		has "$vf  isolated  " && has "driver vfio-pci" &&
		[ -c /dev/vfio/"$(basename "$(readlink $devices/$vf/iommu_group)")" ] ||
			return
	done
	works gpuvirt iommu show $gpu && has "$gpu  isolated  "
}

shown()
{
	works gpuvirt vf show gpu $gpu && [ "$(grep -c "gpu $gpu" "$said")" -eq 4 ] &&
	works gpuvirt -j vf show $vf2 && has '"index":2' && has '"open":false'
}

other_number()
{
	refused "4 VFs are enabled already" gpuvirt vf enable $gpu 2 &&
	refused "count is 5, the GPU can have 4 VFs" gpuvirt vf enable $gpu 5 &&
	bound 4 vfio-pci
}

in_use()
{
	local status=0

	"$GV_TOP/selftests/lib/hold.py" $devices/$vf2 >/tmp/hold &
	within 30 test -s /tmp/hold &&
	works gpuvirt vf show $vf2 && has "open yes" &&
	refused "VF $vf2 is open" gpuvirt vf disable $gpu &&
	grep -q "stop process $! (hold.py), which has VF $vf2 open" "$said.err" &&
	refused "VF $vf2 is open" gpuvirt vf enable $gpu 2 resize &&
	refused "VF $vf2 is open" gpuvirt vf reset $vf2 &&
	works gpuvirt vf reset $vf0 && bound 4 vfio-pci || status=1
	kill %1
	wait
	return $status
}

# The GPU itself is not given away under its VFs.
pf_stays()
{
	refused "4 VFs are enabled on it" gpuvirt passthrough bind $gpu &&
	bound 4 vfio-pci && draws
}

resize()
{
	works gpuvirt vf enable $gpu 2 resize && bound 2 vfio-pci &&
	works gpuvirt vf reset $vf0
}

# The host's driver gets them where that is asked for.
to_host()
{
	works gpuvirt vf enable $gpu 1 driver host resize && bound 1 virtio-pci &&
	within 30 has_net
}

has_net()
{
	[ -e "$(echo $devices/$vf0/virtio*/net)" ]
}

disable()
{
	works gpuvirt vf disable $gpu && num_vfs 0 && works gpuvirt vf show &&
	[ ! -s "$said" ] && draws
}

# The display driver of 7.3 warns (drm_mm_takedown) if it leaves while the console
# is about to draw.
no_console()
{
	local con

	for con in /sys/class/vtconsole/vtcon*; do
		grep -q 'frame buffer' "$con/name" && echo 0 >"$con/bind"
	done
	return 0
}

# Its PCI driver enables VFs only while the driver above that is at work.
pf_driver()
{
	no_console && modprobe -r virtio_gpu &&
	refused "virtio-pci did not enable 1 VFs: error 16" \
		gpuvirt vf enable $gpu 1 && num_vfs 0 && modprobe virtio_gpu &&
	within 30 draws && works gpuvirt vf enable $gpu 1 && bound 1 vfio-pci &&
	works gpuvirt vf disable $gpu
}

modprobe vfio_iommu_type1
modprobe virtio_gpu
modprobe virtio_net
modprobe gpuvirt
ktap_plan 11
ktap_run "a GPU with VFs, known by its class" known
ktap_run "four VFs are enabled, in vfio-pci from birth" born
ktap_run "each is isolated" groups
ktap_run "they are shown" shown
ktap_run "another number is refused" other_number
ktap_run "while one is open they stay" in_use
ktap_run "nor does the GPU go to a virtual machine" pf_stays
ktap_run "with consent there are fewer" resize
ktap_run "the host's driver gets one" to_host
ktap_run "they are disabled" disable
ktap_run "a GPU whose driver is away" pf_driver
ktap_end
