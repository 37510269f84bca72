#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: host-root, own-guest
# timeout: 500
# qemu: -device intel-iommu,intremap=on,caching-mode=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
# qemu: -device bochs-display,bus=a,addr=0.0,multifunction=on
# qemu: -device ich9-intel-hda,bus=a,addr=0.1
# qemu: -device pcie-root-port,id=b,chassis=2,slot=1,addr=3.0
# qemu: -device bochs-display,bus=b
#
# What a reboot does with the files of `persist yes`: a real udevd handles the
# events by which functions appear, with no driver loaded yet. And others who
# bind GPUs: driverctl, libvirt's way, and sysfs.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/passthrough.sh"

udevd=/lib/systemd/systemd-udevd
[ -x $udevd ] || ktap_skip_all "udevd is not installed"
command -v driverctl >/dev/null || ktap_skip_all "driverctl is not installed"

one=$(behind 00:02.0 0)
audio=$(behind 00:02.0 1)
two=$(behind 00:03.0 0)
rules=/etc/udev/rules.d/60-gpuvirt-$one.rules
conf=/etc/modprobe.d/gpuvirt-$one.conf

daemon()
{
	mkdir -p /etc/udev/rules.d /etc/modprobe.d &&
	$udevd --daemon && udevadm control --ping && modprobe bochs &&
	modprobe snd-hda-intel && udevadm settle -t 60 &&
	driver "$one" bochs-drm && driver "$audio" snd_hda_intel
}

show_first()
{
	works gpuvirt passthrough bind "$one" persist show && cat "$said" &&
	has "write $rules" && has "write $conf" &&
	has "softdep bochs pre: vfio-pci" &&
	has "softdep snd_hda_intel pre: vfio-pci" &&
	[ ! -e "$rules" ] && [ ! -e "$conf" ] && free "$one" bochs-drm
}

writes()
{
	mark=$said.mark
	touch "$mark"
	works gpuvirt passthrough bind "$one" persist yes && bound "$one" &&
	bound "$audio" && [ -s "$rules" ] && [ -s "$conf" ] &&
	[ "$(find /etc -newer "$mark" -type f | wc -l)" -eq 2 ] &&
	works gpuvirt passthrough show "$one" && has "bound at every boot" &&
	works gpuvirt passthrough bind "$one" persist yes && has "as before"
}

# As after a boot: no driver is loaded, nothing is remembered.
fresh()
{
	for dev in "$one" "$audio" "$two"; do
		[ ! -e "$pci/$dev/driver" ] ||
			echo "$dev" >"$pci/$dev/driver/unbind" || return
		echo >"$pci/$dev/driver_override" || return
	done
	rm -rf /run/gpuvirt
	modprobe -r vfio-pci snd-hda-intel bochs
	driver "$one" "" && driver "$audio" "" && driver "$two" ""
}

appear()
{
	udevadm control --reload &&
	udevadm trigger -c add -s pci && udevadm settle -t 60
}

boots()
{
	fresh && appear && bound "$one" && bound "$audio" &&
	driver "$two" bochs-drm && override "$two" "(null)" &&
	works gpuvirt passthrough show "$one" && has "state bound-at-boot"
}

# vfio-pci may be there already, for another device.
boots_late()
{
	fresh && modprobe vfio-pci && appear && bound "$one" && bound "$audio" &&
	driver "$two" bochs-drm
}

# The driver of the host is asked for first, and gets vfio-pci before it.
ordered()
{
	fresh && modprobe -n -v bochs | grep -n . >"$said" && cat "$said" &&
	has vfio-pci.ko && tail -n 1 "$said" | grep -q bochs
}

other_device()
{
	sed -i 's/0x1111/0x2222/' "$rules" && fresh && appear &&
	driver "$one" bochs-drm && override "$one" "(null)" &&
	sed -i 's/0x2222/0x1111/' "$rules"
}

stays_at_boot()
{
	fresh && appear && bound "$one" &&
	works gpuvirt passthrough unbind "$one" && cat "$said" &&
	has "is bound again at the next boot" && free "$one" bochs-drm &&
	free "$audio" snd_hda_intel && [ -e "$rules" ]
}

removes()
{
	works gpuvirt passthrough unbind "$one" persist show && has "remove $rules" &&
	[ -e "$rules" ] &&
	works gpuvirt passthrough unbind "$one" persist yes && has "remove $conf" &&
	[ ! -e "$rules" ] && [ ! -e "$conf" ] && fresh && appear &&
	driver "$one" bochs-drm && driver "$audio" snd_hda_intel
}

not_ours()
{
	echo "# mine" >"$conf"
	refused "$conf exists and was not written by gpuvirt" \
		gpuvirt passthrough bind "$one" persist yes &&
	grep -q "only until the next boot" "$said.err" && bound "$one" &&
	grep -q mine "$conf" && [ ! -e "$rules" ] && rm "$conf" &&
	works gpuvirt passthrough unbind "$one" && free "$one" bochs-drm
}

driverctl_first()
{
	driverctl --nosave set-override "$two" vfio-pci && bound "$two" &&
	works gpuvirt passthrough show "$two" && has "state bound-by-other" &&
	works gpuvirt passthrough bind "$two" && has "as before" &&
	refused "was bound to vfio-pci by another tool" \
		gpuvirt passthrough unbind "$two" && bound "$two" &&
	driverctl --nosave unset-override "$two" && free "$two" bochs-drm
}

driverctl_after()
{
	works gpuvirt passthrough bind "$two" &&
	driverctl list-overrides | grep "$two vfio-pci" &&
	driverctl --nosave unset-override "$two" && driver "$two" bochs-drm &&
	works gpuvirt passthrough show "$two" && has "state returned-by-other" &&
	gpuvirt passthrough unbind "$two" 2>&1 | grep "another tool gave it back" &&
	free "$two" bochs-drm
}

# An override that somebody else wrote is not overwritten.
driverctl_other()
{
	driverctl --nosave set-override "$two" pci-stub && driver "$two" pci-stub &&
	refused 'has driver_override "pci-stub", which gpuvirt did not set' \
		gpuvirt passthrough bind "$two" && driver "$two" pci-stub &&
	driverctl --nosave unset-override "$two" && free "$two" bochs-drm
}

# As virsh nodedev-detach and nodedev-reattach write to sysfs.
libvirt_way()
{
	echo vfio-pci >"$pci/$two/driver_override" &&
	echo "$two" >"$pci/$two/driver/unbind" &&
	echo "$two" >/sys/bus/pci/drivers_probe && bound "$two" &&
	works gpuvirt passthrough show "$two" && has "state bound-by-other" &&
	echo >"$pci/$two/driver_override" &&
	echo "$two" >"$pci/$two/driver/unbind" &&
	echo "$two" >/sys/bus/pci/drivers_probe && free "$two" bochs-drm
}

ends_daemon()
{
	udevadm settle -t 60 && udevadm control --exit
}

ktap_plan 15
ktap_run "udevd runs and the host has the GPUs" daemon
ktap_run "the files are shown, and nothing is changed" show_first
ktap_run "exactly these are written" writes
ktap_run "after a reboot the GPU and its companion are bound" boots
ktap_run "also if vfio-pci was loaded before" boots_late
ktap_run "vfio-pci is loaded before the driver of the host" ordered
ktap_run "another device at that address is not bound" other_device
ktap_run "unbound for now, with the files left" stays_at_boot
ktap_run "the files are removed, and a reboot binds nothing" removes
ktap_run "a file of that name that others wrote stays" not_ours
ktap_run "what driverctl bound is left to it" driverctl_first
ktap_run "driverctl gives back what we bound" driverctl_after
ktap_run "another override is not overwritten" driverctl_other
ktap_run "what was bound as libvirt does it" libvirt_way
ktap_run "udevd ends" ends_daemon
ktap_end
