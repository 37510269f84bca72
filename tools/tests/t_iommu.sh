# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Verdicts, rules and fixes on machines that are written down as text: tree.py.

# The machine comes from standard input, after what most of them have.
machine()
{
	{
		cat <<-END
			kernel 6.12.107
			cmdline quiet
			acpi DMAR
			ir yes
		END
		cat
	} | /usr/bin/python3 "$TOOLS/tests/tree.py" "$PWD/machine"
}

iommu()
{
	run iommu "$@" root "$PWD/machine"
	hasnt err AddressSanitizer
}

# The kernel's groups and ours are the same in all of the machine.
agreed()
{
	iommu show all
	quiet
	run -j iommu show all root "$PWD/machine"
	json '[f["address"] for f in d if not f.get("agrees", True)]' "[]"
	json '[f["address"] for f in d if f.get("members") != f.get("reckoned")]' "[]"
}

t_iommu_isolated()
{
	machine <<-END
		fn 0000:00:01.0 root-port acs=1d:1d group=1
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=2 driver=nvidia reset=flr,bus
		group 2 type=DMA-FQ regions=0xfee00000-0xfeefffff:msi
	END
	agreed
	iommu show
	status 0
	out_is <<-END
		0000:01:00.0  isolated  group 2  driver nvidia  alone in its group
	END
	iommu explain 01:00.0
	out_has "it can be given to a virtual machine by itself"
	out_has "0000:00:01.0, a root port, has ACS SV RR CR UF on"
	out_has "domain DMA-FQ"
	out_has "interrupts remapped"
	out_has "reserved 0xfee00000-0xfeefffff  msi"
	out_has "reset flr bus"
	hasnt out fix:
	run -j iommu explain 01:00.0 root machine
	json 'd[0]["verdict"]' isolated
	json 'd[0]["viable"]' True
	json 'd[0]["reset-methods"]' "['flr', 'bus']"
	json 'd[0]["functions"][0]["driver"]' nvidia
	json 'd[0]["reserved-regions"][0]["start"]' $((0xfee00000))
}

# What a port lacks in its capability register, it need not turn on.
t_iommu_acs_capability()
{
	machine <<-END
		fn 0000:00:01.0 root-port acs=05:05 group=1
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=2
		fn 0000:00:02.0 root-port acs=1d:15 group=3
		fn 0000:02:00.0 endpoint up=0000:00:02.0 group=3
		fn 0000:00:03.0 root-port acs=00:00 group=4
		fn 0000:03:00.0 endpoint up=0000:00:03.0 group=5
	END
	agreed
	iommu show 02:00.0
	out_has "isolated  group 3  alone in its group but for bridges"
}

t_iommu_no_acs()
{
	machine <<-END
		fn 0000:00:01.0 root-port mf group=1
		fn 0000:00:01.1 root-port mf group=1
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=1 driver=nvidia
		fn 0000:01:00.1 endpoint mf up=0000:00:01.0 group=1 class=040300 driver=snd_hda_intel
		fn 0000:02:00.0 endpoint up=0000:00:01.1 group=1 class=010802 driver=nvme
		fn 0000:00:1c.0 root-port acs=1d:1d group=2
	END
	agreed
	iommu show
	out_has "0000:01:00.0  shared  group 1  driver nvidia  with 0000:02:00.0: 0000:00:01.0 has no ACS (SV RR CR UF missing)"
	out_has "0000:01:00.1  shared"
	[ "$(wc -l < out)" -eq 2 ] || die "not the GPU and its audio"
	iommu explain 01:00.0
	out_has "0000:01:00.0 is in the group of 0000:00:01.0, the bridge above it: 0000:00:01.0, a root port, has no ACS (SV RR CR UF missing)"
	out_has "0000:00:01.0 and 0000:00:01.1 are functions of one device"
	out_has "fix: look in the firmware's setup for ACS"
	out_has "fix: put the card in a slot where it would be alone: that of 0000:00:1c.0 (free)"
	out_has 'fix: give all of the group to one virtual machine: `gpuvirt passthrough bind 0000:01:00.0 0000:01:00.1 0000:02:00.0`'
	out_has "the pcie_acs_override patch would not change that"
	hasnt out config_acs
}

# ACS that is there and off can be turned on; which bits, and how to say so.
t_iommu_acs_off()
{
	machine <<-END
		fn 0000:00:01.0 root-port mf acs=1d:00 group=1
		fn 0000:00:01.1 root-port mf acs=1d:15 group=1
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=1
		fn 0000:02:00.0 endpoint up=0000:00:01.1 group=1 class=010802
	END
	agreed
	iommu show 01:00.0
	out_has "0000:00:01.0 has ACS with SV RR CR UF off"
	iommu explain 01:00.0
	out_has "fix: boot with pci=config_acs=xx111x1@0000:00:01.0;xx111x1@0000:00:01.1"
	hasnt out "Linux 6.12 or later"
	hasnt out "firmware's setup"
	echo 6.1.0-56-amd64 > machine/proc/sys/kernel/osrelease
	iommu explain 01:00.0
	out_has "(Linux 6.12 or later)"
	echo 'quiet pci=disable_acs_redir=00:01.0' > machine/proc/cmdline
	iommu explain 01:00.0
	out_has "without pci=disable_acs_redir="
	echo 'quiet pci=config_acs=0000000@00:01.0' > machine/proc/cmdline
	iommu explain 01:00.0
	out_has "in place of the one on the command line"
}

# The port that lacks ACS can be far above.
t_iommu_further_up()
{
	machine <<-END
		fn 0000:00:01.0 root-port group=1
		fn 0000:01:00.0 upstream up=0000:00:01.0 group=1
		fn 0000:02:00.0 downstream acs=1d:1d up=0000:01:00.0 group=1
		fn 0000:02:01.0 downstream acs=1d:1d up=0000:01:00.0 group=1
		fn 0000:03:00.0 endpoint up=0000:02:00.0 group=1
		fn 0000:04:00.0 endpoint up=0000:02:01.0 group=1
	END
	agreed
	iommu explain 03:00.0
	out_has "the bridge above it: further up, 0000:00:01.0, a root port, has no ACS"
}

t_iommu_switch()
{
	machine <<-END
		fn 0000:00:01.0 root-port acs=1d:1d group=1
		fn 0000:01:00.0 upstream up=0000:00:01.0 group=2
		fn 0000:02:00.0 downstream acs=1d:1d up=0000:01:00.0 group=3
		fn 0000:02:01.0 downstream up=0000:01:00.0 group=4
		fn 0000:03:00.0 endpoint up=0000:02:00.0 group=5
		fn 0000:04:00.0 endpoint up=0000:02:01.0 group=4
	END
	agreed
	iommu explain 03:00.0
	out_has "0000:02:00.0, a downstream port of a switch, has ACS"
	out_has "0000:01:00.0, the upstream port of a switch, needs no ACS"
}

t_iommu_pci_bridge()
{
	machine <<-END
		fn 0000:00:01.0 root-port acs=1d:1d group=1
		fn 0000:01:00.0 pci-bridge up=0000:00:01.0 group=2
		fn 0000:02:01.0 pci up=0000:01:00.0 group=2
		fn 0000:02:02.0 pci up=0000:01:00.0 group=2 class=020000 driver=e1000
		fn 0000:00:1e.0 bridge group=3
		fn 0000:03:01.0 pci up=0000:00:1e.0 group=3
		fn 0000:00:1f.0 pci mf group=4 class=060100
		fn 0000:00:1f.3 pci mf group=4 class=0c0500
		fn 0000:00:1b.0 pci group=5 class=040300
	END
	agreed
	iommu show 02:01.0
	out_has "shared  group 2  with 0000:02:02.0: DMA carries the id of the PCI bridge 0000:01:00.0"
	iommu explain 02:01.0
	out_has "a bridge from PCI Express to PCI, so the IOMMU can't tell apart"
	iommu explain 00:1f.0
	out_has "is not PCI Express and can't have ACS"
}

t_iommu_companions()
{
	machine <<-END
		fn 0000:00:01.0 root-port acs=1d:1d group=1
		fn 0000:01:00.0 endpoint mf up=0000:00:01.0 group=2 driver=nvidia
		fn 0000:01:00.1 endpoint mf up=0000:00:01.0 group=2 class=040300
		fn 0000:01:00.2 endpoint mf acs=1d:1d up=0000:00:01.0 group=3 class=0c0330
		fn 0000:01:00.3 endpoint mf up=0000:00:01.0 group=2 class=0c8000
		fn 0000:00:02.0 root-port acs=1d:1d group=4
	END
	agreed
	iommu show
	out_is <<-END
		0000:01:00.0  companions  group 2  driver nvidia  with other functions of its device
		0000:01:00.1  companions  group 2  with other functions of its device
		0000:01:00.2  isolated  group 3  alone in its group
		0000:01:00.3  companions  group 2  with other functions of its device
	END
	iommu explain 01:00.0
	out_has 'fix: bind its companions too: `gpuvirt passthrough bind 0000:01:00.0 0000:01:00.1 0000:01:00.3`'
}

t_iommu_vf()
{
	machine <<-END
		fn 0000:00:01.0 root-port acs=1d:1d group=1
		fn 0000:01:00.0 endpoint sriov=16:2 up=0000:00:01.0 group=2
		fn 0000:01:00.1 endpoint vf=0000:01:00.0 class=030200 up=0000:00:01.0 group=3
		fn 0000:01:00.2 endpoint vf=0000:01:00.0 class=030200 up=0000:00:01.0 group=4 driver=vfio-pci
		fn 0000:00:02.0 root-port group=5
		fn 0000:02:00.0 endpoint sriov=16:1 up=0000:00:02.0 group=5
		fn 0000:02:00.1 endpoint vf=0000:02:00.0 class=120000 up=0000:00:02.0 group=5
	END
	agreed
	iommu show
	out_has "0000:01:00.2  isolated  group 4  driver vfio-pci"
	out_has "0000:02:00.1  shared  group 5  with 0000:02:00.0: 0000:00:02.0 has no ACS"
	iommu explain 02:00.1
	out_has 'fix: give all of the group to one virtual machine, but without VFs: disable them first, `gpuvirt vf disable 0000:02:00.0`'
	hasnt out "passthrough bind"
}

# What `gpuvirt passthrough bind` would refuse is not advised.
t_iommu_no_gpu()
{
	machine <<-END
		fn 0000:00:01.0 root-port mf group=1
		fn 0000:00:01.1 root-port mf group=1
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=1 class=010802 driver=nvme
		fn 0000:02:00.0 endpoint up=0000:00:01.1 group=1 class=020000
	END
	iommu explain 01:00.0
	out_has 'fix: give all of the group to one virtual machine, with driverctl(8): 0000:01:00.0 0000:02:00.0'
	hasnt out "passthrough bind"
}

t_iommu_no_iommu()
{
	machine <<-END
		fn 0000:00:01.0 root-port
		fn 0000:01:00.0 endpoint up=0000:00:01.0
	END
	agreed
	iommu show
	out_is <<< "0000:01:00.0  no-iommu  firmware describes an IOMMU, the kernel does not use it"
	iommu explain
	out_has "fix: boot with intel_iommu=on"
	echo quiet intel_iommu=off > machine/proc/cmdline
	iommu explain
	out_has "fix: take intel_iommu=off off the kernel's command line"
	mv machine/sys/firmware/acpi/tables/DMAR machine/sys/firmware/acpi/tables/IVRS
	echo quiet > machine/proc/cmdline
	iommu explain
	out_has "dmesg | grep AMD-Vi"
	rm -r machine/sys/firmware
	iommu show
	out_has "neither firmware nor the kernel knows of an IOMMU"
	iommu explain
	out_has "turn the IOMMU on in the firmware's setup"
	run -j iommu show root machine
	json 'd[0]["viable"]' False
}

# Debian's kernel has the Intel IOMMU on, but for integrated graphics.
t_iommu_left_out()
{
	machine <<-END
		fn 0000:00:02.0 rc-end id=8086:9bc5
		fn 0000:00:1b.0 rc-end id=8086:a170 class=040300 group=1
	END
	iommu show
	out_is <<< "0000:00:02.0  no-iommu  this kernel leaves integrated graphics out"
	iommu explain
	out_has "fix: boot with intel_iommu=on"
}

t_iommu_no_interrupt_remapping()
{
	machine <<-END
		ir no
		fn 0000:00:01.0 root-port acs=1d:1d group=1
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=2
		fn 0000:01:00.1 endpoint vf=0000:01:00.0 up=0000:00:01.0 group=3 iommu=other.0
	END
	iommu show
	out_has "0000:01:00.0  no-interrupt-remapping  group 2"
	out_has "0000:01:00.1  isolated"
	iommu explain 01:00.0
	out_has "fix: turn on interrupt remapping"
	out_has "allow_unsafe_interrupts=1"
	run -j iommu show root machine
	json 'd[0]["viable"]' False
	echo intremap=off > machine/proc/cmdline
	iommu explain 01:00.0
	out_has "fix: take intremap=off off the kernel's command line"
	mkdir -p machine/sys/module/vfio_iommu_type1/parameters
	echo Y > machine/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
	run -j iommu show root machine
	json 'd[0]["viable"]' True
}

t_iommu_rmrr()
{
	machine <<-END
		fn 0000:00:01.0 root-port acs=1d:1d group=1
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=2
		fn 0000:00:02.0 rc-end id=8086:9bc5 group=3
		group 2 regions=0x7b800000-0x7bffffff:direct,0xfee00000-0xfeefffff:msi
		group 3 regions=0x7c000000-0x7fffffff:direct-relaxable
	END
	iommu show
	out_has "0000:00:02.0  isolated"
	out_has "0000:01:00.0  rmrr  group 2  firmware wants it to reach host memory at 0x7b800000"
	iommu explain 01:00.0
	out_has "from 0x7b800000 to 0x7bffffff"
	out_has "fix: look in the firmware's setup for what keeps using the device"
}

t_iommu_identity()
{
	machine <<-END
		cmdline iommu=pt
		fn 0000:00:01.0 root-port acs=1d:1d group=1
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=2
		group 2 type=identity
	END
	iommu show
	out_is <<< "0000:01:00.0  not-translated  group 2  its DMA is not translated while the host uses it"
	iommu explain
	out_has "its domain is identity"
	out_has "take iommu=pt or iommu.passthrough=1 off"
	run -j iommu show root machine
	json 'd[0]["viable"]' True
	# VFIO makes the IOMMU translate
	ln -s ../../../bus/pci/drivers/vfio-pci machine/sys/bus/pci/devices/0000:01:00.0/driver
	iommu show
	out_has "isolated  group 2  driver vfio-pci"
}

t_iommu_quirk()
{
	machine <<-END
		acpi IVRS
		# an Intel PCH port without ACS, and one whose bits are elsewhere
		fn 0000:00:1c.0 root-port mf id=8086:1c10 group=1
		fn 0000:00:1c.1 root-port mf id=8086:1c12 group=2
		fn 0000:01:00.0 endpoint up=0000:00:1c.0 group=3
		fn 0000:02:00.0 endpoint up=0000:00:1c.1 group=4
		fn 0000:00:1d.0 root-port id=8086:a110 acs=1d:0:1d group=5
		fn 0000:03:00.0 endpoint up=0000:00:1d.0 group=6
		fn 0000:00:1d.1 root-port id=8086:a111 acs=1d:1d:0 group=7
		fn 0000:04:00.0 endpoint up=0000:00:1d.1 group=7
		# functions in the processor, a network card, an AMD southbridge
		fn 0000:00:04.0 rc-end mf id=8086:2f20 class=088000 group=8
		fn 0000:00:04.1 rc-end mf id=8086:2f21 class=088000 group=9
		fn 0000:00:14.0 pci mf id=1002:4385 class=0c0500 group=10
		fn 0000:00:14.3 pci mf id=1002:439d class=060100 group=11
		# one whose DMA carries the id of its neighbour
		fn 0000:00:06.0 root-port acs=1d:1d group=12
		fn 0000:05:00.0 endpoint mf id=1b4b:9172 up=0000:00:06.0 group=13 class=010601
		fn 0000:05:00.1 endpoint mf acs=1d:1d up=0000:00:06.0 group=13 class=010601
	END
	agreed
	iommu show 01:00.0
	out_is <<< "0000:01:00.0  isolated  group 3  alone in its group, by a kernel quirk"
	iommu explain 01:00.0
	out_has "counts as having ACS (the kernel isolates Intel PCH root ports in the chipset)"
	out_has "the kernel knows these devices better than they say"
	iommu explain 05:00.0
	out_has "DMA of 0000:05:00.0 and 0000:05:00.1 carries the same requester id"
}

t_iommu_vmd()
{
	machine <<-END
		fn 0000:00:0e.0 rc-end id=8086:467f class=010400 group=1 driver=vmd
		fn 10000:e0:06.0 root-port owner=0000:00:0e.0 acs=1d:1d group=1
		fn 10000:e1:00.0 endpoint up=10000:e0:06.0 group=1
	END
	agreed
	iommu explain 10000:e1:00.0
	out_has "carries the requester id of 0000:00:0e.0, which owns its bus (Intel VMD)"
}

# Where the kernel made another group, that is said and not hidden.
t_iommu_disagreement()
{
	machine <<-END
		fn 0000:00:01.0 root-port mf group=1
		fn 0000:00:01.1 root-port mf group=2
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=3
		fn 0000:02:00.0 endpoint up=0000:00:01.1 group=4 class=010802
		fn 0000:00:02.0 root-port acs=1d:1d group=5
		fn 0000:03:00.0 endpoint up=0000:00:02.0 group=5
	END
	iommu show
	out_has "0000:01:00.0  isolated  group 3  alone in its group, which is not what configuration space says"
	run -j iommu show root machine
	json 'd[0]["agrees"]' False
	json 'd[0]["reckoned"]' "['0000:00:01.0', '0000:00:01.1', '0000:01:00.0', '0000:02:00.0']"
	iommu explain 01:00.0
	out_has "0000:02:00.0 is not in it"
	out_has 'send what `gpuvirt iommu capture` writes'
	iommu explain 03:00.0
	out_has "0000:00:02.0 is in it"
	echo pcie_acs_override=downstream > machine/proc/cmdline
	iommu explain 01:00.0
	out_has "because of pcie_acs_override= on the command line, which isolates nothing"
}

# Somebody who is not root sees 64 bytes: the group, but not why.
t_iommu_hidden()
{
	machine <<-END
		fn 0000:00:01.0 root-port mf group=1 size=64
		fn 0000:00:01.1 root-port mf group=1 size=64
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=1 size=64
		fn 0000:02:00.0 endpoint up=0000:00:01.1 group=1 class=010802 size=64
	END
	iommu show
	status 0
	out_is <<< "0000:01:00.0  shared  group 1  with 0000:02:00.0: only root can read why"
	iommu explain
	out_has "only root can read the ACS bits"
	out_has "give all of the group to one virtual machine"
	run -j iommu show root machine
	json 'd[0].get("reckoned")' None
}

t_iommu_other_devices()
{
	machine <<-END
		fn 0000:00:02.0 rc-end group=1
		group 1 other=2
	END
	iommu show
	out_has "shared  group 1  with a device that is not on PCI and 1 more"
	iommu explain
	out_has "and 2 that are not on PCI"
}

t_iommu_broken_config()
{
	machine <<-END
		# loops in both lists, lists that lead astray, short and absent files
		fn 0000:00:01.0 endpoint group=1 set=51:50
		fn 0000:00:02.0 endpoint group=2 set=34:04
		fn 0000:00:03.0 endpoint group=3 set=100:01000110
		fn 0000:00:04.0 endpoint group=4 set=100:ffffffff
		fn 0000:00:05.0 endpoint group=5 set=34:fc
		fn 0000:00:06.0 endpoint group=6 acs=1d:1d set=102:41ff
		fn 0000:00:07.0 endpoint group=7 size=0
		fn 0000:00:08.0 endpoint group=8 none
		fn 0000:00:09.0 endpoint group=9 size=3
		fn 0000:00:0a.0 endpoint group=10 size=100
		fn 0000:00:0b.0 endpoint group=11 size=256
		fn 0000:00:0c.0 endpoint group=12 size=259 acs=1d:1d
		fn 0000:00:0d.0 endpoint group=13 set=0:ffffffffffffffffffffffffffffffff
	END
	iommu show all
	status 0
	quiet
	[ "$(wc -l < out)" -eq 13 ] || die "$(cat out)"
	iommu explain all
	status 0
	quiet
}

t_iommu_missing_files()
{
	machine <<-END
		fn 0000:00:01.0 root-port acs=1d:1d group=1
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=2
		group 1
		group 2
	END
	rm -r machine/proc machine/sys/kernel machine/sys/firmware
	iommu explain all
	status 0
	quiet
	# the bridge above was not sent along
	rm machine/sys/bus/pci/devices/0000:00:01.0
	iommu show
	status 0
	run iommu show root "$PWD/nowhere"
	status 1
	err_has "nowhere/sys/bus/pci/devices: No such file or directory"
	rm -r machine/sys/bus/pci/devices/*
	iommu show
	status 0
	out_is < /dev/null
	run -j iommu show root machine
	out_is <<< "[]"
}

# A copy that somebody sent can say anything.
t_iommu_hostile()
{
	local devices=machine/sys/bus/pci/devices

	machine <<-END
		fn 0000:00:01.0 root-port acs=1d:1d group=1
		fn 0000:01:00.0 endpoint up=0000:00:01.0
		fn 0000:02:00.0 endpoint
		fn 0000:03:00.0 endpoint
	END
	mkdir "$devices/0000:04:00.0;reboot" "$devices/zzz" "$devices/0000:ff:1f.8"
	ln -s ../../../kernel/iommu_groups/99999999999999999999 "$devices/0000:01:00.0/iommu_group"
	ln -s "../../../kernel/iommu_groups/3/../../../etc" "$devices/0000:02:00.0/iommu_group"
	ln -s "$(printf 'x\033]0;evil\007')" "$devices/0000:01:00.0/driver"
	rm "$devices/0000:02:00.0/config" "$devices/0000:03:00.0/config"
	mkfifo "$devices/0000:02:00.0/config"
	ln -s /dev/zero "$devices/0000:03:00.0/config"
	# bridges that lie below one another
	ln -sfn ../../../devices/pci0000:00/0000:03:00.0/0000:02:00.0 $devices/0000:02:00.0
	ln -sfn ../../../devices/pci0000:00/0000:02:00.0/0000:03:00.0 $devices/0000:03:00.0
	iommu explain all
	status 0
	quiet
	out_has 'driver x\x1b]0;evil\x07'
	hasnt out zzz
	hasnt out reboot
}

t_iommu_usage()
{
	machine < /dev/null
	run iommu show 01:00.0 all
	status 2
	err_has "give ADDRESS or all, not both"
	run iommu show zzz
	status 2
	iommu show 01:00.0
	status 1
	err_has "no PCI function has the address 0000:01:00.0"
	run iommu show root
	status 2
}

# A copy is read as the original is, and has nothing that names one machine.
t_iommu_capture()
{
	machine <<-END
		cmdline root=UUID=1234 intel_iommu=on ip=10.0.0.1 iommu=pt luks.uuid=5
		fn 0000:00:01.0 root-port acs=1d:1d group=1
		fn 0000:01:00.0 endpoint serial acs=1d:0 ats sriov=16:1 up=0000:00:01.0 group=2 reset=flr set=200:5345435245544b4559 set=0e:80
		fn 0000:01:00.1 endpoint vf=0000:01:00.0 up=0000:00:01.0 group=3
		fn 0000:02:00.0 pci group=4 driver=bochs-drm
		group 1
		group 2 regions=0xfee00000-0xfeefffff:msi
		group 3
		group 4 type=identity other=1
	END
	ln -s "$PWD/machine/sys" root/sys
	ln -s "$PWD/machine/proc" root/proc
	# links of sysfs say ../../../devices
	for fn in machine/sys/bus/pci/devices/*; do
		ln -sfn "$(readlink "$fn" | sed 's|^../../../../sys/|../../../|')" "$fn"
	done
	grep -rq SERIALNO machine && grep -rq '!DPV' machine &&
		grep -rq SECRETKEY machine || die "nothing to leave out"
	run iommu capture copy
	status 0
	quiet
	out_is <<< "copy  functions 4  groups 4"
	! grep -rqe SERIALNO -e '!DPV' -e SECRETKEY -e UUID= -e 10.0.0.1 copy ||
		die "$(grep -re SERIALNO -e '!DPV' -e SECRETKEY -e UUID= -e 10.0.0.1 copy)"
	same copy/proc/cmdline <(echo intel_iommu=on iommu=pt)
	for verb in show explain; do
		run -j iommu $verb all root "$PWD/machine"
		cp out want
		run -j iommu $verb all root copy
		same out want
	done
	run iommu capture copy
	status 1
	err_has "copy: File exists"
	run iommu capture nowhere/copy
	status 1
	err_has "nowhere/copy: No such file or directory"
	run iommu capture
	status 2
}

# captured FUNCTION...: a copy of a machine that has these lines
captured()
{
	local fn

	rm -rf machine copy
	printf '%s\n' "$@" | machine
	ln -sfn "$PWD/machine/sys" root/sys
	ln -sfn "$PWD/machine/proc" root/proc
	for fn in machine/sys/bus/pci/devices/*; do
		ln -sfn "$(readlink "$fn" | sed 's|^../../../../sys/|../../../|')" "$fn"
	done
	run iommu capture copy
	status 0
	cp copy/sys/bus/pci/devices/0000:01:00.0/config config
}

# bytes OFFSET HEX: what the copy has there
bytes()
{
	local got

	got=$(od -An -v -tx1 -j $((0x$1)) -N $((${#2} / 2)) config | tr -d ' \n')
	[ "$got" = "$2" ] || die "at 0x$1: $got, not $2"
}

# Capabilities are shorter than they can be, and another's secret is behind.
t_iommu_capture_short()
{
	local f="fn 0000:01:00.0 endpoint set=34:40"

	# MSI with 10, 14, 20 and 24 bytes, and 0xee behind
	captured "$f set=40:0560000001020304050600000000000000000000eeeeeeeeeeee set=4a:eeee"
	bytes 40 05600000010203040506000000000000
	captured "$f set=40:05608000010203040506070809$(printf 'ee%.0s' {1..16})"
	bytes 40 05608000010203040506070809ee0000
	captured "$f set=40:05600001$(printf '11%.0s' {1..16}) set=54:eeeeeeee"
	bytes 40 "05600001$(printf '11%.0s' {1..16})00000000"
	captured "$f set=40:05608001$(printf '11%.0s' {1..20}) set=58:eeeeeeee"
	bytes 40 "05608001$(printf '11%.0s' {1..20})00000000"
	# a VPD's data right behind the shortest
	captured "$f set=40:054c000001020304 set=4c:03600000 set=50:53455249"
	bytes 4c 0360000000000000
	# one that says it is long, into which the next one leads
	captured "$f set=40:05488001 set=48:03600000 set=4c:53455249"
	bytes 40 05488001000000000360000000000000
	# PCI Express 1, of endpoints and of those in the processor
	captured "$f set=60:10000100$(printf '11%.0s' {1..16})eeeeeeee"
	bytes 60 "10000100$(printf '11%.0s' {1..16})00000000"
	captured "$f set=60:10009100$(printf '11%.0s' {1..8})eeeeeeee"
	bytes 60 "10009100$(printf '11%.0s' {1..8})00000000"
	# version 2, but at the end of the first part: the serial number is next
	captured "$f set=34:e0 set=e0:10000200 set=100:0300010053455249414c4e4f"
	bytes e0 10000200
	bytes 100 030001000000000000000000
}

# Without root, the module tells what sysfs hides.
asked()
{
	rm -rf machine
	machine <<-END
		fn 0000:00:01.0 root-port mf group=1 size=64
		fn 0000:00:01.1 root-port mf group=1 size=64
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=1 size=64 driver=vfio-pci
		fn 0000:02:00.0 endpoint up=0000:00:01.1 group=1 class=010802 size=64 driver=vfio-pci
		fn 0000:03:00.0 pci group=2 class=088000 size=64 driver=accel
	END
	ln -sfn "$PWD/machine/sys" root/sys
	ln -sfn "$PWD/machine/proc" root/proc
	script
}

t_iommu_asks()
{
	asked <<-END
		on group-get
		reply address=0000:00:01.0 group=1 multifunction=1 pcie-type=4 acs=0 ats=0 isolated-msi=1 dma-owner=1
		reply address=0000:00:01.1 group=1 multifunction=1 pcie-type=4 acs=1 acs-cap=0x1d acs-ctrl=0 acs-vector=0 ats=0 isolated-msi=1 dma-owner=1
		reply address=0000:01:00.0 group=1 multifunction=0 pcie-type=0 acs=0 ats=1 isolated-msi=1 dma-owner=1
		reply address=0000:02:00.0 group=1 multifunction=0 pcie-type=0 acs=0 ats=0 isolated-msi=1 dma-owner=1
		reply address=0000:03:00.0 group=2 multifunction=0 acs=0 ats=0 isolated-msi=0 dma-owner=1
		reply address=0000:99:00.0 group=7 multifunction=0 acs=0
		on gpu-get
		reply address=0000:03:00.0 class=0x088000
		reply address=0000:98:00.0
	END
	run iommu show
	status 0
	quiet
	out_is <<-END
		0000:01:00.0  shared  group 1  driver vfio-pci  with 0000:02:00.0: 0000:00:01.0 has no ACS (SV RR CR UF missing)
		0000:03:00.0  no-interrupt-remapping  group 2  driver accel  a guest could make it send any interrupt to the host
	END
	log_is <<-END
		group-get dump
		gpu-get dump
	END
	run iommu explain 01:00.0
	out_has "0000:00:01.1 has ACS with SV RR CR UF off"
	out_has "it may translate addresses itself"
	out_has "interrupts remapped"
	out_has "in use through VFIO by a process that"
	run -j iommu explain 01:00.0
	json 'd[0]["agrees"]' True
}

# A port that sleeps too deep does not answer: then nothing is made up.
t_iommu_asks_a_sleeper()
{
	asked <<-END
		on group-get
		reply address=0000:00:01.0 group=1 multifunction=1 pcie-type=4 acs=1 ats=0
		on gpu-get
	END
	run iommu show 01:00.0
	out_has "only root can read why"
}

t_iommu_without_module()
{
	local line

	for line in no-family "on group-get
error 95 30 no" "on group-get
reply address=0000:00:01.0
done-error 12 no"; do
		asked <<< "$line"
		run iommu show
		status 0
		quiet
		out_is <<< "0000:01:00.0  shared  group 1  driver vfio-pci  with 0000:02:00.0: only root can read why"
		run -j iommu show 02:00.0
		json 'd[0].get("reckoned")' None
	done
}

# A copy has what the module told.
t_iommu_capture_asks()
{
	asked <<-END
		on group-get
		reply address=0000:01:00.0 group=1 multifunction=0 isolated-msi=0
		on gpu-get
		reply address=0000:03:00.0
	END
	for fn in machine/sys/bus/pci/devices/*; do
		ln -sfn "$(readlink "$fn" | sed 's|^../../../../sys/|../../../|')" "$fn"
	done
	run iommu show
	cp out want
	run iommu capture copy
	status 0
	err_has "5 functions are without their ACS bits: root can read them"
	run iommu show root copy
	same out want
	out_has "0000:03:00.0"
}

# Found again by a rescan of their bus, VFs are marked as one function of many.
t_iommu_marked_vf()
{
	asked <<-END
		on group-get
		reply address=0000:01:00.1 group=4 multifunction=1 pcie-type=0 acs=0 ats=0
		on gpu-get
	END
	/usr/bin/python3 "$TOOLS/tests/tree.py" "$PWD/two" <<-END
		fn 0000:00:01.0 root-port acs=1d:1d group=2
		fn 0000:01:00.0 endpoint up=0000:00:01.0 group=3
		fn 0000:01:00.1 endpoint vf=0000:01:00.0 up=0000:00:01.0 group=4
	END
	ln -sfn "$PWD/two/sys" root/sys
	run iommu explain 01:00.1
	status 0
	out_has "it can be given to a virtual machine by itself"
	hasnt out "a device with several"
}
