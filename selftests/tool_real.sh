#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# config: VFIO_MDEV
#
# The tool on the real kernel module: every verb, what it says when it is
# refused, batches, events, and what an ordinary user can do.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

mdev=/sys/bus/mdev/devices

overview()
{
	works gpuvirt && has "$gpu"
}

gpus()
{
	works gpuvirt gpu show && has "$gpu" &&
	works gpuvirt gpu show "$gpu" && has gpuvirt-sim && has "64 MiB" &&
	refused "no GPU has the PCI address ffff:00:00.0" \
		gpuvirt gpu show ffff:00:00.0 &&
	works gpuvirt sim show && has "$gpu"
}

settings()
{
	works gpuvirt gpu set "$gpu" drain on &&
	works gpuvirt gpu show "$gpu" && has drain &&
	works gpuvirt type new "$gpu" drained framebuffer 8MiB &&
	refused "takes no new vGPUs (drain is on)" \
		gpuvirt vgpu new "$gpu" drained &&
	works gpuvirt gpu set "$gpu" drain off backing-limit 32MiB &&
	works gpuvirt gpu show "$gpu" && has "32 MiB" &&
	works gpuvirt type del "$gpu" drained &&
	refused "multiple of 4096" gpuvirt gpu set "$gpu" backing-limit 4097 &&
	misused "drain" gpuvirt gpu set "$gpu" drain 2
}

types()
{
	works gpuvirt type new "$gpu" small framebuffer 8MiB series Q \
		resolution 1024x768 weight 100 max-instances 3 &&
	works gpuvirt type new "$gpu" large framebuffer 32MiB &&
	works gpuvirt type show && has small && has large &&
	works gpuvirt type show "$gpu" small && has small && hasnt large &&
	refused "has a vGPU type of this name" \
		gpuvirt type new "$gpu" small framebuffer 8MiB &&
	refused "the GPU has 64 MiB" gpuvirt type new "$gpu" huge \
		framebuffer 1GiB &&
	refused "no such vGPU type" gpuvirt type del "$gpu" none &&
	refused "no such vGPU type" gpuvirt type show "$gpu" none &&
	refused "configuration is at generation" gpuvirt type del "$gpu" small \
		if-generation 1 &&
	misused "framebuffer" gpuvirt type new "$gpu" nothing &&
	misused "sizes" gpuvirt type new "$gpu" x framebuffer 8MiB sizes 3
}

vgpus()
{
	works gpuvirt vgpu new "$gpu" small uuid $uuid1 && has $uuid1 &&
	has sysfsdev= && [ -e $mdev/$uuid1 ] &&
	works gpuvirt vgpu show && has $uuid1 &&
	works gpuvirt vgpu show $uuid1 && has small &&
	works gpuvirt vgpu show gpu "$gpu" && has $uuid1 &&
	refused "$uuid1 is taken" gpuvirt vgpu new "$gpu" small uuid $uuid1 &&
	refused "no such vGPU type" gpuvirt vgpu new "$gpu" none &&
	misused "UUID" gpuvirt vgpu new "$gpu" small uuid 1234 &&
	refused "no vGPU has this id" gpuvirt vgpu show $uuid2 &&
	refused "no vGPU has this id" gpuvirt vgpu reset $uuid2 &&
	refused "no vGPU has this id" gpuvirt vgpu del $uuid2
}

full()
{
	works gpuvirt vgpu new "$gpu" large &&
	refused "type needs 32 MiB, 24 MiB free" gpuvirt vgpu new "$gpu" large &&
	works gpuvirt vgpu new "$gpu" small &&
	works gpuvirt vgpu new "$gpu" small &&
	refused "3 vGPUs of this type exist, the most it allows" \
		gpuvirt vgpu new "$gpu" small &&
	refused "3 vGPUs of this type exist" gpuvirt type del "$gpu" small &&
	[ "$(ls $mdev | wc -l)" -eq 4 ]
}

# More than the file of a device has room for in one region.
vast()
{
	gpu_before=$gpu
	add_gpu vram 2TiB &&
	refused "the most is 1048576 MiB" gpuvirt type new "$gpu" vast \
		framebuffer 1025GiB &&
	works gpuvirt type new "$gpu" vast framebuffer 1TiB &&
	works gpuvirt sim del "$gpu" || return
	gpu=$gpu_before
}

# What has been refused before, again.
refusals()
{
	refused "has a vGPU type of this name" \
		gpuvirt type new "$gpu" small framebuffer 8MiB &&
	refused "the GPU has 64 MiB" gpuvirt type new "$gpu" huge \
		framebuffer 1GiB &&
	refused "no such vGPU type" gpuvirt type del "$gpu" none &&
	refused "3 vGPUs of this type exist" gpuvirt type del "$gpu" small &&
	refused "no such vGPU type" gpuvirt vgpu new "$gpu" none &&
	refused "type needs 32 MiB, 8 MiB free" gpuvirt vgpu new "$gpu" large &&
	refused "3 vGPUs of this type exist, the most it allows" \
		gpuvirt vgpu new "$gpu" small &&
	refused "no vGPU has this id" gpuvirt vgpu reset $uuid2 &&
	refused "no vGPU has this id" gpuvirt vgpu del $uuid2
}

# The machine is busy: that is nobody's doing here.
kernel_log()
{
	dmesg | grep -v 'hrtimer: interrupt took\|clocksource: '
}

# The sentence says which one fits in, so what is refused fills no log.
quiet_log()
{
	kernel_log >"$said.before"
	refusals && kernel_log >"$said.after" || return
	cmp -s "$said.before" "$said.after" && return
	diff "$said.before" "$said.after"
	return 1
}

resets()
{
	works gpuvirt vgpu reset $uuid1 &&
	works gpuvirt vgpu show $uuid1 &&
	works gpuvirt vgpu reset $uuid1 no-wait &&
	works gpuvirt operation show && has vgpu-reset && has $uuid1
}

deletes()
{
	for uuid in $mdev/*; do
		works gpuvirt vgpu del "${uuid##*/}" || return
	done
	[ "$(ls $mdev | wc -l)" -eq 0 ] && works gpuvirt vgpu show &&
		hasnt $uuid1
}

# The core loses the remove file of an mdev that is removed while it is made.
zombie()
{
	type=/sys/bus/pci/devices/$gpu/mdev_supported_types/gpuvirt-sim-small
	for i in 1 2 3 4 5 6 7 8; do
		(until echo 1 >$mdev/$uuid2/remove; do
			[ -e "$said.stop" ] && exit
		done) 2>/dev/null &
		echo $uuid2 >"$type/create" || return
		: >"$said.stop"
		wait
		rm "$said.stop"
		[ ! -e $mdev/$uuid2 ] || works gpuvirt vgpu del $uuid2 ||
			return
		within 5 test ! -e $mdev/$uuid2 || return
	done
}

batches()
{
	cat >"$said.batch" <<-END
	# two good ones around a bad one
	vgpu new $gpu small uuid $uuid1
	vgpu new $gpu none
	vgpu new $gpu small uuid $uuid2
	END
	refused "no such vGPU type" gpuvirt -b "$said.batch" &&
	grep -q "3" "$said.err" && [ -e $mdev/$uuid1 ] &&
	[ ! -e $mdev/$uuid2 ] && works gpuvirt vgpu del $uuid1 &&
	refused "no such vGPU type" gpuvirt -f -b "$said.batch" &&
	[ -e $mdev/$uuid1 ] && [ -e $mdev/$uuid2 ] &&
	printf 'vgpu del %s\nvgpu del %s\n' $uuid1 $uuid2 >"$said.batch" &&
	works gpuvirt -b - <"$said.batch" && [ ! -e $mdev/$uuid1 ]
}

events()
{
	gpuvirt monitor >"$said.events" 2>&1 &
	pid=$!
	within 10 monitoring || return
	works gpuvirt type new "$gpu" heard framebuffer 8MiB &&
	works gpuvirt vgpu new "$gpu" heard uuid $uuid1 &&
	works gpuvirt vgpu reset $uuid1 &&
	works gpuvirt vgpu del $uuid1 &&
	works gpuvirt type del "$gpu" heard &&
	within 10 grep -q type-delete "$said.events"
	status=$?
	kill $pid
	wait $pid
	cp "$said.events" "$said"
	[ $status -eq 0 ] && has type-create && has vgpu-create &&
		has vgpu-event && has reset && has operation &&
		has vgpu-delete && has heard
}

# It has joined both groups when its socket shows their bits.
monitoring()
{
	gpuvirt gpu set "$gpu" drain on && gpuvirt gpu set "$gpu" drain off &&
		grep -q gpu-change "$said.events"
}

without_wait()
{
	works gpuvirt sim add vram 16MiB no-wait && cat "$said" &&
	within 20 other_gpu &&
	works gpuvirt sim del "$other" no-wait &&
	within 20 gone "$other" &&
	works gpuvirt operation show && has sim-del && has "$other"
}

other_gpu()
{
	for other in /sys/bus/pci/drivers/gpuvirt-sim/*:*:*.*; do
		other=${other##*/}
		[ "$other" = "$gpu" ] || [ "$other" = '*:*:*.*' ] || return 0
	done
	return 1
}

gone()
{
	[ ! -e "/sys/bus/pci/devices/$1" ]
}

sims()
{
	refused "no model is named none" gpuvirt sim add model none &&
	refused "1000 is taken" gpuvirt sim add domain 1000 &&
	refused "0x10000 is not from" gpuvirt sim add domain 10000 &&
	refused "no GPU has the PCI address" gpuvirt sim del ffff:00:00.0
}

as_user()
{
	su -s /bin/sh user -c "PATH=$PATH $*"
}

user_reads()
{
	works as_user gpuvirt && has "$gpu" &&
	works as_user gpuvirt gpu show && has "$gpu" &&
	works as_user gpuvirt type show && has small &&
	works as_user gpuvirt vgpu show &&
	works as_user gpuvirt operation show
}

user_changes()
{
	admin="needs CAP_SYS_ADMIN in the initial user namespace"
	refused "$admin" as_user gpuvirt type new "$gpu" x framebuffer 8MiB &&
	refused "$admin" as_user gpuvirt type del "$gpu" small &&
	refused "$admin" as_user gpuvirt gpu set "$gpu" drain on &&
	refused "$admin" as_user gpuvirt sim add &&
	refused "$admin" as_user gpuvirt sim del "$gpu" &&
	refused "needs write access to the create file" \
		as_user gpuvirt vgpu new "$gpu" small &&
	works gpuvirt vgpu new "$gpu" small uuid $uuid1 &&
	refused "$admin" as_user gpuvirt vgpu reset $uuid1 &&
	refused "$admin" as_user gpuvirt vgpu del $uuid1 &&
	works gpuvirt vgpu del $uuid1
}

misuse()
{
	misused frobnicate gpuvirt frobnicate &&
	misused sho gpuvirt gpu sho &&
	misused 00:02.0x gpuvirt gpu show 00:02.0x &&
	misused --nonsense gpuvirt --nonsense &&
	works gpuvirt -V && works gpuvirt help && works gpuvirt help type new
}

all_go()
{
	works gpuvirt sim del all && works gpuvirt sim show &&
		hasnt "$gpu" && gone "$gpu"
}

# The kernel loads a family's module when root asks for it; unless it can't.
no_module()
{
	rmmod gpuvirt-sim && rmmod gpuvirt || return
	helper=$(cat /proc/sys/kernel/modprobe)
	echo /nonexistent >/proc/sys/kernel/modprobe
	refused "modprobe gpuvirt" gpuvirt gpu show &&
	refused "modprobe gpuvirt" gpuvirt sim add &&
	refused "modprobe gpuvirt" as_user gpuvirt gpu show
	status=$?
	echo "$helper" >/proc/sys/kernel/modprobe
	[ $status -eq 0 ] && works gpuvirt gpu show
}

ktap_plan 20
ktap_run "sim add prints the address" add_gpu vram 64MiB
ktap_run "gpu show" gpus
ktap_run "an overview" overview
ktap_run "gpu set" settings
ktap_run "type new, show, del" types
ktap_run "type new on a GPU of terabytes" vast
ktap_run "vgpu new, show" vgpus
ktap_run "a full GPU says why" full
ktap_run "refusals leave the kernel log alone" quiet_log
ktap_run "vgpu reset" resets
ktap_run "vgpu del" deletes
ktap_run "vgpu del of one that lost its remove file" zombie
ktap_run "a batch with an error in its middle" batches
ktap_run "monitor hears of every change" events
ktap_run "sim add and del without a wait" without_wait
ktap_run "sim add and del, refused" sims
ktap_run "an ordinary user can look" user_reads
ktap_run "an ordinary user can change nothing, and is told so" user_changes
ktap_run "misuse ends with status 2" misuse
all_go_last()
{
	all_go && no_module
}
ktap_run "all of it goes, and then the modules" all_go_last
ktap_end
