#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: host-root, own-guest
# timeout: 600
# qemu: -device intel-iommu,intremap=on,caching-mode=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
# qemu: -device bochs-display,bus=a,addr=0.0,multifunction=on
# qemu: -device ich9-intel-hda,id=hda,bus=a,addr=0.1
# qemu: -audiodev none,id=none -device hda-duplex,bus=hda.0,audiodev=none
# qemu: -device qemu-xhci,bus=a,addr=0.2
# qemu: -device pcie-root-port,id=b,chassis=2,slot=1,addr=3.0
# qemu: -device bochs-display,bus=b
# qemu: -device ioh3420,id=c,chassis=3,slot=1,addr=4.0,multifunction=on
# qemu: -device ioh3420,id=d,chassis=3,slot=2,addr=4.1
# qemu: -device bochs-display,bus=c
# qemu: -drive if=none,id=disk,readonly=on,file=fat:/etc/apt
# qemu: -device nvme,serial=gv,drive=disk,bus=d
# qemu: -device pcie-root-port,id=e,chassis=5,slot=1,addr=5.0
# qemu: -device virtio-gpu-pci,bus=e
# qemu: -device VGA,addr=6.0
# qemu: -device secondary-vga,addr=a.0
#
# From the drivers of the host to vfio-pci and back: GPUs that QEMU has, some
# with companions, one of which shares its group with a disk.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/passthrough.sh"

one=$(behind 00:02.0 0)
audio=$(behind 00:02.0 1)
usb=$(behind 00:02.0 2)
two=$(behind 00:03.0 0)
shared=$(behind 00:04.0 0)
disk=$(behind 00:04.1 0)
virtio=$(behind 00:05.0 0)
boot=0000:00:06.0
second=0000:00:0a.0

drivers_load()
{
	for mod in snd-hda-intel snd-hda-codec-generic xhci-pci nvme virtio-gpu \
		bochs vfat nls_ascii nls_cp437; do
		modprobe $mod || return
	done
	modprobe -r vfio-pci
	! grep -q '^vfio_pci ' /proc/modules &&
	driver "$one" bochs-drm && driver "$audio" snd_hda_intel &&
	driver "$usb" xhci_hcd && driver "$two" bochs-drm &&
	driver "$shared" bochs-drm && driver "$disk" nvme &&
	driver "$virtio" virtio-pci && driver $boot bochs-drm &&
	driver $second bochs-drm
}

shown()
{
	works gpuvirt passthrough show && cat "$said" && has "$one" &&
	has "companion $audio  audio device  driver snd_hda_intel" &&
	has "companion $usb  USB controller  driver xhci_hcd" &&
	has "viable no: $shared is in IOMMU group" && has "which nvme drives" &&
	has "bind it with \`gpuvirt passthrough bind $two\`" &&
	hasnt "state bound"
}

# The screen is the console's: it is taken from a driver that is at work.
console_told()
{
	cat /proc/fb
	works gpuvirt passthrough show $boot && has "the text console is on its fb" &&
	has "it is the GPU that the firmware booted with"
}

bind()
{
	works gpuvirt passthrough bind "$one" && cat "$said" &&
	bound "$one" && bound "$audio" && bound "$usb" && record "$usb"
}

unbind()
{
	works gpuvirt passthrough unbind "$one" && cat "$said" &&
	free "$one" bochs-drm && free "$audio" snd_hda_intel &&
	free "$usb" xhci_hcd && [ -e "$pci/$one/drm" ]
}

cycles()
{
	for _ in 1 2; do
		bind && unbind || return
	done
}

twice()
{
	bind && works gpuvirt passthrough bind "$one" && has "as before" &&
	bound "$one" && works gpuvirt -j passthrough show "$one" &&
	has '"state":"bound"' && has '"previous-driver":"bochs-drm"' && unbind &&
	refused "is not bound for passthrough: its driver is bochs-drm" \
		gpuvirt passthrough unbind "$one"
}

# json COMMAND...: what it prints is one document
json()
{
	works gpuvirt -j passthrough "$@" && cat "$said" &&
	/usr/bin/python3 -m json.tool "$said" >"$said.json"
}

as_json()
{
	json bind "$one" persist show && json bind "$one" && bound "$one" &&
	has "\"$audio\"" && json bind "$one" && json show "$one" &&
	has '"state":"bound"' && json unbind "$one" persist show &&
	json unbind "$one" && has "\"$audio\"" && free "$one" bochs-drm &&
	json show && has '"state":"host"'
}

alone()
{
	works gpuvirt passthrough bind "$two" && bound "$two" &&
	driver "$one" bochs-drm && works gpuvirt passthrough unbind "$two" &&
	free "$two" bochs-drm
}

others()
{
	for gpu in "$virtio" $boot $second; do
		was=$(basename "$(readlink "$pci/$gpu/driver")")
		works gpuvirt passthrough bind "$gpu" && cat "$said" &&
		bound "$gpu" && works gpuvirt passthrough unbind "$gpu" &&
		free "$gpu" "$was" || return
	done
}

without_driver()
{
	echo "$two" >"$pci/$two/driver/unbind" &&
	works gpuvirt passthrough bind "$two" && bound "$two" &&
	works gpuvirt passthrough unbind "$two" && free "$two" "" || return
	echo "$two" >/sys/bus/pci/drivers_probe && driver "$two" bochs-drm
}

# The driver's module has gone meanwhile: it comes back.
module_gone()
{
	for gpu in "$one" "$two" $boot $second; do
		works gpuvirt passthrough bind "$gpu" || return
	done
	driver "$shared" bochs-drm && echo "$shared" >"$pci/$shared/driver/unbind" &&
	modprobe -r bochs && works gpuvirt passthrough unbind "$two" &&
	free "$two" bochs-drm || return
	works gpuvirt passthrough unbind "$one" $boot $second &&
	driver $second bochs-drm && driver "$shared" bochs-drm
}

not_viable()
{
	refused "is in IOMMU group" gpuvirt passthrough bind "$shared" &&
	grep -F "$disk, which nvme drives" "$said.err" &&
	free "$shared" bochs-drm && driver "$disk" nvme
}

# The first could be bound, and is put back for the other's sake.
all_or_nothing()
{
	refused "which nvme drives" gpuvirt passthrough bind "$one" "$shared" &&
	free "$one" bochs-drm && free "$shared" bochs-drm &&
	refused "there is no PCI function 0000:7f:00.0" \
		gpuvirt passthrough bind "$two" 7f:0.0 &&
	free "$two" bochs-drm
}

mounted()
{
	part=$(ls -d "$pci/$disk"/nvme/nvme*/nvme*n1/nvme*n1p1) &&
	mount -t vfat -o ro,iocharset=ascii "/dev/${part##*/}" /mnt || return
	refused "on /mnt" gpuvirt passthrough bind "$shared" "$disk" force &&
	free "$shared" bochs-drm && driver "$disk" nvme
	ret=$?
	umount /mnt
	return $ret
}

# Who names it means it.
both()
{
	works gpuvirt passthrough bind "$shared" "$disk" && cat "$said" &&
	bound "$shared" && bound "$disk" &&
	works gpuvirt passthrough unbind "$shared" && free "$shared" bochs-drm &&
	free "$disk" nvme
}

# has_open PID FILE
has_open()
{
	[ "$(readlink "/proc/$1/fd/3")" = "$2" ]
}

# client ADDRESS: a process that has its card open, as $client.
client()
{
	card=$(basename "$(echo "$pci/$1/drm/card"*)")
	sleep 1000 3<>"/dev/dri/$card" &
	client=$!
	within 10 has_open $client "/dev/dri/$card"
}

open_card()
{
	client "$one" &&
	refused "$one: process $client (sleep) has /dev/dri/$card open" \
		gpuvirt passthrough bind "$one" &&
	free "$one" bochs-drm && free "$audio" snd_hda_intel &&
	works gpuvirt -j passthrough show "$one" && has '"comm":"sleep"'
}

# bochs-drm lets go, and the log tells.
forced()
{
	works gpuvirt passthrough bind "$one" force && bound "$one" &&
	dmesg | grep "passthrough with force: $one is taken although process $client"
	ret=$?
	kill $client
	[ $ret -eq 0 ] && unbind
}

# The sound driver's remove waits for whoever has the device open.
hangs()
{
	sleep 1000 4<>"$(echo /dev/snd/controlC*)" &
	client=$!
	within 10 test -e /proc/$client/fd/4
	refused "$audio: the kernel still waits in unbinding driver snd_hda_intel" \
		timeout 60 gpuvirt passthrough bind "$one" force timeout 3 &&
	grep -F ": process $client (sleep) has /dev/snd/controlC" "$said.err" &&
	works gpuvirt passthrough show "$one" && has "state changing" &&
	refused "is changing $one already" gpuvirt passthrough bind "$one" &&
	refused "is changing $one already" gpuvirt passthrough unbind "$one"
	ret=$?
	kill $client
	return $ret
}

# The tool may be started with a descriptor of the device: the process that
# makes the change is not to wait for itself.
inherits()
{
	exec 4<>"$(echo /dev/snd/controlC*)"
	refused "the kernel still waits" \
		timeout 60 gpuvirt passthrough bind "$one" force timeout 3
	ret=$?
	exec 4<&-
	[ $ret -eq 0 ] && then_puts_back
}

then_puts_back()
{
	within 60 not_changing && unbound_again
}

not_changing()
{
	gpuvirt passthrough show "$one" | grep -q "state host"
}

unbound_again()
{
	free "$one" bochs-drm && free "$audio" snd_hda_intel &&
	free "$usb" xhci_hcd
}

# killed SECONDS: the state is before or after, and show says which.
killed()
{
	setsid gpuvirt passthrough bind "$one" >/dev/null 2>&1 &
	pid=$!
	sleep "$1"
	kill -9 $pid 2>/dev/null
	within 30 settled || return
	if gpuvirt passthrough show "$one" | grep -q "state bound"; then
		echo "after $1 s: bound"
		bound "$one" && bound "$audio" && bound "$usb" && unbind
	else
		echo "after $1 s: as before"
		unbound_again
	fi
}

settled()
{
	gpuvirt passthrough show "$one" | grep -q "state host\|state bound"
}

kills()
{
	moments="0 0.3 1.2"
	[ "${GV_DRILL-}" != long ] || moments="0 0.1 0.3 0.8 1.2"
	for s in $moments; do
		killed $s || return
	done
}

changing()
{
	gpuvirt passthrough show "$one" | grep -q "state changing"
}

# held COMMAND...: while a change of "$one" is held in its middle, by a driver that
# waits for whoever has its device open. The tool is $pid.
held()
{
	control=$(echo /dev/snd/controlC*)
	sleep 1000 4<>"$control" &
	client=$!
	within 10 test -e /proc/$client/fd/4
	setsid gpuvirt passthrough bind "$one" force timeout 100 \
		>/dev/null 2>&1 &
	pid=$!
	# The change is told before it has got to the card; the card's node goes
	# when its driver has begun to wait.
	within 30 test ! -e "$control" && changing && "$@"
	ret=$?
	kill -9 $pid 2>/dev/null
	wait $pid
	kill $client
	wait $client
	return $ret
}

tool_goes()
{
	kill -9 $pid
	wait $pid
	[ $? -eq 137 ] && changing
}

killed_held()
{
	held tool_goes && then_puts_back
}

# The process that makes the change goes, too, when the driver lets it.
all_go()
{
	pkill -9 -x gpuvirt
	wait $pid
	[ $? -eq 137 ]
}

none_left()
{
	! pgrep -x gpuvirt
}

# Then nobody puts it back but who unbinds it.
killed_all()
{
	held all_go && within 30 none_left &&
	works gpuvirt passthrough show "$one" && cat "$said" &&
	has "state interrupted" &&
	works gpuvirt passthrough unbind "$one" && unbound_again
}

# Even the process that makes the changes: then it is for the user to say.
interrupted()
{
	echo vfio-pci >"$pci/$two/driver_override"
	mkdir -p /run/gpuvirt/passthrough
	printf 'driver bochs-drm\noverride \ngpu %s\n' "$two" \
		>"/run/gpuvirt/passthrough/$two"
	echo "$two" >"$pci/$two/driver/unbind"
	works gpuvirt passthrough show "$two" && has "state interrupted" &&
	works gpuvirt passthrough unbind "$two" && free "$two" bochs-drm
}

in_use()
{
	bind || return
	group=/dev/vfio/$(basename "$(readlink "$pci/$one/iommu_group")")
	sleep 1000 3<>"$group" &
	vm=$!
	within 10 has_open $vm "$group"
	refused "$one: process $vm (sleep) has $group open" \
		gpuvirt passthrough unbind "$one" && bound "$one"
	ret=$?
	kill $vm
	wait $vm
	[ $ret -eq 0 ] && unbind
}

addresses()
{
	for form in "$one" "${one#0000:}" 1:0.0 "0:1:0.0"; do
		works gpuvirt passthrough show "$form" && has "$one" || return
	done
	for form in $second 0000:00:0A.0 00:0A.0 0:A.0 0:a.0 0:0:A.0; do
		works gpuvirt passthrough show "$form" && has "$second" || return
	done
	works gpuvirt passthrough bind 0:A.0 && bound $second &&
	works gpuvirt passthrough unbind 0000:00:0A.0 && free $second bochs-drm &&
	misused "expected a PCI address" gpuvirt passthrough bind 1:0 &&
	misused "expected a PCI address" gpuvirt passthrough bind "$one" all &&
	refused "is no GPU but a companion of GPU $one" \
		gpuvirt passthrough bind "$audio" &&
	refused "$disk is no GPU" gpuvirt passthrough bind "$disk" &&
	refused "0000:00:02.0 is no GPU (bridge)" gpuvirt passthrough bind 0:2.0
}

# It may be gone between look and act, and another one be there under its name.
gone_between()
{
	works gpuvirt passthrough show "$two" && echo 1 >"$pci/$two/remove" &&
	refused "there is no PCI function $two" gpuvirt passthrough bind "$two" &&
	echo 1 >/sys/bus/pci/rescan && within 10 driver "$two" bochs-drm &&
	works gpuvirt passthrough bind "$two" && bound "$two" &&
	echo 1 >"$pci/$two/remove" &&
	refused "there is no PCI function $two" \
		gpuvirt passthrough unbind "$two" &&
	echo 1 >/sys/bus/pci/rescan && within 10 driver "$two" bochs-drm &&
	works gpuvirt passthrough show "$two" && cat "$said" &&
	has "state returned-by-other" &&
	gpuvirt passthrough unbind "$two" 2>&1 |
		grep "another tool gave it back" && free "$two" bochs-drm
}

not_root()
{
	ends 1 "needs root" setpriv --reuid 65534 --clear-groups \
		"$(command -v gpuvirt)" passthrough bind "$one" &&
	free "$one" bochs-drm &&
	works setpriv --reuid 65534 --clear-groups "$(command -v gpuvirt)" \
		passthrough show "$one" && has "run it as root" && has "viable yes"
}

clean()
{
	modprobe -r vfio-pci && [ -z "$(ls /run/gpuvirt/passthrough)" ]
}

[ -n "$disk" ] || ktap_skip_all "this QEMU has not the devices"
client=
ktap_plan 28
ktap_run "the drivers of the host have all of it" drivers_load
ktap_run "show tells companions, groups and what to type" shown
ktap_run "show tells the console and the boot GPU" console_told
ktap_run "a GPU and its companions go and come back, twice" cycles
ktap_run "to bind twice succeeds, to unbind twice does not" twice
ktap_run "what is said in JSON is JSON" as_json
ktap_run "one of two equal GPUs goes and comes back" alone
ktap_run "virtio-gpu, VGA and secondary-vga" others
ktap_run "one without a driver comes back without" without_driver
ktap_run "a driver whose module was unloaded comes back" module_gone
ktap_run "a group with a disk of the host is refused" not_viable
ktap_run "if one of two is refused, the other stays" all_or_nothing
ktap_run "the disk does not go while it is mounted" mounted
ktap_run "the disk goes along if it is named" both
ktap_run "a process that has the card open is named" open_card
ktap_run "with force the card is taken from it" forced
ktap_run "a driver that waits: a time limit and the holder's name" hangs
ktap_run "when it waits no more, all is put back" then_puts_back
ktap_run "a descriptor of the device that was inherited" inherits
ktap_run "killed at any moment: before or after" kills
ktap_run "killed in the middle: as before" killed_held
ktap_run "killed with the process that makes the change" killed_all
ktap_run "an interrupted change is told and undone" interrupted
ktap_run "a GPU in a virtual machine is not unbound" in_use
ktap_run "addresses in every form, and others" addresses
ktap_run "gone between look and act" gone_between
ktap_run "who is not root can look only" not_root
ktap_run "vfio-pci goes, and no record is left" clean
ktap_end
