#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: nested, own-guest
# timeout: 900
# qemu: -device intel-iommu,intremap=on,caching-mode=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
# qemu: -device bochs-display,bus=a,addr=0.0,multifunction=on
# qemu: -device ich9-intel-hda,bus=a,addr=0.1
# qemu: -device pcie-root-port,id=b,chassis=2,slot=1,addr=3.0
# qemu: -device virtio-gpu-pci,bus=b,iommu_platform=on
# qemu: -device secondary-vga,addr=4.0
#
# A whole GPU in a virtual machine: stock QEMU gets it from vfio-pci, Debian's
# kernel drives it with bochs-drm and draws; then the host has it back and does
# the same, and another machine can have it next. The same with QEMU's other
# displays, of which virtio-gpu has its commands and pictures read by DMA: it has
# to go through the IOMMU, as any other device, to find them.

# shellcheck disable=SC2034,SC2154,SC2086

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/inner.sh"
. "$GV_TOP/selftests/lib/passthrough.sh"

gpu=$(behind 00:02.0 0)
audio=$(behind 00:02.0 1)
virtio=$(behind 00:03.0 0)
second=0000:00:04.0

drivers_load()
{
	modprobe bochs && modprobe snd-hda-intel && modprobe virtio-gpu &&
	driver "$gpu" bochs-drm && driver "$audio" snd_hda_intel &&
	driver "$virtio" virtio-pci && driver $second bochs-drm &&
	has_card "$gpu" && has_card "$virtio" && has_card $second
}

# has_card ADDRESS: the host has a display of it. That of virtio-gpu is one of
# its virtio device.
has_card()
{
	for card in "$pci/$1"/drm/card* "$pci/$1"/virtio*/drm/card*; do
		[ ! -e "$card" ] || return 0
	done
	echo "$1 has no display"
	return 1
}

bind()
{
	works gpuvirt passthrough bind "$gpu" && bound "$gpu" && bound "$audio"
}

# draws NAME DEVICE SAID: a machine that has it says that of its driver, and draws.
draws()
{
	inner_start "$1" "$2" gv.name="$1"
	inner_wait "$1" DRAWN 400 || return
	grep -a "DRIVER\|DRAWN" "$inner_dir/$1/report"
	grep -q "DRIVER $3" "$inner_dir/$1/report"
}

# machine NAME: one that has the GPU and its audio function.
machine()
{
	draws "$1" "vfio-pci,host=$gpu -device vfio-pci,host=$audio" \
		"bochs-drm 0x1234 0x1111"
}

in_use()
{
	pid=$(cat $inner_dir/one/pid)
	refused "process $pid (qemu-system-x86) has /dev/vfio/" \
		timeout 60 gpuvirt passthrough unbind "$gpu" &&
	inner_alive one && bound "$gpu" && works gpuvirt passthrough show &&
	has "process $pid (qemu-system-x86) has /dev/vfio/"
}

unbind()
{
	inner_stop "$1"
	works gpuvirt passthrough unbind "$gpu" && free "$gpu" bochs-drm &&
	free "$audio" snd_hda_intel && has_card "$gpu"
}

again()
{
	ktap_long || return
	bind && machine two && unbind two
}

# display NAME ADDRESS DRIVER SAID: the host's driver, a machine, and back.
display()
{
	driver "$2" "$3" && works gpuvirt passthrough bind "$2" && bound "$2" &&
	draws "$1" "vfio-pci,host=$2" "$4" &&
	refused "(qemu-system-x86) has /dev/vfio/" \
		timeout 60 gpuvirt passthrough unbind "$2" || return
	inner_stop "$1"
	works gpuvirt passthrough unbind "$2" && free "$2" "$3" && has_card "$2"
}

ktap_plan 8
ktap_run "the drivers of the host have them" drivers_load
ktap_run "they go to vfio-pci" bind
ktap_run "a virtual machine draws on the GPU" machine one
ktap_run "while it runs, unbind names it" in_use
ktap_run "the host has them back" unbind one
ktap_run "and another machine can have them next" again
ktap_run "virtio-gpu: the host's, a machine's, and the host's again" \
	display three "$virtio" virtio-pci "virtio_gpu 0x1af4 0x1050"
ktap_run "secondary-vga: the same" \
	display four $second bochs-drm "bochs-drm 0x1234 0x1111"
for name in one two three four; do
	inner_stop $name
done
ktap_end
