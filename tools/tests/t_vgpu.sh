# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Creating and deleting vGPUs: netlink and sysfs together.

TYPE="gpu=$SIM name=2q mdev-type=gpuvirt-sim-2q"
CREATE=/sys/bus/pci/devices/$SIM/mdev_supported_types/gpuvirt-sim-2q/create
REMOVE=/sys/bus/mdev/devices/$UUID/remove
VGPU="id=$UUID gpu=$SIM type=2q via=mdev serial=5 iommu-group=3"

t_new()
{
	script <<-END
		on type-get
		reply $TYPE available=2 instances=0
		on vgpu-get
		reply $VGPU open=0
	END
	run vgpu new $SIM 2q uuid ${UUID^^}
	status 0
	quiet
	out_is <<-END
		$UUID
		    device /dev/vfio/3  may be opened by nobody: the node does not exist
		    qemu -device vfio-pci,sysfsdev=/sys/bus/mdev/devices/$UUID,display=on
	END
	log_is <<-END
		type-get gpu=$SIM name=2q
		write $CREATE $UUID
		vgpu-get id=$UUID
	END
	run -j vgpu new $SIM 2q uuid $UUID
	json 'd["id"], d["device"], d["qemu"]' \
		"('$UUID', '/dev/vfio/3', '-device vfio-pci,sysfsdev=/sys/bus/mdev/devices/$UUID,display=on')"
}

t_new_random()
{
	script <<-END
		on type-get
		reply $TYPE available=2
		on vgpu-get
		reply $VGPU
	END
	run vgpu new $SIM 2q
	status 0
	sed -n 's/^write [^ ]* //p' log > first
	grep -qE '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' first ||
		die "no UUID: $(cat log)"
	run vgpu new $SIM 2q
	sed -n 's/^write [^ ]* //p' log > second
	! cmp -s first second || die "the same UUID twice"
}

# The kernel's own refusal of a create fills its log: it must not be asked.
t_new_full()
{
	script <<-END
		on type-get
		reply $TYPE available=0 reason=vram-exhausted text="type needs 2048 MiB, 1024 MiB free"
	END
	run vgpu new $SIM 2q
	status 1
	out_is < /dev/null
	err_has "gpuvirt: type needs 2048 MiB, 1024 MiB free (vram-exhausted)"
	err_has "delete a vGPU of this GPU"
	log_is <<< "type-get gpu=$SIM name=2q"
}

t_new_race_for_last()
{
	script <<-END
		write-error 28
		on type-get
		reply $TYPE available=1
		on type-get
		reply $TYPE available=0 reason=type-full text="type 2q has 24 of 24 vGPUs"
	END
	run vgpu new $SIM 2q
	status 1
	err_has "type 2q has 24 of 24 vGPUs (type-full)"
}

t_new_taken()
{
	mkdir -p root/sys/bus/mdev/devices/$UUID
	script <<-END
		write-error 17
		on type-get
		reply $TYPE available=1
	END
	run vgpu new $SIM 2q uuid $UUID
	status 1
	err_has "the UUID $UUID is taken"
	err_has "give another one, or none"
	log_is <<-END
		type-get gpu=$SIM name=2q
		write $CREATE $UUID
	END
}

# Nobody else knows the UUID of a vGPU that is there and can't be looked at.
t_new_random_unseen()
{
	script <<-END
		on type-get
		reply $TYPE available=2
		on vgpu-get
		error 19 0 "the module is going away"
	END
	run vgpu new $SIM 2q
	status 1
	id=$(sed -n "s,^write $CREATE ,,p" log)
	[ -n "$id" ] || die "not created"
	err_has "vGPU $id was created"
}

# The device is gone and the kernel still knows its UUID, for a while.
t_new_taken_a_moment()
{
	script <<-END
		write-error 17
		write-error 17
		on type-get
		reply $TYPE available=1
		on vgpu-get
		reply $VGPU open=0
	END
	run vgpu new $SIM 2q uuid $UUID
	status 0
	quiet
	log_is <<-END
		type-get gpu=$SIM name=2q
		write $CREATE $UUID
		sleep
		write $CREATE $UUID
		sleep
		write $CREATE $UUID
		vgpu-get id=$UUID
	END
}

t_new_taken_for_good()
{
	{
		yes 'write-error 17' | head -n 200
		echo "on type-get"
		echo "reply $TYPE available=1"
	} | script
	run vgpu new $SIM 2q uuid $UUID
	status 1
	err_has "the UUID $UUID is taken"
	[ "$(grep -c '^sleep$' log)" -eq 100 ] || die "it waited otherwise"
}

t_new_type_went()
{
	script <<-END
		write-error 2
		on type-get
		reply $TYPE available=1
		on type-get
		error 2 15 "$SIM has no type 2q" attr=name
	END
	run vgpu new $SIM 2q
	status 1
	err_has "$SIM has no type 2q (type-unknown, attribute name)"
}

t_new_not_root()
{
	script <<-END
		write-error 13
		on type-get
		reply $TYPE available=1
	END
	run vgpu new $SIM 2q
	status 1
	err_is <<-END
		gpuvirt: creating a vGPU needs write access to the create file of its type (not-permitted)
		  run it as root
	END
}

t_new_other_error()
{
	script <<-END
		write-error 19
		on type-get
		reply $TYPE available=1
	END
	run vgpu new $SIM 2q
	status 1
	err_has "the kernel did not create the vGPU: No such device (device-error)"
}

t_new_escape()
{
	script <<-END
		on type-get
		reply gpu=$SIM name=2q mdev-type=../../../../../tmp available=1
	END
	run vgpu new $SIM 2q
	status 1
	hasnt log write
}

# udev needs a moment; a script that starts a VMM at once must not lose.
t_new_waits_for_udev()
{
	script <<-END
		on type-get
		reply $TYPE available=2
		on vgpu-get
		reply $VGPU
	END
	mkdir -p root/dev/vfio root/run/udev root/etc/udev/rules.d
	: > root/dev/vfio/3
	chmod 600 root/dev/vfio/3
	: > root/run/udev/control
	echo rule > root/etc/udev/rules.d/70-gpuvirt.rules
	run vgpu new $SIM 2q uuid $UUID
	status 0
	[ "$(grep -c sleep log)" -eq 500 ] || die "waited $(grep -c sleep log) times"
	out_has "udev has not applied 70-gpuvirt.rules to it, yet or at all"
	chmod 660 root/dev/vfio/3
	run vgpu new $SIM 2q uuid $UUID
	hasnt log sleep
	chmod 600 root/dev/vfio/3
	rm root/etc/udev/rules.d/70-gpuvirt.rules
	run vgpu new $SIM 2q uuid $UUID
	hasnt log sleep
	# who does not want it says so like this
	mkdir -p root/usr/lib/udev/rules.d
	echo rule > root/usr/lib/udev/rules.d/70-gpuvirt.rules
	ln -s /dev/null root/etc/udev/rules.d/70-gpuvirt.rules
	run vgpu new $SIM 2q uuid $UUID
	hasnt log sleep
}

t_del()
{
	script <<-END
		on vgpu-get
		reply $VGPU
		on vgpu-retire
	END
	run vgpu del $UUID if-generation 8
	status 0
	quiet
	out_is < /dev/null
	log_is <<-END
		vgpu-get id=$UUID
		vgpu-retire id=$UUID serial=5 generation=8
		write $REMOVE 1
	END
}

t_del_open()
{
	script <<-END
		on vgpu-get
		reply $VGPU open=1 holder-pid=4242 holder-comm=qemu-system-x86
		on vgpu-retire
		error 16 27 "vGPU is open" attr=id
	END
	run vgpu del $UUID
	status 1
	err_is <<-END
		gpuvirt: vGPU $UUID is open in process 4242 (qemu-system-x86) (vgpu-open)
		  stop that process first, or give it time with \`force timeout SECONDS\`
	END
	hasnt log write
}

# Who may not know the holder gets the kernel's own sentence.
t_del_open_unnamed()
{
	script <<-END
		on vgpu-get
		reply $VGPU open=1
		on vgpu-retire
		error 16 27 "vGPU is open" attr=id
	END
	run vgpu del $UUID
	status 1
	err_has "vGPU is open (vgpu-open, attribute id)"
	err_has "stop the virtual machine first"
}

t_del_force_waits()
{
	script <<-END
		on vgpu-get
		reply $VGPU
		on vgpu-retire
		error 16 27 "vGPU is open"
		on vgpu-retire
		error 16 27 "vGPU is open"
		on vgpu-retire
	END
	run vgpu del $UUID force timeout 5
	status 0
	quiet
	[ "$(grep -c sleep log)" -eq 2 ] || die "$(cat log)"
	[ "$(tail -n 1 log)" = "write $REMOVE 1" ] || die "$(cat log)"
}

t_del_force_ends()
{
	script <<-END
		on vgpu-get
		reply $VGPU open=1 holder-pid=4242 holder-comm=qemu
		on vgpu-retire
		error 16 27 "vGPU is open"
	END
	run vgpu del $UUID timeout 3 force
	status 1
	err_has "open in process 4242 (qemu)"
	[ "$(grep -c sleep log)" -eq 30 ] || die "waited $(grep -c sleep log) times"
	hasnt log write
	run vgpu del $UUID force timeout 0
	status 1
	hasnt log sleep
}

# Only an open vGPU is waited for.
t_del_force_other_refusal()
{
	script <<-END
		on vgpu-get
		reply $VGPU
		on vgpu-retire
		error 16 28 "another process deletes it"
	END
	run vgpu del $UUID force timeout 5
	status 1
	err_has "(vgpu-retired)"
	hasnt log sleep
}

t_del_unknown()
{
	script <<-END
		on vgpu-get
		error 19 26 "no vGPU has this id" attr=id
	END
	run vgpu del $UUID
	status 1
	err_has "no vGPU has this id (vgpu-unknown, attribute id)"
}

# The core's zombie: the device is there, its remove file is not.
t_del_zombie_heals()
{
	script <<-END
		write-error 2
		write-error 11
		on vgpu-get
		reply $VGPU
		on vgpu-retire
	END
	mkdir -p root/sys/bus/mdev/devices/$UUID
	run vgpu del $UUID
	status 0
	[ "$(grep -c "^write" log)" -eq 3 ] || die "$(cat log)"
}

t_del_zombie_stays()
{
	script <<-END
		$(yes "write-error 2" | head -n 50)
		on vgpu-get
		reply $VGPU
		on vgpu-retire
	END
	mkdir -p root/sys/bus/mdev/devices/$UUID
	run vgpu del $UUID
	status 1
	err_has "has lost the remove file of vGPU $UUID"
	err_has "the module restores the file within a second"
	[ "$(grep -c sleep log)" -eq 20 ] || die "$(cat log)"
}

t_del_gone_meanwhile()
{
	script <<-END
		write-error 2
		on vgpu-get
		reply $VGPU
		on vgpu-retire
	END
	run vgpu del $UUID
	status 0
	quiet
}

t_del_not_root()
{
	script <<-END
		write-error 13
		on vgpu-get
		reply $VGPU
		on vgpu-retire
	END
	mkdir -p root/sys/bus/mdev/devices/$UUID
	run vgpu del $UUID
	status 1
	err_has "needs write access to its remove file (not-permitted)"
}
