#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root, own-guest
# timeout: 600
# qemu: -machine kernel-irqchip=split
# qemu: -device intel-iommu,intremap=on,caching-mode=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0 -device nvme-subsys,id=s
# qemu: -device nvme,serial=plain,addr=3.0
# qemu: -device nvme,serial=gv,subsys=s,bus=a,max_ioqpairs=130,msix_qsize=131,sriov_max_vfs=64,sriov_vq_flexible=128,sriov_vi_flexible=128,sriov_max_vq_per_vf=2,sriov_max_vi_per_vf=2
# cmdline: dma_debug=off
#
# VFs of a device that is not ours and whose driver is not either: an emulated
# NVMe controller with 64 VFs behind an Intel IOMMU, taken as a GPU by its id.
#
# The host's driver frees two buffers when its controller is released, which may be
# after it was unbound, nvme_pci_free_ctrl(): a kernel that looks for DMA buffers
# that are left would end then.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"
. "$GV_TOP/selftests/lib/hold.sh"

pci=/sys/bus/pci
devices=$pci/devices
gpu=0000:01:00.0
vf0=0000:01:00.1
# One without VFs, that is met first.
plain=0000:00:03.0

num_vfs()
{
	[ "$(cat $devices/$gpu/sriov_numvfs)" = "$1" ] && return
	echo "$(cat $devices/$gpu/sriov_numvfs) VFs, not $1"
	return 1
}

# bound COUNT DRIVER: so many VFs are bound to it, and that is all there are
bound()
{
	local dev n=0

	num_vfs "$1" || return
	for dev in $devices/$gpu/virtfn*; do
		if [ "$2" ]; then
			[ "$dev/driver" -ef "$pci/drivers/$2" ] && n=$((n + 1))
		else
			[ -e "$dev" ] && [ ! -e "$dev/driver" ] && n=$((n + 1))
		fi
	done
	[ $n -eq "$1" ] && return
	echo "$n of $1 VFs have driver $2"
	return 1
}

# Is the driver of the host's own controllers bound to a VF, or was it?
host_driver_saw()
{
	dmesg | grep 'nvme nvme[0-9]*: pci function' | grep -v "$gpu\|$plain"
}

unknown()
{
	hasnt_gpu() { works gpuvirt gpu show && hasnt $gpu; }
	hasnt_gpu &&
	refused "no GPU has the PCI address" gpuvirt vf enable $gpu 1
}

by_id()
{
	works gpuvirt id add 1b36:0010 && works gpuvirt id show &&
	has 1b36:0010 && works gpuvirt gpu show $gpu && has "driver nvme" &&
	has sriov && has "total-vfs 64" && has "num-vfs 0" &&
	refused "was added already" gpuvirt id add 1b36:0010
}

all()
{
	works gpuvirt vf enable $gpu 64 &&
	[ "$(grep -c 'driver vfio-pci' "$said")" -eq 64 ] && bound 64 vfio-pci
}

born()
{
	! host_driver_saw
}

groups()
{
	local group n=0

	for group in $(readlink $devices/$gpu/virtfn*/iommu_group | sort -u); do
		[ -c /dev/vfio/"${group##*/}" ] && n=$((n + 1))
	done
	echo "$n groups with a node"
	[ $n -eq 64 ]
}

shown()
{
	works gpuvirt vf show gpu $gpu &&
	[ "$(grep -c "gpu $gpu" "$said")" -eq 64 ] &&
	works gpuvirt vf show $vf0 && has "index 0" && has "open no" &&
	works gpuvirt gpu show $gpu && has "num-vfs 64"
}

# What is asked for is there: nothing happens to it.
same()
{
	local before

	before=$(gpuvirt vf show $vf0)
	works gpuvirt vf enable $gpu 64 && bound 64 vfio-pci &&
	[ "$(gpuvirt vf show $vf0)" = "$before" ]
}

other_number()
{
	refused "64 VFs are enabled already" gpuvirt vf enable $gpu 8 &&
	bound 64 vfio-pci
}

hold()
{
	"$GV_TOP/selftests/lib/hold.py" $devices/"$1" >/tmp/hold &
	holder=$!
	within 30 test -s /tmp/hold
}

let_go()
{
	kill "$holder"
	wait "$holder"
	rm -f /tmp/hold
}

open_stays()
{
	local status=0

	hold $vf0 || return
	works gpuvirt vf show $vf0 && has "open yes" &&
	refused "VF $vf0 is open" gpuvirt vf disable $gpu &&
	refused "VF $vf0 is open" gpuvirt vf enable $gpu 8 resize &&
	refused "VF $vf0 is open" gpuvirt vf reset $vf0 &&
	bound 64 vfio-pci || status=1
	kill -0 "$holder" || status=1
	let_go
	[ $status -eq 0 ] && works gpuvirt vf show $vf0 && has "open no"
}

resize()
{
	local serial

	serial=$(gpuvirt vf show $vf0 | sed -n 's/.*serial \([0-9]*\).*/\1/p')
	works gpuvirt vf enable $gpu 8 resize && bound 8 vfio-pci &&
	refused "has serial" gpuvirt vf reset $vf0 serial "$serial" &&
	works gpuvirt vf reset $vf0
}

# The module of the PF driver would take the VFs from their users.
pinned()
{
	! modprobe -r nvme 2>/tmp/err || return
	cat /tmp/err
	grep -q 'in use' /tmp/err && bound 8 vfio-pci
}

# Nor those from users that somebody else has given them to. Without such a user
# it is no matter of ours, until we are asked for just what is there.
pinned_for_others()
{
	local status

	echo 0 >$devices/$gpu/sriov_drivers_autoprobe &&
	echo 2 >$devices/$gpu/sriov_numvfs && refs 0 &&
	echo vfio-pci >$devices/$vf0/driver_override &&
	echo $vf0 >$pci/drivers_probe && ! modprobe -r nvme 2>/tmp/err &&
	grep 'in use' /tmp/err && num_vfs 2 &&
	works gpuvirt id del 1b36:0010 && refs 0 &&
	works gpuvirt id add 1b36:0010 && refs 1 &&
	echo $vf0 >$pci/drivers/vfio-pci/unbind && refs 0 &&
	works gpuvirt vf enable $gpu 2 driver none && refs 1 &&
	refused "were enabled through us" gpuvirt id del 1b36:0010 &&
	echo 0 >$devices/$gpu/sriov_numvfs && refs 0
	status=$?
	echo 1 >$devices/$gpu/sriov_drivers_autoprobe
	return $status
}

# refs COUNT [MODULE]: so often the module is held, that of the PF driver
refs()
{
	local module=${2:-nvme}

	[ "$(cat /sys/module/$module/refcnt)" = "$1" ] && return
	echo "$module is held $(cat /sys/module/$module/refcnt) times, not $1"
	return 1
}

disable()
{
	works gpuvirt vf disable $gpu && num_vfs 0 && works gpuvirt vf show &&
	[ ! -s "$said" ] && works gpuvirt vf disable $gpu
}

no_driver()
{
	works gpuvirt vf enable $gpu 2 driver none && bound 2 "" &&
	works gpuvirt vf disable $gpu
}

# A driver that uses DMA by itself, and one that leaves it to others.
other_driver()
{
	refused "no PCI driver is named uio_pci_generic" \
		gpuvirt vf enable $gpu 2 driver uio_pci_generic && num_vfs 0 &&
	modprobe uio_pci_generic && modprobe pci-stub &&
	works gpuvirt vf enable $gpu 2 driver uio_pci_generic &&
	bound 2 uio_pci_generic &&
	refused "uio_pci_generic uses VF" gpuvirt vf reset $vf0 &&
	works gpuvirt vf enable $gpu 2 driver pci-stub resize &&
	bound 2 pci-stub && works gpuvirt vf reset $vf0 &&
	works gpuvirt vf disable $gpu
}

bad_counts()
{
	refused "count is 0" gpuvirt vf enable $gpu 0 &&
	refused "count is 65, the GPU can have 64 VFs" \
		gpuvirt vf enable $gpu 65 &&
	refused "count is 4294967295" gpuvirt vf enable $gpu 4294967295 &&
	misused "expected a number" gpuvirt vf enable $gpu 4294967296 &&
	misused "not an argument" gpuvirt vf enable $gpu -1 &&
	misused "expected a number" gpuvirt vf enable $gpu many &&
	misused "missing: COUNT" gpuvirt vf enable $gpu && num_vfs 0
}

bad_drivers()
{
	local long

	long=$(printf '%064d' 0)
	refused "byte 0x2f at 1" gpuvirt vf enable $gpu 1 driver a/b &&
	refused "byte 0x0a at 1" gpuvirt vf enable $gpu 1 driver $'a\nb' &&
	refused "64 bytes long" gpuvirt vf enable $gpu 1 driver "$long" &&
	refused "byte 0x20" gpuvirt vf set $gpu driver 'a b' && num_vfs 0
}

bad_addresses()
{
	refused "no GPU has the PCI address 0000:00:00.0" \
		gpuvirt vf enable 00:00.0 1 &&
	misused "expected a PCI address" gpuvirt vf enable garbage 1 &&
	refused "no VF of a GPU has the PCI address" \
		gpuvirt vf reset $gpu &&
	refused "no VF of a GPU has the PCI address" gpuvirt vf show $vf0 &&
	works gpuvirt vf enable 1:0.0 1 && bound 1 vfio-pci &&
	works gpuvirt vf disable 01:00.0
}

# VFs that somebody else enables are born where the GPU says.
policy()
{
	works gpuvirt vf set $gpu driver vfio-pci &&
	works gpuvirt gpu show $gpu && has "vf-driver vfio-pci" &&
	echo 3 >$devices/$gpu/sriov_numvfs && bound 3 vfio-pci &&
	echo 0 >$devices/$gpu/sriov_numvfs && works gpuvirt vf show &&
	[ ! -s "$said" ] && ! host_driver_saw &&
	works gpuvirt vf set $gpu driver default && works gpuvirt gpu show $gpu &&
	hasnt vf-driver
}

# The one who is killed leaves the operation to the kernel.
killed()
{
	gpuvirt vf enable $gpu 16 >/dev/null &
	sleep 0.1
	kill -9 $!
	wait $! 2>/dev/null
	within 30 bound_or_none && gpuvirt operation show | tail -n 2 &&
	within 30 gpuvirt vf disable $gpu && num_vfs 0
}

bound_or_none()
{
	ended &&
	{ num_vfs 0 || bound 16 vfio-pci; } >/dev/null
}

# Who disables them behind our back waits for the VF's user, in the kernel, and
# with the PF's lock. Whoever then asks us is not kept, and is told of whom.
never_closed()
{
	local status=0

	works gpuvirt vf enable $gpu 4 && hold $vf0 || return
	echo 0 >$devices/$gpu/sriov_numvfs &
	writer=$!
	within 30 grep -q vfio /proc/$writer/stack &&
	refused "has not ended within 2 s and goes on" \
		gpuvirt vf disable $gpu timeout 2 &&
	grep -F "stop process $holder (hold.py), which has VF $vf0 open" \
		"$said.err" &&
	works gpuvirt gpu show $gpu && works gpuvirt vf show $vf0 &&
	has "open yes" && kill -0 $writer && kill -0 "$holder" || status=1
	cat "$said.err"
	let_go
	wait $writer
	[ $status -eq 0 ] && within 30 ended && num_vfs 0 &&
	works gpuvirt vf enable $gpu 1 && works gpuvirt vf disable $gpu
}

ended()
{
	! gpuvirt operation show | grep -q 'state running'
}

# What was seen is not what is there now.
gone_between()
{
	local generation serial

	works gpuvirt vf enable $gpu 2 && works gpuvirt vf show $vf0 || return
	serial=$(sed -n 's/.*serial \([0-9]*\).*/\1/p' "$said")
	generation=$(gpuvirt -j | grep -o '"generation":[0-9]*' | head -n 1)
	works gpuvirt vf disable $gpu &&
	refused "no VF of a GPU has the PCI address $vf0" \
		gpuvirt vf reset $vf0 serial "$serial" &&
	refused "is at" gpuvirt vf enable $gpu 1 \
		if-generation "${generation#*:}" && num_vfs 0 || return
	works gpuvirt id del 1b36:0010 &&
	refused "no GPU has the PCI address $gpu" gpuvirt vf enable $gpu 1 &&
	refused "no GPU has the PCI address $gpu" gpuvirt vf disable $gpu &&
	works gpuvirt id add 1b36:0010 && num_vfs 0
}

events()
{
	gpuvirt -j monitor config >/tmp/events &
	monitor=$!
	within 30 listening &&
	works gpuvirt vf enable $gpu 2 && works gpuvirt vf disable $gpu &&
	within 30 seen vf-delete-ntf 2 && seen vf-create-ntf 2 &&
	seen vf-change-ntf 2 && seen operation-ntf 2
	status=$?
	kill $monitor
	[ $status -eq 0 ] || cat /tmp/events
	return $status
}

listening()
{
	gpuvirt vf set $gpu driver none && gpuvirt vf set $gpu driver default &&
	seen gpu-change-ntf 1
}

seen()
{
	[ "$(grep -o "\"$1\"" /tmp/events | wc -l)" -ge "$2" ]
}

# All GPUs that have it, or none.
taken_back()
{
	local before

	gpuvirt -j monitor config >/tmp/events &
	monitor=$!
	within 30 listening && works gpuvirt vf enable $gpu 1 &&
	before=$(generation) &&
	refused "were enabled through us" gpuvirt id del 1b36:0010 &&
	[ "$(generation)" = "$before" ] && works gpuvirt vf disable $gpu &&
	works gpuvirt id del 1b36:0010 && within 30 seen gpu-delete-ntf 2 &&
	! seen gpu-delete-ntf 3 && ! seen gpu-create-ntf 1
	status=$?
	kill $monitor
	[ $status -eq 0 ] || { cat /tmp/events; return 1; }
	works gpuvirt gpu show && hasnt $gpu && hasnt $plain &&
	refused "was not added" gpuvirt id del 1b36:0010 &&
	works gpuvirt id add 1b36:0010 && works gpuvirt gpu show && has $plain
}

# An operation that has just begun counts as one that has ended, whichever of the
# two it is found to be.
taken_early()
{
	works gpuvirt vf enable $gpu 16 no-wait &&
	! gpuvirt id del 1b36:0010 2>/tmp/err &&
	grep 'were enabled through us\|another operation on GPU' /tmp/err &&
	within 30 bound_or_none && works gpuvirt gpu show $gpu &&
	bound 16 vfio-pci && works gpuvirt vf disable $gpu
}

# Nor while one is under way.
taken_meanwhile()
{
	local status=0

	hold_load && works gpuvirt vf enable $gpu 2 || return
	hold_call "gv_vf_disable_run 1 gv_operation_work" \
		gpuvirt vf disable $gpu &&
	refused "another operation on GPU $gpu is under way" \
		gpuvirt id del 1b36:0010 &&
	bound 2 vfio-pci && works gpuvirt gpu show $gpu || status=1
	hold_go && num_vfs 0 && [ $status -eq 0 ]
}

# What is looked at has a driver, which leaves before we have noted it.
leaves_unseen()
{
	local status=0

	hold_load || return
	echo 0 >$devices/$gpu/sriov_drivers_autoprobe
	gpuvirt -j monitor config >/tmp/events &
	monitor=$!
	works gpuvirt id del 1b36:0010 &&
	echo 1 >$devices/$gpu/sriov_numvfs &&
	echo vfio-pci >$devices/$vf0/driver_override &&
	echo $vf0 >$pci/drivers_probe && within 30 reading &&
	hold_call "gv_vf_driver 1 gv_vf_add" gpuvirt id add 1b36:0010 &&
	echo $vf0 >$pci/drivers/vfio-pci/unbind || status=1
	hold_go && within 10 told_last || status=1
	kill $monitor
	[ $status -eq 0 ] || cat /tmp/events
	echo 1 >$devices/$gpu/sriov_drivers_autoprobe
	echo 0 >$devices/$gpu/sriov_numvfs && return $status
}

# Does the monitor listen, and print what it is told?
reading()
{
	works gpuvirt id add 1b36:fff0 && works gpuvirt id del 1b36:fff0 &&
	seen operation-ntf 1
}

# It was said that the driver is leaving, and then that it is not.
told_last()
{
	grep -q 'vf-change-ntf.*"leaving":true' /tmp/events &&
	grep vf-change-ntf /tmp/events | tail -n 1 | grep -q '"leaving":false'
}

generation()
{
	gpuvirt | sed -n 's/.*generation \([0-9]*\).*/\1/p'
}

# Without a PF driver, and with one that knows nothing of VFs.
no_pf_driver()
{
	echo $gpu >$pci/drivers/nvme/unbind &&
	refused "no PF driver is bound" gpuvirt vf enable $gpu 1 &&
	works gpuvirt gpu show $gpu && has "no VFs: no PF driver is bound" &&
	echo pci-stub >$devices/$gpu/driver_override &&
	echo $gpu >$pci/drivers_probe &&
	refused "pci-stub can't enable VFs" gpuvirt vf enable $gpu 1 &&
	echo $gpu >$pci/drivers/pci-stub/unbind &&
	echo >$devices/$gpu/driver_override && echo $gpu >$pci/drivers_probe &&
	works gpuvirt vf enable $gpu 1 && works gpuvirt vf disable $gpu
}

# The driver of NVMe leaves its VFs when it goes: the one that comes is kept then.
other_pf_driver()
{
	local status=0

	works gpuvirt vf enable $gpu 1 && refs 1 &&
	echo $gpu >$pci/drivers/nvme/unbind && bound 1 vfio-pci &&
	echo pci-stub >$devices/$gpu/driver_override &&
	echo $gpu >$pci/drivers_probe && refs 1 pci_stub && refs 0 || status=1
	echo >$devices/$gpu/driver_override
	[ ! $devices/$gpu/driver -ef $pci/drivers/pci-stub ] ||
		echo $gpu >$pci/drivers/pci-stub/unbind
	echo $gpu >$pci/drivers_probe && refs 1 && refs 0 pci_stub &&
	works gpuvirt vf disable $gpu && refs 0 && return $status
}

unload()
{
	modprobe -r nvme && [ ! -e /sys/module/nvme ]
}

modprobe vfio_iommu_type1
modprobe nvme
modprobe gpuvirt
ktap_plan 31
ktap_run "an NVMe controller is no GPU" unknown
ktap_run "by its id it is taken for one" by_id
ktap_run "64 VFs are enabled, all bound to vfio-pci" all
ktap_run "the host's driver has seen none of them" born
ktap_run "each has its IOMMU group and its node" groups
ktap_run "they are shown" shown
ktap_run "to enable as many again changes nothing" same
ktap_run "another number is refused" other_number
ktap_run "while one is open all stay as they are" open_stays
ktap_run "with consent there are fewer" resize
ktap_run "the PF driver can't be unloaded meanwhile" pinned
ktap_run "they are disabled, and disabling none is fine" disable
ktap_run "nor while others have bound one to VFIO" pinned_for_others
ktap_run "VFs without a driver" no_driver
ktap_run "VFs with another driver" other_driver
ktap_run "numbers that can't be" bad_counts
ktap_run "drivers that can't be" bad_drivers
ktap_run "addresses in every form" bad_addresses
ktap_run "VFs that are enabled by others get the driver that was set" policy
ktap_run "a tool that is killed leaves all or none" killed
ktap_run "a client that never closes: a time limit and its name" never_closed
ktap_run "gone between look and act" gone_between
ktap_run "every step is an event" events
ktap_run "an id is taken back, but not while VFs are enabled" taken_back
ktap_run "nor while they are being enabled" taken_early
ktap_run "nor while they are being disabled" taken_meanwhile
ktap_run "a driver that leaves a VF which is being looked at" leaves_unseen
ktap_run "a PF driver that comes while there are VFs is kept" other_pf_driver
ktap_run "no PF driver, or one without SR-IOV" no_pf_driver
ktap_run "loading changes nothing for the driver that has no VFs" unload
ktap_run "the log of it is clean" born
ktap_end
