#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: nested, own-guest
# timeout: 240
# qemu: -machine kernel-irqchip=split
# qemu: -device intel-iommu,intremap=on,caching-mode=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
# qemu: -netdev socket,id=n,udp=127.0.0.1:1,localaddr=127.0.0.1:0 -device igb,bus=a,netdev=n
#
# Another foreign device with SR-IOV, a network card whose VFs are neither next to
# its PF nor next to each other, and whose driver allows one VF less than the
# hardware. The QEMU that nested tests run on has it.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"
. "$GV_TOP/selftests/lib/hold.sh"

devices=/sys/bus/pci/devices
gpu=0000:01:00.0

by_id()
{
	modprobe igb && works gpuvirt id add 8086:10c9 &&
	works gpuvirt gpu show $gpu && has "driver igb" && has "total-vfs 7"
}

enable()
{
	refused "count is 8, the GPU can have 7 VFs" \
		gpuvirt vf enable $gpu 8 &&
	works gpuvirt vf enable $gpu 7 &&
	[ "$(grep -c 'driver vfio-pci' "$said")" -eq 7 ] &&
	works gpuvirt vf show 1:10.2 && has "index 1"
}

# The driver of such VFs is there and has seen none of them.
born()
{
	[ -e /sys/module/igbvf ] && ! dmesg | grep 'igbvf 0000:01:1'
}

in_use()
{
	local status=0

	"$GV_TOP/selftests/lib/hold.py" $devices/0000:01:11.4 >/tmp/hold &
	within 30 test -s /tmp/hold &&
	refused "VF 0000:01:11.4 is open" gpuvirt vf disable $gpu &&
	cat "$said.err" &&
	grep -qF "stop process $(cat /tmp/hold) (hold.py), which has VF 0000:01:11.4 open" \
		"$said.err" &&
	works gpuvirt vf reset 1:11.2 || status=1
	kill %1
	wait
	return $status
}

disable()
{
	works gpuvirt vf disable $gpu &&
	[ "$(cat $devices/$gpu/sriov_numvfs)" -eq 0 ] && [ -d $devices/$gpu/net ]
}

# Its driver can enable VFs when it comes, with no lock of the bus: those that come
# while the id goes are those of no GPU.
come_meanwhile()
{
	local status=0

	hold_load && rmmod igb || return
	hold_call "gv_pci_group 1 gv_vf_add" modprobe igb max_vfs=2 &&
	works gpuvirt id del 8086:10c9 || status=1
	hold_go && [ "$(cat $devices/$gpu/sriov_numvfs)" -eq 2 ] &&
	works gpuvirt vf show && [ ! -s "$said" ] &&
	works gpuvirt id add 8086:10c9 && works gpuvirt vf show gpu $gpu &&
	[ "$(grep -c 'driver igbvf' "$said")" -eq 2 ] &&
	echo 0 >$devices/$gpu/sriov_numvfs && return $status
}

modprobe vfio_iommu_type1
modprobe igbvf
modprobe gpuvirt
ktap_plan 6
ktap_run "a network card is taken by its id" by_id
ktap_run "seven VFs are enabled, in vfio-pci" enable
ktap_run "from birth" born
ktap_run "while one is open they stay" in_use
ktap_run "they are disabled, and the card is as before" disable
ktap_run "VFs that come while the id goes are not kept" come_meanwhile
ktap_end
