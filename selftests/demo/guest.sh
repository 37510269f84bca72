#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: nested, long
# timeout: 2400
#
# The demonstration, as it runs in the host guest. What a reader sees goes to
# transcript.txt in the output directory, like the record of a session. docs.sh
# compares README.md with it, and has something else do for virtual machines: that
# and nested.sh, which boots two, are its check where this one is too long.

. "$GV_TOP/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/inner.sh
. "${GV_DEMO_INNER:-$GV_TOP/selftests/lib/inner.sh}"

uuid1=0a16a000-0000-4000-8000-000000000001
uuid2=0a16a000-0000-4000-8000-000000000002
mdev=/sys/bus/mdev/devices

exec 5>"$GV_OUT/transcript.txt"

tell()
{
	printf '\n# %s\n' "$*" >&5
}

# Show a command as if typed, run it, show what it says.
typed()
{
	printf '$ %s\n' "$*" >&5
	"$@" >&5 2>&1
}

gpu_address()
{
	for dev in /sys/bus/pci/drivers/gpuvirt-sim/*:*:*.*; do
		[ -e "$dev" ] && echo "${dev##*/}" && return
	done
	return 1
}

make_gpu()
{
	tell "A host with Linux $(uname -r), and no GPU in it."
	typed modprobe gpuvirt &&
	typed gpuvirt sim add model A16 &&
	gpu=$(gpu_address) &&
	tell "It is a PCI function like any other." &&
	typed lspci -nnk -s "$gpu"
}

make_types()
{
	tell "Cut it into vGPU types of two sizes. No vGPU is disturbed by that." &&
	typed gpuvirt type new "$gpu" A16-2Q framebuffer 2GiB series Q &&
	typed gpuvirt type new "$gpu" A16-4Q framebuffer 4GiB series Q \
		resolution 1280x800 &&
	typed mdevctl types
}

make_vgpus()
{
	tell "One vGPU of each." &&
	typed gpuvirt vgpu new "$gpu" A16-2Q uuid $uuid1 &&
	typed gpuvirt vgpu new "$gpu" A16-4Q uuid $uuid2 &&
	typed gpuvirt
}

make_vfs()
{
	tell "The same GPU has SR-IOV: VFs for whole guests, in vfio-pci from birth." &&
	typed gpuvirt vf enable "$gpu" 4 && vfs_are_good 4 &&
	tell "May each be given away alone? What the kernel's groups are, and why." &&
	typed gpuvirt iommu show &&
	typed gpuvirt iommu explain "$(gpuvirt vf show | sed -n '1s/ .*//p')"
}

# vfs_are_good COUNT: each is in vfio-pci and isolated
vfs_are_good()
{
	local vf vfs

	vfs=$(gpuvirt vf show gpu "$gpu" | sed -n 's/ .* driver vfio-pci .*//p')
	echo "in vfio-pci:" $vfs
	[ "$(echo "$vfs" | wc -w)" -eq "$1" ] || return
	for vf in $vfs; do
		gpuvirt iommu show "$vf" | grep "^$vf  isolated  " || return
	done
}

# What QEMU is started with, in a form that fits on a page.
tell_start()
{
	{
		echo "\$ qemu-system-x86_64 -accel kvm -cpu host -M q35 -m 256 \\"
		echo "	-kernel vmlinux-6.1 -initrd initramfs \\"
		echo "	-device $2 &"
	} >&5
	echo "# $1: $(inner_command "$1" "$2")"
}

start_guests()
{
	dev1=vfio-pci,sysfsdev=$mdev/$uuid1,display=on
	dev2=vfio-pci,sysfsdev=$mdev/$uuid2,display=on
	modprobe kvm_amd
	modprobe vfio_iommu_type1
	tell "Two virtual machines: stock QEMU, Debian's kernel, its own bochs-drm."
	tell_start one "$dev1"
	inner_start one "$dev1" gv.name=A16-2Q gv.shape=circle gv.bg=203050
	tell_start two "$dev2"
	inner_start two "$dev2" gv.name=A16-4Q gv.shape=triangle gv.bg=502040
}

drawn()
{
	inner_wait one DRAWN 900 && inner_wait two DRAWN 900 || return
	tell "Each guest says what it has drawn."
	typed cat $inner_dir/one/report
	typed cat $inner_dir/two/report
	typed gpuvirt vgpu show
}

# A file with a few colours only would be QEMU's word that there is no picture.
picture()
{
	read -r width height colours < <("$GV_TOP/selftests/lib/png.py" "$1")
	echo "$1: $width x $height, $colours colours"
	[ "${colours:-0}" -ge 8 ]
}

dump()
{
	tell "QEMU takes a picture of each screen, through the VFIO display region." &&
	echo "(QMP) screendump vgpu-one.png png" >&5 &&
	inner_screendump one "$GV_OUT/vgpu-one.png" &&
	echo "(QMP) screendump vgpu-two.png png" >&5 &&
	inner_screendump two "$GV_OUT/vgpu-two.png" &&
	picture "$GV_OUT/vgpu-one.png" && picture "$GV_OUT/vgpu-two.png"
}

# Without the guests stopped first, the kernel would wait for them: refused.
refused()
{
	tell "A vGPU in use is not pulled from under its guest."
	! typed gpuvirt vgpu del $uuid1
}

tear_down()
{
	tell "The end: guests stopped, vGPUs, types and the GPU removed."
	inner_stop one
	inner_stop two
	typed gpuvirt vgpu del $uuid1 &&
	typed gpuvirt vgpu del $uuid2 &&
	typed gpuvirt vf disable "$gpu" &&
	typed gpuvirt type del "$gpu" A16-2Q &&
	typed gpuvirt type del "$gpu" A16-4Q &&
	typed gpuvirt sim del "$gpu" &&
	typed gpuvirt &&
	typed modprobe -r gpuvirt-sim gpuvirt
}

ktap_plan 9
ktap_run "a simulated GPU" make_gpu
ktap_run "two vGPU types" make_types
ktap_run "two vGPUs" make_vgpus
ktap_run "four VFs, and a report on them" make_vfs
ktap_run "two virtual machines" start_guests
ktap_run "each draws a picture" drawn
ktap_run "QEMU writes the pictures to files" dump
ktap_run "a vGPU in use can't be deleted" refused
ktap_run "all is removed" tear_down
ktap_end
