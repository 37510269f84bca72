#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: nested, own-guest
# timeout: 600
# qemu: -device intel-iommu,intremap=on,caching-mode=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
# qemu: -device bochs-display,bus=a,addr=0.0,multifunction=on
# qemu: -device ich9-intel-hda,bus=a,addr=0.1
#
# A whole GPU in a virtual machine: stock QEMU gets it from vfio-pci, Debian's
# kernel drives it with bochs-drm and draws; then the host has it back and does
# the same, and another machine can have it next.

# shellcheck disable=SC2034,SC2154,SC2086

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/inner.sh"
. "$GV_TOP/selftests/lib/passthrough.sh"

gpu=$(behind 00:02.0 0)
audio=$(behind 00:02.0 1)

drivers_load()
{
	modprobe bochs && modprobe snd-hda-intel && driver "$gpu" bochs-drm &&
	driver "$audio" snd_hda_intel
}

bind()
{
	works gpuvirt passthrough bind "$gpu" && bound "$gpu" && bound "$audio"
}

# machine NAME: one that has the GPU and its audio function, and draws.
machine()
{
	inner_start "$1" "vfio-pci,host=$gpu -device vfio-pci,host=$audio" \
		gv.name="$1"
	inner_wait "$1" DRAWN 400 || return
	grep -a "DRIVER\|DRAWN" "$inner_dir/$1/report"
	grep -q "DRIVER bochs-drm 0x1234 0x1111" "$inner_dir/$1/report"
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
	free "$audio" snd_hda_intel && [ -e "$pci/$gpu/drm" ]
}

again()
{
	bind && machine two && unbind two
}

ktap_plan 6
ktap_run "the drivers of the host have them" drivers_load
ktap_run "they go to vfio-pci" bind
ktap_run "a virtual machine draws on the GPU" machine one
ktap_run "while it runs, unbind names it" in_use
ktap_run "the host has them back" unbind one
ktap_run "and another machine can have them next" again
inner_stop one
inner_stop two
ktap_end
