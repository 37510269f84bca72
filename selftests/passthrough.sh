#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
# needs: own-guest
# timeout: 300
# qemu: -device intel-iommu,intremap=on,caching-mode=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
# qemu: -device bochs-display,bus=a,addr=0.0,multifunction=on
# qemu: -device ich9-intel-hda,id=hda,bus=a,addr=0.1
# qemu: -audiodev none,id=none -device hda-duplex,bus=hda.0,audiodev=none
# qemu: -device qemu-xhci,bus=a,addr=0.2
# qemu: -device pcie-root-port,id=b,chassis=2,slot=1,addr=3.0
# qemu: -device bochs-display,bus=b
#
# From the drivers of the host to vfio-pci and back: a GPU with its companions,
# and one that stands alone.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/passthrough.sh"

drivers_load()
{
	modprobe bochs && modprobe snd-hda-intel && modprobe snd-hda-codec-generic &&
	modprobe xhci-pci && driver "$one" bochs-drm &&
	driver "$audio" snd_hda_intel && driver "$usb" xhci_hcd &&
	driver "$two" bochs-drm
}

# The screen is the console's: it is taken from a driver that is at work.
console_is_on_it()
{
	cat /sys/class/vtconsole/*/name /sys/class/vtconsole/*/bind /proc/fb
	grep -l "frame buffer" /sys/class/vtconsole/*/name | while read -r name; do
		[ "$(cat "${name%name}bind")" = 1 ] && echo bound
	done | grep -q bound
}

bind()
{
	works gpuvirt passthrough bind "$one" && cat "$said" &&
	bound "$one" && bound "$audio" && bound "$usb"
}

unbind()
{
	works gpuvirt passthrough unbind "$one" && cat "$said" &&
	free "$one" bochs-drm && free "$audio" snd_hda_intel &&
	free "$usb" xhci_hcd
}

cycles()
{
	for _ in 1 2 3; do
		bind && unbind || return
	done
}

alone()
{
	works gpuvirt passthrough bind "$two" && bound "$two" &&
	driver "$one" bochs-drm && works gpuvirt passthrough unbind "$two" &&
	free "$two" bochs-drm
}

ktap_plan 4
ktap_run "the drivers of the host have all of it" drivers_load
ktap_run "the framebuffer console is active" console_is_on_it
ktap_run "a GPU and its companions go and come back, three times" cycles
ktap_run "one of two equal GPUs goes and comes back" alone
ktap_end
