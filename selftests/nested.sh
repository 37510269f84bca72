#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: nested
# timeout: 900
#
# Two virtual machines with stock QEMU and Debian's own kernel, whose bochs-drm
# drives the vGPUs. What each draws is compared byte for byte with the picture
# it should draw, by two ways: QEMU's screendump, which uses the display region,
# and QEMU's own memory, in which the whole slice is mapped.

# shellcheck disable=SC2034,SC2154,SC2086

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/inner.sh"

uuid1=0a16a000-0000-4000-8000-000000000001
uuid2=0a16a000-0000-4000-8000-000000000002
boot=/run/gv-boot
tmp=/run/gv-nested
user=nobody
mkdir -p $boot $tmp

dev()
{
	echo "vfio-pci,sysfsdev=/sys/bus/mdev/devices/$1,display=on"
}

node()
{
	echo "/dev/vfio/$(basename "$(readlink /sys/bus/mdev/devices/"$1"/iommu_group)")"
}

# Words, not a function: QEMU shall take the place of the process.
as_user="setpriv --reuid=$user --regid=nogroup --groups=kvm --no-new-privs"

set_up()
{
	modprobe vfio_iommu_type1
	gpu=$(gpuvirt sim add model A16) &&
	gpuvirt type new "$gpu" a framebuffer 16MiB resolution 1024x768 &&
	gpuvirt type new "$gpu" b framebuffer 16MiB resolution 800x600 &&
	gpuvirt vgpu new "$gpu" a uuid $uuid1 &&
	gpuvirt vgpu new "$gpu" b uuid $uuid2 || return
	# Where an ordinary user can read it.
	cp -L "$GV_INNER/vmlinux" "$GV_INNER/initramfs" $boot/
	draw=$GV_INNER/draw
	GV_INNER=$boot
	"$draw" -n one -s circle -b 203050 -r 1024x768 -o $tmp/want-one.ppm &&
	"$draw" -n two -s triangle -b 502040 -r 800x600 -o $tmp/want-two.ppm
}

not_yet()
{
	! $as_user test -r "$(node $uuid2)" &&
	! $as_user test -w "$(node $uuid2)"
}

# What the udev rule does: udev itself does not run here.
give_to_kvm()
{
	chgrp kvm "$(node $uuid2)" /dev/kvm &&
	chmod 0660 "$(node $uuid2)" /dev/kvm &&
	$as_user test -w "$(node $uuid2)"
}

start()
{
	inner_start one "$(dev $uuid1)" gv.name=one gv.shape=circle gv.bg=203050
	inner_run=$as_user
	inner_start two "$(dev $uuid2)" gv.name=two gv.shape=triangle \
		gv.bg=502040
	inner_run=
}

# Debian's driver, bound to our device.
stock_driver()
{
	inner_wait one DRAWN 400 && inner_wait two DRAWN 400 || return
	for name in one two; do
		cat $inner_dir/$name/report
		grep -q 'DRIVER bochs-drm 0x1234 0x1111 0x1100' \
			$inner_dir/$name/report || return
	done
	grep -q 'DRAWN one 1024x768' $inner_dir/one/report &&
	grep -q 'DRAWN two 800x600' $inner_dir/two/report
}

whose()
{
	pid=$(gpuvirt -j vgpu show $uuid2 |
		sed 's/.*"holder-pid": *\([0-9]*\).*/\1/')
	echo "process $pid, $(grep Uid: /proc/$pid/status)"
	[ "$(stat -c %U /proc/$pid)" = $user ] &&
	gpuvirt vgpu show $uuid2 | grep 'may be opened by.*kvm'
}

modes_told()
{
	gpuvirt vgpu show
	gpuvirt -j vgpu show $uuid1 | grep '"mode-xres": *1024' &&
	gpuvirt -j vgpu show $uuid2 | grep '"mode-xres": *800'
}

# dump NAME: the screen as a PPM, as QEMU shows it.
dump()
{
	chmod a+rwx $tmp
	rm -f "$tmp/$1.ppm"
	inner_qmp "$1" "{\"execute\": \"screendump\", \"arguments\": {\"filename\": \"$tmp/$1.ppm\"}}"
}

shown()
{
	inner_qmp one '{"execute": "qmp_capabilities"}' &&
	inner_qmp two '{"execute": "qmp_capabilities"}' &&
	dump one && dump two &&
	cmp $tmp/one.ppm $tmp/want-one.ppm &&
	cmp $tmp/two.ppm $tmp/want-two.ppm
}

different()
{
	! cmp -s $tmp/one.ppm $tmp/two.ppm
}

# in_slice VM PICTURE
in_slice()
{
	"$GV_TOP/selftests/lib/slice.py" "$(qemu_pid "$1")" "$tmp/want-$2.ppm"
}

qemu_pid()
{
	cat "$inner_dir/$1/pid"
}

own()
{
	one=$(in_slice one one) && two=$(in_slice two two) &&
	echo "the pictures are at $one and $two" &&
	[ "$one" -ge 0 ] && [ "$two" -ge 0 ]
}

others()
{
	[ "$(in_slice one two)" = none ] && [ "$(in_slice two one)" = none ]
}

reboot()
{
	resets=$(gpuvirt -j vgpu show $uuid1 |
		sed 's/.*"resets": *\([0-9]*\).*/\1/')
	inner_qmp one '{"execute": "set-action", "arguments": {"reboot": "reset"}}' \
		'{"execute": "system_reset"}' || return
	end=$(($(inner_now) + 300))
	until [ "$(grep -c DRAWN $inner_dir/one/report)" -ge 2 ]; do
		if ! inner_alive one || [ "$(inner_now)" -ge $end ]; then
			inner_tell one
			return 1
		fi
		sleep 0.3
	done
	now=$(gpuvirt -j vgpu show $uuid1 |
		sed 's/.*"resets": *\([0-9]*\).*/\1/')
	echo "resets: $resets, then $now"
	[ "$now" -gt "$resets" ] && dump one &&
	cmp $tmp/one.ppm $tmp/want-one.ppm
}

unharmed()
{
	dump two && cmp $tmp/two.ppm $tmp/want-two.ppm
}

in_use()
{
	! gpuvirt vgpu del $uuid1 2>/tmp/del.err &&
	grep "is open in process .*(vgpu-open)" /tmp/del.err &&
	gpuvirt vgpu show $uuid1 >/dev/null
}

ended()
{
	inner_stop one
	inner_stop two
	gpuvirt vgpu del $uuid1 && gpuvirt vgpu del $uuid2 &&
	gpuvirt gpu show "$gpu" | grep 'backing-used 0' &&
	gpuvirt sim del "$gpu"
}

getent group kvm >/dev/null || ktap_skip_all "this machine has no group kvm"

ktap_plan 16
ktap_run "two vGPUs of two types" set_up
ktap_run "at first an ordinary user can't open one" not_yet
ktap_run "given to group kvm, a member can" give_to_kvm
ktap_run "two virtual machines start, one as an ordinary user" start
ktap_run "Debian's bochs-drm drives the vGPUs and sets their modes" stock_driver
ktap_run "the ordinary user's holds its vGPU" whose
ktap_run "the host knows their modes" modes_told
ktap_run "QEMU shows what they draw, byte for byte" shown
ktap_run "the two screens differ" different
ktap_run "each picture is in its vGPU's slice, byte for byte" own
ktap_run "no line of it is in the other's" others
ktap_run "a vGPU in use is not deleted" in_use
ktap_run "a guest that reboots draws again" reboot
ktap_run "its neighbour's screen is as it was" unharmed
ktap_run "when they end all is given back" ended
ktap_run "and the modules unload" modprobe -r gpuvirt-sim gpuvirt
inner_stop one
inner_stop two
ktap_end
