#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
# qemu: -device bochs-display
# config: VFIO_MDEV
#
# GPUs come and go through the PCI bus, without our doing: what the registry
# shows, and which events tell of it.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

pci=/sys/bus/pci
driver=$pci/drivers/gpuvirt-sim

find_emulated()
{
	for dev in $pci/devices/*; do
		[ "$(cat "$dev/vendor" "$dev/device" | tr -d '\n')" = \
			0x12340x1111 ] && echo "${dev##*/}" && return
	done
	return 1
}

listen()
{
	gpuvirt monitor config >"$said.events" 2>&1 &
	monitor=$!
	within 20 listening
}

listening()
{
	gpuvirt gpu set "$gpu" drain on && gpuvirt gpu set "$gpu" drain off &&
		grep -q gpu-change "$said.events"
}

# heard NAME: such an event of that GPU came.
heard()
{
	grep "$1" "$said.events" | grep -q "$2"
}

# events NAME: how many such events of that GPU came. Its address may have been
# another one's.
events()
{
	grep "$1" "$said.events" | grep -c "$gpu"
}

# more NAME COUNT
more()
{
	[ "$(events "$1")" -gt "$2" ]
}

# Removed on the bus, it is gone from the registry; found again, it is back.
emulated()
{
	works gpuvirt gpu show "$emulated" &&
	echo 1 >$pci/devices/"$emulated"/remove &&
	within 10 heard gpu-delete "$emulated" &&
	refused "no GPU has the PCI address" gpuvirt gpu show "$emulated" &&
	echo 1 >$pci/rescan && within 10 heard gpu-create "$emulated" &&
	works gpuvirt gpu show "$emulated" && has "$emulated"
}

rescans()
{
	works gpuvirt -j gpu show && cp "$said" "$said.before" &&
	for i in 1 2 3; do
		echo 1 >$pci/rescan || return
	done
	works gpuvirt -j gpu show && cmp "$said" "$said.before"
}

# Without its driver it is still a GPU, but nobody offers vGPUs on it.
unbind()
{
	works gpuvirt type new "$gpu" one framebuffer 8MiB &&
	works gpuvirt vgpu new "$gpu" one uuid $uuid1 &&
	echo "$gpu" >$driver/unbind &&
	within 10 heard vgpu-delete $uuid1 &&
	within 10 heard type-delete one &&
	[ ! -e /sys/bus/mdev/devices/$uuid1 ] &&
	[ ! -e "$pci/devices/$gpu/mdev_supported_types" ] &&
	works gpuvirt gpu show "$gpu" && has "no PF driver is bound" &&
	works gpuvirt type show && hasnt one &&
	refused "no backend offers mdev vGPUs" \
		gpuvirt type new "$gpu" two framebuffer 8MiB
}

bind()
{
	echo "$gpu" >$driver/bind && works gpuvirt gpu show "$gpu" &&
	hasnt "no PF driver" && works gpuvirt type show && hasnt one &&
	works gpuvirt type new "$gpu" one framebuffer 8MiB &&
	works gpuvirt vgpu new "$gpu" one uuid $uuid1 &&
	[ -e /sys/bus/mdev/devices/$uuid1 ]
}

# Somebody takes a simulated GPU off the bus; sim del cleans up after it.
off_the_bus()
{
	echo 1 >"$pci/devices/$gpu/remove" &&
	within 10 heard gpu-delete "$gpu" &&
	[ ! -e /sys/bus/mdev/devices/$uuid1 ] &&
	refused "no GPU has the PCI address" gpuvirt gpu show "$gpu" &&
	echo 1 >$pci/rescan && within 10 works gpuvirt gpu show "$gpu" &&
	works gpuvirt sim del "$gpu" && [ ! -e "$pci/devices/$gpu" ]
}

# It can be deleted while it is off the bus, where no show finds it.
deleted_off_the_bus()
{
	add_gpu vram 64MiB && gone=$(events gpu-delete) &&
	echo 1 >"$pci/devices/$gpu/remove" &&
	within 10 more gpu-delete "$gone" && works gpuvirt sim del "$gpu" &&
	echo 1 >$pci/rescan && [ ! -e "$pci/devices/$gpu" ] &&
	refused "no GPU has the PCI address" gpuvirt sim del "$gpu"
}

count()
{
	echo $#
}

eight()
{
	gpus=
	for i in 1 2 3 4 5 6 7 8; do
		add_gpu vram 64MiB && gpus="$gpus $gpu" &&
		works gpuvirt type new "$gpu" "t$i" framebuffer 8MiB &&
		works gpuvirt vgpu new "$gpu" "t$i" || return
	done
	[ "$(echo "$gpus" | tr ' ' '\n' | sort -u | grep -c :)" -eq 8 ] &&
	[ "$(ls /sys/bus/mdev/devices | wc -l)" -eq 8 ] &&
	works gpuvirt sim show || return
	for gpu in $gpus; do
		has "$gpu" || return
	done
	# One in the middle goes, the others stay, and its domain is used again.
	set -- $gpus
	works gpuvirt sim del "$4" && [ "$(count $driver/*:*:*.*)" -eq 7 ] &&
	[ "$(ls /sys/bus/mdev/devices | wc -l)" -eq 7 ] &&
	add_gpu vram 64MiB && [ "$gpu" = "$4" ] &&
	works gpuvirt sim del all && [ ! -e "$pci/devices/$1" ]
}

# The first event has some number; from there on none is missing.
numbers()
{
	kill $monitor
	wait $monitor
	! grep -i -e missed -e lost "$said.events"
}

emulated=$(find_emulated)
ktap_plan 10
ktap_run "a simulated GPU" add_gpu vram 64MiB
ktap_run "a listener" listen
ktap_run "an emulated GPU leaves the bus and comes back" emulated
ktap_run "a rescan that finds nothing changes nothing" rescans
ktap_run "its driver unbound, a GPU loses types and vGPUs" unbind
ktap_run "its driver bound, it starts afresh" bind
ktap_run "a simulated GPU leaves the bus, comes back and is deleted" off_the_bus
ktap_run "one that is off the bus can be deleted" deleted_off_the_bus
ktap_run "eight at once" eight
ktap_run "no event was lost" numbers
ktap_end
