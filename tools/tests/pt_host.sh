# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Hosts that are made of files, for tests of passthrough.

# function_ ADDRESS CLASS VENDOR DEVICE GROUP DRIVER; - is none
function_()
{
	local dev=root/sys/bus/pci/devices/$1

	mkdir -p "$dev"
	echo "$2" > "$dev/class"
	echo "$3" > "$dev/vendor"
	echo "$4" > "$dev/device"
	echo "(null)" > "$dev/driver_override"
	if [ "$5" != - ]; then
		mkdir -p "root/sys/kernel/iommu_groups/$5/devices"
		ln -s "../../../../bus/pci/devices/$1" \
			"root/sys/kernel/iommu_groups/$5/devices/$1"
		ln -s "../../../../kernel/iommu_groups/$5" "$dev/iommu_group"
	fi
	[ "$6" = - ] || driver "$1" "$6"
}

driver()
{
	mkdir -p "root/sys/bus/pci/drivers/$2" "root/sys/module/$2"
	ln -sfn "../../../module/$2" "root/sys/bus/pci/drivers/$2/module"
	ln -sfn "../../../../bus/pci/drivers/$2" \
		"root/sys/bus/pci/devices/$1/driver"
}

NV=0x10de

card()
{
	function_ 0000:65:00.0 0x030000 $NV 0x1eb8 7 nouveau
	function_ 0000:65:00.1 0x040300 $NV 0x10f8 7 snd_hda_intel
}

# process PID COMM PATH...: one that has these files open
process()
{
	local pid=$1 n=3 file

	mkdir -p "root/proc/$pid/fd"
	echo "$2" > "root/proc/$pid/comm"
	shift 2
	for file; do
		ln -s "$file" "root/proc/$pid/fd/$n"
		n=$((n + 1))
	done
}

# node ADDRESS DIRECTORY NUMBER NAME [SUBSYSTEM]: as if a driver had made it;
# the number is that of a node which this machine has
node()
{
	local dir=root/sys/bus/pci/devices/$1/$2

	mkdir -p "$dir"
	echo "$3" > "$dir/dev"
	echo "DEVNAME=$4" > "$dir/uevent"
	ln -s "../../../../class/${5:-none}" "$dir/subsystem"
}

log_has() { has log "$1"; }

state()
{
	run passthrough show 65:00.0
	status 0
	out_has "state $1"
}

# bound ADDRESS DRIVER: as if it had been bound by us
bound()
{
	printf 'driver %s\noverride \ngpu %s\n' "$2" "$1" \
		> "root/run/gpuvirt/passthrough/$1"
	echo vfio-pci > "root/sys/bus/pci/devices/$1/driver_override"
	driver "$1" vfio-pci
}

# Two GPUs, bound, whose files were not asked for yet.
two_bound()
{
	mkdir -p root/etc/udev/rules.d root/etc/modprobe.d \
		root/run/gpuvirt/passthrough root/sys/bus/pci/drivers/nouveau
	ln -s ../../../../module/nouveau root/sys/bus/pci/drivers/nouveau/module
	function_ 0000:65:00.0 0x030000 $NV 0x1eb8 7 -
	function_ 0000:66:00.0 0x030000 $NV 0x1eb8 8 -
	bound 0000:65:00.0 nouveau
	bound 0000:66:00.0 nouveau
}

files()
{
	find root/etc -type f | sort
}

# hold FILE TYPE: another process locks it, until the test is over
hold()
{
	exec {held}<> held
	/usr/bin/python3 -c 'import fcntl, os, struct, sys
how = os.O_RDONLY if sys.argv[2] == "F_RDLCK" else os.O_RDWR
file = os.open(sys.argv[1], how)
lock = struct.pack("hhqqi4x", getattr(fcntl, sys.argv[2]), 0, 0, 0, 0)
fcntl.fcntl(file, fcntl.F_OFD_SETLK, lock)
print(flush=True)
sys.stdin.read()' "$1" "$2" <&"$held" > "$1.$2" &
	holder=$!
	trap 'kill "$holder"' EXIT
	until [ -s "$1.$2" ]; do sleep 0.02; done
	rm "$1.$2"
}

# modprobe NAME: what a libkmod with the configuration in kmod would load
modprobe()
{
	rc=0
	GV_FAKE_KMOD=$PWD/kmod LD_LIBRARY_PATH=$BUILD/tests \
		"$BUILD/tests/unit" modprobe "$1" > out || rc=$?
	status 0
}

# The card, with a kernel behind the files; further lines of its script follow.
kernel()
{
	[ -d root/sys ] || card
	driver 0000:65:00.0 nouveau
	driver 0000:65:00.1 snd_hda_intel
	echo nouveau > root/sys/bus/pci/devices/0000:65:00.0/native
	echo snd_hda_intel > root/sys/bus/pci/devices/0000:65:00.1/native
	mkdir -p root/sys/bus/pci/drivers/vfio-pci root/dev/vfio root/proc/self
	echo yes > root/dev/vfio/7
	{
		echo kernel
		cat
	} > script
}

# with ADDRESS DRIVER; - is none
with()
{
	local link=root/sys/bus/pci/devices/$1/driver is=-

	[ ! -L "$link" ] || is=$(basename "$(readlink "$link")")
	[ "$is" = "$2" ] || die "$1 is with driver $is, not $2: $(cat log err)"
}

both()
{
	with 0000:65:00.0 "$1"
	with 0000:65:00.1 "$2"
}

no_records()
{
	[ -z "$(ls root/run/gpuvirt/passthrough)" ] || die "a record was left"
}
