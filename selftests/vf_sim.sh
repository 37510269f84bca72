#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
# timeout: 240
#
# VFs of the simulated GPU through the tool: into vfio-pci from birth with no
# IOMMU in the machine, what is refused while one is open, and what is said when
# the device does less than it was asked for.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

devices=/sys/bus/pci/devices

num_vfs()
{
	[ "$(cat $devices/"$gpu"/sriov_numvfs)" = "$1" ] && return
	echo "$(cat $devices/"$gpu"/sriov_numvfs) VFs, not $1"
	return 1
}

# How many of its VFs are bound to vfio-pci, and in how many groups they are.
bound()
{
	readlink $devices/"$gpu"/virtfn*/driver | grep -c '/vfio-pci$'
}

groups()
{
	readlink $devices/"$gpu"/virtfn*/iommu_group | sort -u | wc -l
}

# The address of VF number $1.
vf()
{
	basename "$(readlink $devices/"$gpu"/virtfn"$1")"
}

enable()
{
	add_gpu && works gpuvirt vf enable "$gpu" 16 && num_vfs 16 &&
	[ "$(bound)" -eq 16 ] && [ "$(groups)" -eq 16 ] &&
	[ -c /dev/vfio/"$(basename "$(readlink $devices/"$gpu"/virtfn15/iommu_group)")" ]
}

json()
{
	gpuvirt -j vf show gpu "$gpu" | python3 -c '
import json, sys
vfs = json.load(sys.stdin)
assert len(vfs) == 16 and [v["index"] for v in vfs] == list(range(16))
assert all(v["driver"] == "vfio-pci" and v["open"] is False for v in vfs)
assert len({v["serial"] for v in vfs}) == 16
assert len({v["iommu-group"] for v in vfs}) == 16'
}

hold()
{
	"$GV_TOP/selftests/lib/hold.py" $devices/"$1" >/tmp/hold &
	holder=$!
	within 30 test -s /tmp/hold
}

hold_one()
{
	hold "$(vf 3)"
}

let_go()
{
	kill "$holder" 2>/dev/null
	wait "$holder" 2>/dev/null
	rm -f /tmp/hold
}

while_open()
{
	refused "VF $(vf 3) is open" gpuvirt vf disable "$gpu" &&
	grep -q "stop process $holder (hold.py), which has VF $(vf 3) open" \
		"$said.err" &&
	refused "VF $(vf 3) is open" gpuvirt vf reset "$(vf 3)" &&
	refused "VF $(vf 3) is in use" gpuvirt sim del "$gpu" &&
	! echo 0 >$devices/"$gpu"/sriov_numvfs &&
	num_vfs 16 && [ "$(bound)" -eq 16 ] && kill -0 "$holder"
}

neighbours()
{
	works gpuvirt vf reset "$(vf 2)" && works gpuvirt vf reset "$(vf 4)" &&
	works gpuvirt vf show "$(vf 3)" && has "open yes" &&
	works gpuvirt vf show "$(vf 2)" && has "open no"
}

# What the first reset keeps VFIO from is not taken for open by the second. The
# first is held, as a slow kernel could be done with it before.
twice()
{
	works gpuvirt sim set "$gpu" faults flr-stuck &&
	works gpuvirt vf reset gpu "$gpu" no-wait &&
	refused "VFs of GPU $gpu are being reset already (gpu-changing" \
		gpuvirt vf reset gpu "$gpu"
	status=$?
	works gpuvirt sim set "$gpu" faults none || return
	until works gpuvirt operation show && hasnt running; do
		sleep 0.1
	done
	return $status
}

# All at once, and none while one is open or driven by the host.
reset_all()
{
	works gpuvirt vf reset gpu "$gpu" &&
	misused "not both" gpuvirt vf reset "$(vf 0)" gpu "$gpu" &&
	twice && hold_one &&
	refused "VF $(vf 3) is open" gpuvirt vf reset gpu "$gpu" &&
	grep -q "stop process $holder (hold.py), which has VF $(vf 3) open" \
		"$said.err"
}

after()
{
	let_go
	works gpuvirt vf reset gpu "$gpu" &&
	works gpuvirt vf disable "$gpu" && num_vfs 0 &&
	works gpuvirt vf reset gpu "$gpu"
}

few()
{
	works gpuvirt sim set "$gpu" faults few-vfs &&
	refused "enabled 8 of 16 VFs" gpuvirt vf enable "$gpu" 16 &&
	[ "$(grep -c "driver vfio-pci" "$said")" -eq 8 ] && num_vfs 8 &&
	works gpuvirt sim set "$gpu" faults none &&
	works gpuvirt vf enable "$gpu" 16 resize && [ "$(bound)" -eq 16 ] &&
	works gpuvirt vf disable "$gpu"
}

probe()
{
	works gpuvirt sim set "$gpu" faults vf-probe &&
	refused "8 of 16 VFs are not bound to vfio-pci" \
		gpuvirt vf enable "$gpu" 16 && num_vfs 16 &&
	[ "$(bound)" -eq 8 ] && works gpuvirt sim set "$gpu" faults none &&
	works gpuvirt vf disable "$gpu"
}

none()
{
	works gpuvirt sim set "$gpu" faults vf-enable &&
	refused "did not enable 4 VFs: error" gpuvirt vf enable "$gpu" 4 &&
	num_vfs 0 && works gpuvirt vf show gpu "$gpu" && [ ! -s "$said" ] &&
	works gpuvirt sim set "$gpu" faults none &&
	works gpuvirt vf enable "$gpu" 4 && [ "$(bound)" -eq 4 ]
}

# The operation waits for the device, and keeps others off it; the tool does not
# wait for ever.
stuck()
{
	works gpuvirt sim set "$gpu" faults flr-stuck &&
	refused "has not ended within 1 s and goes on" \
		gpuvirt vf reset "$(vf 0)" timeout 1 &&
	refused "another operation on GPU $gpu is under way" \
		gpuvirt vf disable "$gpu" &&
	refused "another operation on GPU $gpu is under way" \
		gpuvirt sim del "$gpu" &&
	works gpuvirt sim set "$gpu" faults none &&
	within 30 gpuvirt vf disable "$gpu" && num_vfs 0
}

# Of several at once one does it and the others are told so.
at_once()
{
	local i done=0 busy=0

	for i in 1 2 3 4 5 6; do
		gpuvirt vf enable "$gpu" $((i + 1)) >/tmp/out.$i 2>/tmp/err.$i &
	done
	wait
	for i in 1 2 3 4 5 6; do
		if [ ! -s /tmp/err.$i ]; then
			done=$((done + 1))
		elif grep -q 'is under way\|are enabled already' /tmp/err.$i; then
			busy=$((busy + 1))
		else
			cat /tmp/err.$i
		fi
	done
	echo "$done did it, $busy were refused"
	[ $done -eq 1 ] && [ $busy -eq 5 ] && works gpuvirt vf disable "$gpu"
}

gone_with_vfs()
{
	works gpuvirt vf enable "$gpu" 8 && works gpuvirt sim del "$gpu" &&
	works gpuvirt vf show && [ ! -s "$said" ]
}

no_sriov()
{
	add_gpu total-vfs 0 &&
	refused "GPU has no SR-IOV capability" gpuvirt vf enable "$gpu" 1 &&
	refused "GPU has no SR-IOV capability" gpuvirt vf set "$gpu" driver none &&
	works gpuvirt sim del "$gpu"
}

# found FAULTS: the GPU is taken off its bus, and found again with these faults
found()
{
	works gpuvirt sim set "$gpu" faults "$1" &&
	echo 1 >$devices/"$gpu"/remove && echo 1 >/sys/bus/pci/rescan &&
	[ -e $devices/"$gpu"/driver ]
}

# What firmware and buses leave no room for, each in its own words.
no_room()
{
	add_gpu && found sriov-off &&
	refused "firmware has turned SR-IOV off" gpuvirt vf enable "$gpu" 1 &&
	grep -q "sriov-off" "$said.err" &&
	refused "firmware has turned SR-IOV off" \
		gpuvirt vf set "$gpu" driver none &&
	works gpuvirt gpu show "$gpu" &&
	has "no VFs: firmware has turned SR-IOV off" && hasnt total-vfs &&
	found vf-buses && refused \
	"VF 2 needs PCI bus 01, there are buses up to 00 here (no ARI?) (sriov-resources" \
		gpuvirt vf enable "$gpu" 3 && num_vfs 0 && found vf-bars &&
	refused "BAR 0 of the VFs" gpuvirt vf enable "$gpu" 3 &&
	grep -q "has no address.*(sriov-resources" "$said.err" && num_vfs 0 &&
	found none &&
	works gpuvirt vf enable "$gpu" 3 && [ "$(bound)" -eq 3 ] &&
	works gpuvirt sim del "$gpu"
}

# Any driver does: pci-stub stands for a vendor's, which has another name than its
# module.
variant()
{
	echo "alias vfio_pci:v00001234d00004757sv*sd*bc*sc*i* pci_stub" \
		>/etc/modprobe.d/gpuvirt-test.conf
	add_gpu && works gpuvirt vf enable "$gpu" 2 && has "driver pci-stub" &&
	[ "$(bound)" -eq 0 ] &&
	works gpuvirt vf enable "$gpu" 3 driver vfio-pci resize &&
	[ "$(bound)" -eq 3 ]
	status=$?
	rm /etc/modprobe.d/gpuvirt-test.conf
	[ $status -eq 0 ] && works gpuvirt vf enable "$gpu" 1 resize &&
	[ "$(bound)" -eq 1 ] && works gpuvirt sim del "$gpu"
}

# not_viable ADDRESS: VFIO opens its group for nobody.
not_viable()
{
	! "$GV_TOP/selftests/lib/hold.py" $devices/"$1" >"$said" 2>&1 || return
	cat "$said"
	grep -q 'Operation not permitted' "$said"
}

# PF, VFs and port are in one group, in which VFIO can't open anything.
shared()
{
	add_gpu root-port no-acs && works gpuvirt vf enable "$gpu" 4 &&
	[ "$(bound)" -eq 4 ] && [ "$(groups)" -eq 1 ] && not_viable "$(vf 0)" &&
	works gpuvirt vf show gpu "$gpu" && hasnt "open yes" &&
	works gpuvirt vf disable "$gpu" && num_vfs 0
}

# rebind ADDRESS DRIVER
rebind()
{
	echo "$2" >$devices/"$1"/driver_override &&
	echo "$1" >$devices/"$1"/driver/unbind &&
	echo "$1" >/sys/bus/pci/drivers_probe
}

# The same with the PF in vfio-pci, which leaves DMA to its user: it is a driver
# of the host that keeps VFIO out, of another VF. Who has the PF could do harm
# through such a driver: VFIO has the VFs born into vfio-pci, whatever we ask for.
shared_by_vf()
{
	modprobe uio_pci_generic &&
	echo Y >/sys/module/vfio_pci/parameters/enable_sriov &&
	rebind "$gpu" vfio-pci &&
	refused "2 of 2 VFs are not bound to uio_pci_generic" \
		gpuvirt vf enable "$gpu" 2 driver uio_pci_generic &&
	dmesg | grep "kept for driver vfio-pci by another" &&
	[ "$(bound)" -eq 2 ] && works gpuvirt vf enable "$gpu" 4 resize &&
	[ "$(bound)" -eq 4 ] && rebind "$(vf 2)" uio_pci_generic &&
	[ "$(bound)" -eq 3 ] && not_viable "$(vf 0)" &&
	works gpuvirt vf show gpu "$gpu" && hasnt "open yes" &&
	works gpuvirt vf disable "$gpu" && num_vfs 0 &&
	echo N >/sys/module/vfio_pci/parameters/enable_sriov &&
	works gpuvirt sim del "$gpu"
}

# rmmod, since modprobe would take vfio along, which vfio-pci needs.
unloaded()
{
	rmmod gpuvirt_sim && rmmod gpuvirt && modprobe gpuvirt-sim
}

trap let_go EXIT
modprobe vfio_iommu_type1
modprobe gpuvirt-sim
ktap_plan 18
ktap_run "16 VFs, each in a group of its own and in vfio-pci" enable
ktap_run "the same in JSON" json
ktap_run "all are reset at once, but not when a VMM has one open" reset_all
ktap_run "then none is disabled, nor the GPU removed, in any way" while_open
ktap_run "its neighbours can be reset" neighbours
ktap_run "when it is closed they are disabled" after
ktap_run "a device that enables fewer" few
ktap_run "VFs that do not bind" probe
ktap_run "a device that enables none" none
ktap_run "a reset that does not end" stuck
ktap_run "several at once" at_once
ktap_run "a GPU goes with its VFs" gone_with_vfs
ktap_run "a GPU without SR-IOV" no_sriov
ktap_run "a GPU with no room for VFs, or with SR-IOV turned off" no_room
ktap_run "a variant of vfio-pci for them" variant
ktap_run "a group that VFs share with their PF" shared
ktap_run "and with a VF that a driver of the host has" shared_by_vf
ktap_run "nothing holds on to the modules" unloaded
ktap_end
