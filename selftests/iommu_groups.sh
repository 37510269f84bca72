#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: host-root, own-guest
# timeout: 240
# qemu: -device intel-iommu,intremap=on,caching-mode=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
# qemu: -device bochs-display,bus=a
# qemu: -device pcie-root-port,id=b0,chassis=2,slot=1,addr=3.0,multifunction=on
# qemu: -device pcie-root-port,id=b1,chassis=2,slot=2,addr=3.1
# qemu: -device bochs-display,bus=b0 -device bochs-display,bus=b1
# qemu: -device ioh3420,id=c,chassis=3,slot=1,addr=4.0 -device bochs-display,bus=c
# qemu: -device ioh3420,id=d0,chassis=4,slot=1,addr=5.0,multifunction=on
# qemu: -device ioh3420,id=d1,chassis=4,slot=2,addr=5.1
# qemu: -device bochs-display,bus=d0 -device bochs-display,bus=d1
# qemu: -device pcie-root-port,id=e,chassis=5,slot=1,addr=6.0
# qemu: -device bochs-display,bus=e,addr=0.0,multifunction=on
# qemu: -device ich9-intel-hda,bus=e,addr=0.1
# qemu: -device bochs-display,addr=8.0
# qemu: -device pcie-root-port,id=f,chassis=6,slot=1,addr=9.0
# qemu: -device pcie-pci-bridge,id=f1,bus=f
# qemu: -device secondary-vga,bus=f1,addr=1.0 -device bochs-display,bus=f1,addr=2.0
# qemu: -device pcie-root-port,id=g,chassis=7,slot=1,addr=a.0
# qemu: -device x3130-upstream,id=g1,bus=g
# qemu: -device xio3130-downstream,id=g2,bus=g1,chassis=8,slot=1,addr=0.0
# qemu: -device xio3130-downstream,id=g3,bus=g1,chassis=8,slot=2,addr=1.0
# qemu: -device bochs-display,bus=g2 -device bochs-display,bus=g3
# qemu: -device pcie-root-port,id=h,chassis=9,slot=1,addr=b.0
# qemu: -device x3130-upstream,id=h1,bus=h
# qemu: -device xio3130-downstream,id=h2,bus=h1,chassis=10,slot=1,addr=0.0,multifunction=on
# qemu: -device xio3130-downstream,id=h3,bus=h1,chassis=10,slot=2,addr=0.1
# qemu: -device bochs-display,bus=h2 -device bochs-display,bus=h3
# qemu: -device pcie-root-port,id=i,chassis=11,slot=1,addr=c.0 -device nvme-subsys,id=s0
# qemu: -device nvme,serial=gv0,subsys=s0,bus=i,max_ioqpairs=18,msix_qsize=19,sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=8,sriov_max_vq_per_vf=2,sriov_max_vi_per_vf=2
# qemu: -device ioh3420,id=j,chassis=12,slot=1,addr=d.0 -device nvme-subsys,id=s1
# qemu: -device nvme,serial=gv1,subsys=s1,bus=j,max_ioqpairs=18,msix_qsize=19,sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=8,sriov_max_vq_per_vf=2,sriov_max_vi_per_vf=2
# qemu: -device pcie-root-port,id=k,chassis=13,slot=1,addr=e.0
# qemu: -device e1000e,bus=k,mac=52:54:00:7e:57:ab,romfile=
#
# The groups that the tool reckons from configuration space are those of the
# kernel, for every function behind an Intel IOMMU: ports with and without ACS,
# a PCI bridge, switches, functions of one device, VFs.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/iommu.sh"

# vfs PORT: enables the VFs of the controller behind that port.
vfs()
{
	pf=$(behind "$1" 00.0) && modprobe -q nvme &&
	within 30 test -e "$pci/$pf/driver" &&
	echo 4 >"$pci/$pf/sriov_numvfs" && [ -e "$pci/$pf/virtfn3" ]
}

alone()
{
	verdict "$(behind 0000:00:02.0 00.0)" isolated "alone in its group"
}

port_functions()
{
	verdict "$(behind 0000:00:03.0 00.0)" isolated &&
	verdict "$(behind 0000:00:03.1 00.0)" isolated
}

# Only the port is in the group besides.
no_acs()
{
	verdict "$(behind 0000:00:04.0 00.0)" isolated "but for bridges"
}

no_acs_functions()
{
	verdict "$(behind 0000:00:05.0 00.0)" shared \
		"0000:00:05.0 has no ACS (SV RR CR UF missing)" &&
	has "with $(behind 0000:00:05.1 00.0)" &&
	verdict "$(behind 0000:00:05.1 00.0)" shared "0000:00:05.1 has no ACS"
}

companions()
{
	verdict "$(behind 0000:00:06.0 00.0)" companions &&
	verdict "$(behind 0000:00:06.0 00.1)" companions &&
	works gpuvirt iommu show && has "$(behind 0000:00:06.0 00.1)"
}

pci_bridge()
{
	bridge=$(behind 0000:00:09.0 00.0) &&
	verdict "$(behind "0000:00:09.0/$bridge" 01.0)" shared \
		"DMA carries the id of the PCI bridge $bridge"
}

switch()
{
	up=$(behind 0000:00:0a.0 00.0) &&
	down=$(behind "0000:00:0a.0/$up" 01.0) &&
	verdict "$(behind "0000:00:0a.0/$up/$down" 00.0)" isolated
}

switch_functions()
{
	up=$(behind 0000:00:0b.0 00.0) &&
	down=$(behind "0000:00:0b.0/$up" 00.0) &&
	verdict "$(behind "0000:00:0b.0/$up/$down" 00.0)" shared \
		"$down has no ACS"
}

vfs_alone()
{
	works gpuvirt iommu show "$(behind 0000:00:0c.0 00.2)" && has isolated
}

vfs_shared()
{
	works gpuvirt iommu show "$(behind 0000:00:0d.0 00.2)" && has shared &&
		has "0000:00:0d.0 has no ACS"
}

remapped()
{
	works gpuvirt iommu show all && hasnt no-interrupt-remapping
}

# What is explained for each function names a rule if it shares its group.
explained()
{
	works gpuvirt -j iommu explain all && cp "$said" "$said.all" &&
	/usr/bin/python3 - "$said" <<-'END'
	import json, sys

	rules = ('requester id', 'the bridge above it', 'functions of one device')
	for fn in json.load(open(sys.argv[1])):
	    told = any(rule in line for line in fn['story'] for rule in rules)
	    if told != (len(fn['reckoned']) > 1):
	        sys.exit(f'{fn["address"]}: {fn["story"]}')
	    if fn['verdict'] == 'shared' and not fn['fixes']:
	        sys.exit(f'{fn["address"]}: no fix')
	END
}

story()
{
	works gpuvirt iommu explain "$(behind 0000:00:05.0 00.0)" && cat "$said" &&
	has "0000:00:05.0, a root port, has no ACS (SV RR CR UF missing)" &&
	has "0000:00:05.0 and 0000:00:05.1 are functions of one device" &&
	has "put the card in a slot where it would be alone" &&
	has "reserved 0xfee00000-0xfeefffff  msi" &&
	methods=$(cat "$pci/$(behind 0000:00:05.0 00.0)/reset_method") &&
	[ -n "$methods" ] && has "reset $methods" &&
	pf=$(behind 0000:00:0c.0 00.0) && grep -q flr "$pci/$pf/reset_method" &&
	works gpuvirt iommu explain "$pf" &&
	has "reset $(cat "$pci/$pf/reset_method")"
}

# The copy gives the same report as the machine.
captured()
{
	works gpuvirt iommu capture "$said.copy" && hasnt "without" &&
	works gpuvirt -j iommu explain all root "$said.copy" || return
	/usr/bin/python3 - "$said" "$said.all" <<-'END'
	import json, sys

	copy, real = (json.load(open(name)) for name in sys.argv[1:])
	for fn in copy + real:
	    fn.pop('holders', None)
	    fn.pop('in-use', None)
	if len(copy) != len(real):
	    sys.exit(f'{len(copy)} functions, not {len(real)}')
	for ours, theirs in zip(copy, real):
	    for key in theirs:
	        if ours.get(key) != theirs[key]:
	            sys.exit(f'{theirs["address"]} {key}: {ours.get(key)}, '
	                     f'not {theirs[key]}')
	END
}

# The network card has a serial number: neither its capability in the copy nor any
# other byte there has it. (QEMU has no vital product data: see the tool's tests.)
no_serials()
{
	/usr/bin/python3 - "$pci" "$said.copy" <<-'END'
	import os, sys

	def number(cfg):
	    pos, seen = 0x100, 0
	    while pos and pos + 12 <= len(cfg) and seen < 96:
	        head = int.from_bytes(cfg[pos:pos + 4], "little")
	        if head & 0xffff == 3:
	            return pos, cfg[pos + 4:pos + 12]
	        pos, seen = head >> 20, seen + 1
	    return 0, b""

	devices, copy = sys.argv[1:]
	serials = []
	for fn in sorted(os.listdir(devices)):
	    with open(f"{devices}/{fn}/config", "rb") as file:
	        pos, serial = number(file.read())
	    if not pos:
	        continue
	    print(f"{fn} has serial number {serial.hex()}")
	    with open(f"{copy}/sys/bus/pci/devices/{fn}/config", "rb") as file:
	        if any(file.read()[pos + 4:pos + 12]):
	            sys.exit("and so has its copy")
	    serials.append(serial)
	if not any(any(serial) for serial in serials):
	    sys.exit("no function has a serial number")
	for where, _, names in os.walk(copy):
	    for name in names:
	        if os.path.islink(f"{where}/{name}"):
	            continue
	        with open(f"{where}/{name}", "rb") as file:
	            text = file.read()
	        if any(serial in text for serial in serials):
	            sys.exit(f"{where}/{name} has one")
	END
}

# A process has the group open: it is named.
held()
{
	fn=$(behind 0000:00:02.0 00.0) && modprobe vfio-pci &&
	if [ -e "$pci/$fn/driver" ]; then
		echo "$fn" >"$pci/$fn/driver/unbind"
	fi
	echo vfio-pci >"$pci/$fn/driver_override" &&
	echo "$fn" >/sys/bus/pci/drivers_probe || return
	group=$(basename "$(readlink "$pci/$fn/iommu_group")")
	within 10 test -e "/dev/vfio/$group" || return
	sleep 1000 3<>"/dev/vfio/$group" &
	sleeper=$!
	within 10 holds
	status=$?
	kill $sleeper
	wait $sleeper
	return $status
}

holds()
{
	works gpuvirt iommu explain "$fn" &&
		has "open in process $sleeper (sleep)" && has "driver vfio-pci"
}

ktap_plan 19
ktap_run "there are groups" groups
ktap_run "all reckoned groups are the kernel's" agree
ktap_run "behind a port with ACS" alone
ktap_run "behind ports that are functions with ACS" port_functions
ktap_run "behind a port without ACS" no_acs
ktap_run "behind ports that are functions without ACS" no_acs_functions
ktap_run "functions of one device" companions
ktap_run "behind a PCI bridge" pci_bridge
ktap_run "behind a switch" switch
ktap_run "behind ports of a switch without ACS" switch_functions
ktap_run "interrupts are remapped" remapped
ktap_run "VFs behind a port with ACS" eval "vfs 0000:00:0c.0 && vfs_alone"
ktap_run "VFs behind a port without ACS" eval "vfs 0000:00:0d.0 && vfs_shared"
ktap_run "with VFs, all reckoned groups are the kernel's" agree
ktap_run "each rule is explained" explained
ktap_run "a story" story
ktap_run "a copy of the machine tells the same" captured
ktap_run "serial numbers are not in it" no_serials
ktap_run "a process that has a group open" held
ktap_end
