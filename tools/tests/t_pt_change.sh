# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Passthrough where the tests have a kernel that binds drivers: what happens when
# functions are taken and given back.

. "$TOOLS/tests/pt_host.sh"

# What the administrator has forbidden does not come because a GPU matches it.
t_pt_blacklist()
{
	cat > kmod <<-END
		pci:v10de nouveau blacklist
		pci:v10de nvidia
		pci:v1002 radeon blacklist
		vfio_pci vfio-pci
	END
	modprobe pci:v10de
	out_is <<-END
		nvidia
		0
	END
	modprobe pci:v1002
	out_is <<< -2
	# by its own name it was asked for
	modprobe nouveau
	out_is <<-END
		nouveau
		0
	END
	modprobe vfio-pci
	out_is <<-END
		vfio-pci
		0
	END
	modprobe pci:v8086
	out_is <<< -2
}

t_pt_there_and_back()
{
	kernel < /dev/null
	run passthrough bind 65:00.0
	status 0
	out_is <<-END
		0000:65:00.0  driver vfio-pci  /dev/vfio/7  was nouveau
		0000:65:00.1  driver vfio-pci  /dev/vfio/7  was snd_hda_intel
	END
	both vfio-pci vfio-pci
	state bound
	run passthrough unbind 65:00.0
	status 0
	out_is <<-END
		0000:65:00.0  driver nouveau  was vfio-pci
		0000:65:00.1  driver snd_hda_intel  was vfio-pci
	END
	both nouveau snd_hda_intel
	state host
	no_records
}

# The companion was taken, and the GPU not yet, when all were killed.
t_pt_half_bound()
{
	kernel < /dev/null
	mkdir -p root/run/gpuvirt/passthrough
	printf 'driver snd_hda_intel\noverride \ngpu 0000:65:00.0\n' \
		> root/run/gpuvirt/passthrough/0000:65:00.1
	echo vfio-pci > root/sys/bus/pci/devices/0000:65:00.1/driver_override
	driver 0000:65:00.1 vfio-pci
	state interrupted
	run passthrough unbind 65:00.0
	status 0
	out_is <<-END
		0000:65:00.0  driver nouveau  as before
		0000:65:00.1  driver snd_hda_intel  was vfio-pci
	END
	both nouveau snd_hda_intel
	state host
	no_records
}

# The kernel has the last word on a group.
t_pt_verify()
{
	kernel < /dev/null
	echo no > root/dev/vfio/7
	run passthrough bind 65:00.0
	status 1
	err_is <<-END
		gpuvirt: the kernel says that IOMMU group 7 of 0000:65:00.0 is not viable
		  another device of the group got a driver meanwhile: look with \`gpuvirt passthrough show\`
	END
	both nouveau snd_hda_intel
	no_records
	rm root/dev/vfio/7
	run passthrough bind 65:00.0
	status 1
	err_has "0000:65:00.0 is bound, but /dev/vfio/7 can't be opened: No such file or directory"
	both nouveau snd_hda_intel
	no_records
}

# Another card is put in while the companion is bound: nobody named that one.
t_pt_replaced_meanwhile()
{
	local dev=root/sys/bus/pci/devices/0000:65:00.0

	kernel <<-END
		when *drivers_probe "echo 0x010802 > $dev/class; echo 0xa808 > $dev/device; echo 0x144d > $dev/vendor"
	END
	run passthrough bind 65:00.0
	status 1
	err_has "0000:65:00.0 is another device now, 144d:a808, and was 10de:1eb8 when the command began"
	both nouveau snd_hda_intel
	hasnt log "0000:65:00.0/driver_override"
	no_records
}

# Looked at again before each is taken: the companion took its time.
t_pt_used_meanwhile()
{
	local dev=root/sys/bus/pci/devices/0000:65:00.0

	kernel <<-END
		when *drivers_probe "echo 2 > $dev/sriov_numvfs"
	END
	run passthrough bind 65:00.0
	status 1
	err_has "0000:65:00.0: 2 VFs are enabled on it"
	both nouveau snd_hda_intel
	no_records
	rm $dev/sriov_numvfs
	node 0000:65:00.0 nvme/nvme0/nvme0n1 259:0 nvme0n1 block
	kernel <<-END
		when *drivers_probe "echo 29 1 259:0 / /srv rw - ext4 /dev/nvme0n1 rw > root/proc/self/mountinfo"
	END
	run passthrough bind 65:00.0
	status 1
	err_has "0000:65:00.0: the host uses /dev/nvme0n1 on /srv"
	both nouveau snd_hda_intel
	no_records
}

# The child that waits may stay for ever: it keeps neither output nor locks.
t_pt_locked_child()
{
	local tool child='' fd i

	card
	rm root/sys/bus/pci/devices/0000:65:00.1/driver_override
	mkfifo root/sys/bus/pci/devices/0000:65:00.1/driver_override
	GV_FAKE_SCRIPT=$PWD/script GV_FAKE_ROOT=$PWD/root \
		"$BUILD/tests/gpuvirt" passthrough bind 65:00.0 > out 2> err &
	tool=$!
	for i in $(seq 100); do
		child=$(cat "/proc/$tool/task/$tool/children")
		[ "$(readlink "/proc/${child% }/fd/1")" != /dev/null ] || break
		sleep 0.02
	done
	[ "$i" -lt 100 ] || die "no child, or it has the output"
	sleep 0.2
	for fd in "/proc/${child% }/fd"/*; do
		readlink "$fd"
	done > fds
	kill -9 "${child% }"
	wait "$tool" || :
	err_has "another process is changing its driver"
	hasnt fds /run/
	hasnt fds /out
	hasnt fds /err
}

# --persist, as people know it from other tools, has no value.
t_pt_persist_dashes()
{
	two_bound
	run passthrough bind 65:00.0 --persist show
	status 0
	[ -z "$(files)" ] || die "written: $(files)"
	run passthrough bind --persist 65:00.0
	status 0
	[ -e root/etc/udev/rules.d/60-gpuvirt-0000:65:00.0.rules ] || die "not written"
	run passthrough bind 66:00.0 --timeout 3 --persist
	status 0
	[ -e root/etc/udev/rules.d/60-gpuvirt-0000:66:00.0.rules ] || die "not written"
	run passthrough bind 65:00.0 persist
	status 2
	err_has "persist needs a value"
}

# A driver that does not take its device back is no reason to keep vfio-pci.
t_pt_not_back()
{
	kernel < /dev/null
	run passthrough bind 65:00.0
	status 0
	rm -r root/sys/bus/pci/drivers/snd_hda_intel
	run passthrough unbind 65:00.0
	status 1
	err_is <<-END
		gpuvirt: 0000:65:00.1 is without a driver now: snd_hda_intel did not take it back
		gpuvirt: vfio-pci let go, but not all drivers took back what they had
		  load such a driver, then write the address to /sys/bus/pci/drivers_probe
	END
	out_has "0000:65:00.0  driver nouveau"
	both nouveau -
	no_records
	kernel < /dev/null
	run passthrough bind 65:00.0
	rm -r root/sys/bus/pci/drivers/nouveau
	echo nvidia > root/sys/bus/pci/devices/0000:65:00.0/native
	mkdir root/sys/bus/pci/drivers/nvidia
	run passthrough unbind 65:00.0
	status 1
	err_has "0000:65:00.0 is with driver nvidia now; it was with nouveau before"
	both nvidia snd_hda_intel
}

# What the record of a card says is not so of the one that replaced it.
t_pt_record_of_other_card()
{
	local record=root/run/gpuvirt/passthrough/0000:65:00.0

	kernel < /dev/null
	run passthrough bind 65:00.0
	status 0
	has $record "device 10de:1eb8"
	rm -r root/sys/bus/pci/devices/0000:65:00.* \
		root/sys/kernel/iommu_groups/7
	function_ 0000:65:00.0 0x030000 0x1002 0x740f 7 -
	state host
	out_has "gpuvirt bound another device here before, 10de:1eb8"
	run passthrough unbind 65:00.0
	status 1
	err_has "what is known of 0000:65:00.0 is of another device, 10de:1eb8, which was here before: it is dropped"
	err_has "0000:65:00.0 is not bound for passthrough: it has no driver"
	[ ! -e $record ] || die "the record is still there"
}

# Root's umask may be strict; udev and who only looks are others.
t_pt_umask()
{
	local path

	mkdir -p root/etc/udev/rules.d root/etc/modprobe.d
	kernel < /dev/null
	umask 077
	run passthrough bind 65:00.0 persist yes
	status 0
	for path in run/gpuvirt run/gpuvirt/passthrough \
		run/gpuvirt/passthrough/0000:65:00.0 run/gpuvirt/lock \
		run/gpuvirt/lock/0000:65:00.0 \
		etc/udev/rules.d/60-gpuvirt-0000:65:00.0.rules \
		etc/modprobe.d/gpuvirt-0000:65:00.0.conf; do
		echo "$(stat -c %a "root/$path") $path"
	done > got
	same got - <<-END
		755 run/gpuvirt
		755 run/gpuvirt/passthrough
		644 run/gpuvirt/passthrough/0000:65:00.0
		700 run/gpuvirt/lock
		600 run/gpuvirt/lock/0000:65:00.0
		644 etc/udev/rules.d/60-gpuvirt-0000:65:00.0.rules
		644 etc/modprobe.d/gpuvirt-0000:65:00.0.conf
	END
}

t_pt_timeout_zero()
{
	kernel < /dev/null
	run passthrough bind 65:00.0 timeout 0
	status 1
	# whether it has begun by then is chance
	grep -qE '^gpuvirt: (nothing was changed within|0000:65:00.[01]: the kernel still waits in [a-z].* after) 0 s$' err ||
		die "$(cat err)"
}

# What is printed goes nowhere, and not into the next file that is opened.
t_pt_closed_output()
{
	kernel < /dev/null
	GV_FAKE_SCRIPT=$PWD/script GV_FAKE_ROOT=$PWD/root \
		"$BUILD/tests/gpuvirt" passthrough bind 65:00.0 <&- >&- 2>&- || :
	both vfio-pci vfio-pci
	! grep -v '^[0-9]*$' root/run/gpuvirt/lock/* || die "output in a lock"
	! grep -vE '^(driver|override|gpu|device) ' root/run/gpuvirt/passthrough/* ||
		die "output in a record"
	state bound
}

t_pt_no_room_for_record()
{
	kernel < /dev/null
	mkdir -p root/run/gpuvirt/passthrough root/run/gpuvirt/lock
	[ "$(id -u)" -eq 0 ] || skip "only root can make a node"
	mknod root/run/gpuvirt/lock/0000:65:00.0 c 1 7 2> /dev/null ||
		skip "no nodes can be made here"
	run passthrough bind 65:00.0
	status 1
	err_has "can't lock 0000:65:00.0 below /run: No space left on device"
}

# The card is gone, and so is what would remove its files.
t_pt_persist_of_removed()
{
	mkdir -p root/etc/udev/rules.d root/sys/bus/pci/devices
	echo '# Written by `gpuvirt passthrough bind ... persist yes`.' \
		> root/etc/udev/rules.d/60-gpuvirt-0000:65:00.0.rules
	run passthrough unbind 65:00.0 persist yes
	status 1
	err_is <<-END
		gpuvirt: there is no PCI function 0000:65:00.0
		  files that bind it at boot are left, which may be removed: /etc/udev/rules.d/60-gpuvirt-0000:65:00.0.rules and /etc/modprobe.d/gpuvirt-0000:65:00.0.conf
	END
}

# A driver that takes its time: on a terminal, one sees it pass.
t_pt_progress()
{
	command -v script > /dev/null || skip "no script(1)"
	kernel <<-END
		clock
		when *drivers_probe "sleep 1.3"
	END
	GV_FAKE_SCRIPT=$PWD/script GV_FAKE_ROOT=$PWD/root command script -qec \
		"$BUILD/tests/gpuvirt passthrough bind 65:00.0" /dev/null \
		> out < /dev/null
	out_has "binding vfio-pci: 1 s"
	out_has "binding vfio-pci: 2 s"
	[ "$(sed -n '1s/.*K//p' out | tr -d '\r')" = \
		"0000:65:00.0  driver vfio-pci  /dev/vfio/7  was nouveau" ] ||
		die "$(cat -v out)"
}

# The same driver, and nobody waits so long: it is told where it waits, and
# all is put back.
t_pt_late()
{
	kernel <<-END
		clock
		when *drivers_probe "sleep 1.5"
	END
	run passthrough bind 65:00.0 timeout 1
	status 1
	err_has "0000:65:00.1: the kernel still waits in binding vfio-pci after 1 s"
	for _ in $(seq 100); do
		[ -e root/run/gpuvirt/passthrough/0000:65:00.1 ] || break
		sleep 0.1
	done
	both nouveau snd_hda_intel
	no_records
}
