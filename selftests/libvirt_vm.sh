#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root, own-guest, long
# config: VFIO_MDEV
# timeout: 600
#
# Domains of Debian's libvirt with a VF of the simulated GPU, managed by libvirt, and
# with a vGPU. There is nothing in them to boot; QEMU has the devices open.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/passthrough.sh"
. "$GV_TOP/selftests/lib/libvirt.sh"

daemon()
{
	libvirt_prepare && modprobe vfio_iommu_type1 &&
	mkdir -p /var/log/libvirt && virtlogd -d &&
	libvirt_start
}

# domain NAME, with the hostdev elements of standard input
domain()
{
	cat >"/tmp/$1.xml" <<-END
	<domain type='qemu'>
	  <name>$1</name>
	  <memory unit='MiB'>64</memory>
	  <os><type arch='x86_64' machine='q35'>hvm</type></os>
	  <devices>
	    <emulator>/usr/bin/qemu-system-x86_64</emulator>
	    <controller type='usb' model='none'/>
	    <memballoon model='none'/>
	    $(cat)
	  </devices>
	</domain>
	END
}

# hostdev_vf ADDRESS
hostdev_vf()
{
	echo "$1" | sed "s,\(.*\):\(.*\):\(.*\)[.]\(.*\),\
<hostdev mode='subsystem' type='pci' managed='yes'><source>\
<address domain='0x\1' bus='0x\2' slot='0x\3' function='0x\4'/>\
</source></hostdev>,"
}

hostdev_vgpu()
{
	echo "<hostdev mode='subsystem' type='mdev' model='vfio-pci'>
		<source><address uuid='$1'/></source></hostdev>"
}

running()
{
	works virsh domstate "$1" && has running && return
	cat "/var/log/libvirt/qemu/$1.log"
	return 1
}

vf()
{
	basename "$(readlink "$pci/$gpu/virtfn$1")"
}

# The process that has the devices of domain $1 open.
pid_of()
{
	pgrep -f "qemu-system-x86_64 -name guest=$1,"
}

start_vf()
{
	add_gpu vram 64MiB total-vfs 4 && works gpuvirt vf enable "$gpu" 2 &&
	within 30 virsh nodedev-info "$(node "$(vf 1)")" &&
	hostdev_vf "$(vf 1)" | domain one && works virsh define /tmp/one.xml &&
	works virsh start one && running one &&
	[ "$(stat -c %U "/proc/$(pid_of one)")" = libvirt-qemu ] &&
	works gpuvirt vf show "$(vf 1)" && has "driver vfio-pci" &&
	has "open yes" && works gpuvirt vf show "$(vf 0)" && has "open no"
}

guarded()
{
	refused "VF $(vf 1) is open" gpuvirt vf disable "$gpu" &&
	cat "$said.err" && grep -q "stop process $(pid_of one) (" "$said.err" &&
	refused "VF $(vf 1) is open" gpuvirt vf reset "$(vf 1)" &&
	refused "VF $(vf 1) is in use" gpuvirt sim del "$gpu" && running one
}

# libvirt knows itself who has it. unwilling VERB WORDS
unwilling()
{
	! virsh "nodedev-$1" "$(node "$(vf 1)")" >"$said" 2>&1 && cat "$said" &&
	has "$2"
}

in_use()
{
	unwilling detach "is in use by driver QEMU, domain one" &&
	unwilling reattach "is in use by driver QEMU, domain one" &&
	unwilling reset "Not resetting active device" &&
	running one && works gpuvirt vf show "$(vf 1)" && has "open yes"
}

neighbour()
{
	works virsh nodedev-detach "$(node "$(vf 0)")" &&
	works virsh nodedev-reset "$(node "$(vf 0)")" &&
	driver "$(vf 0)" vfio-pci && works gpuvirt vf reset "$(vf 0)"
}

stop_vf()
{
	works virsh destroy one && works gpuvirt vf show "$(vf 1)" &&
	cat "$said" && has "open no"
}

again()
{
	works virsh start one && running one && driver "$(vf 1)" vfio-pci &&
	works gpuvirt vf show "$(vf 1)" && has "open yes" &&
	works virsh destroy one && works virsh undefine one
}

start_vgpu()
{
	works gpuvirt type new "$gpu" small framebuffer 16MiB &&
	works gpuvirt vgpu new "$gpu" small uuid $uuid1 &&
	within 30 virsh nodedev-info "$(mdev $uuid1)" &&
	hostdev_vgpu $uuid1 | domain two && works virsh create /tmp/two.xml &&
	running two && works gpuvirt vgpu show $uuid1 && cat "$said" &&
	has "open yes"
}

vgpu_guarded()
{
	open="is open in process $(pid_of two) (" &&
	refused "$open" gpuvirt vgpu del $uuid1 && cat "$said.err" &&
	refused "$open" gpuvirt sim del "$gpu" && running two
}

both()
{
	works virsh destroy two &&
	{ hostdev_vf "$(vf 1)"; hostdev_vgpu $uuid1; } | domain three &&
	works virsh create /tmp/three.xml && running three &&
	works gpuvirt vf show "$(vf 1)" && has "open yes" &&
	works gpuvirt vgpu show $uuid1 && has "open yes" &&
	works virsh destroy three && works gpuvirt vgpu del $uuid1 &&
	works gpuvirt vf disable "$gpu" && works gpuvirt sim del "$gpu"
}

daemons_end()
{
	kill "$(cat /run/virtlogd.pid)" && libvirt_end
}

ktap_plan 11
ktap_run "libvirtd starts" daemon
ktap_run "a domain with a VF is started" start_vf
ktap_run "the VF is guarded, its user is named" guarded
ktap_run "libvirt gives it to nobody else" in_use
ktap_run "its neighbour can be taken and reset" neighbour
ktap_run "the domain is stopped, the VF is free" stop_vf
ktap_run "and started again" again
ktap_run "a domain with a vGPU is started" start_vgpu
ktap_run "that is guarded, too" vgpu_guarded
ktap_run "a domain with both" both
ktap_run "the daemons end" daemons_end
ktap_end
