#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root, own-guest
# timeout: 400
# qemu-version: 11
# qemu: -machine kernel-irqchip=split
# qemu: -device intel-iommu,intremap=on,caching-mode=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0
# qemu: -device virtio-net-pci,bus=a,addr=0.2,sriov-pf=gpu
# qemu: -device virtio-net-pci,bus=a,addr=0.1,sriov-pf=gpu
# qemu: -device virtio-vga,id=gpu,bus=a,addr=0.0
# qemu: -device pcie-root-port,id=b,chassis=2,slot=1,addr=3.0
# qemu: -device bochs-display,bus=b
#
# Debian's libvirtd, unchanged, beside us: it finds GPUs, VFs and vGPU types, makes
# and deletes vGPUs, and takes GPUs and VFs from and to vfio-pci.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/passthrough.sh"
. "$GV_TOP/selftests/lib/libvirt.sh"

pf=$(behind 00:02.0 0)
one=$(behind 00:03.0 0)

daemon()
{
	libvirt_prepare &&
	modprobe -a bochs virtio_gpu vfio_iommu_type1 && udevadm settle -t 60 &&
	driver "$one" bochs-drm && driver "$pf" virtio-pci && libvirt_start
}

finds()
{
	works virsh nodedev-list --cap pci && has "$(node "$one")" &&
	has "$(node "$pf")" && works virsh nodedev-dumpxml "$(node "$one")" &&
	has "<name>bochs-drm</name>" && has "<class>0x038000</class>"
}

# What is there after libvirtd was started, and types even later.
types()
{
	add_gpu vram 64MiB && works gpuvirt type new "$gpu" small framebuffer 16MiB &&
	udevadm settle -t 60 && within 30 virsh nodedev-info "$(node "$gpu")" &&
	works virsh nodedev-list --cap mdev_types &&
	[ "$(grep . "$said")" = "$(node "$gpu")" ] &&
	works gpuvirt type new "$gpu" large framebuffer 32MiB &&
	works virsh nodedev-dumpxml "$(node "$gpu")" && cat "$said" &&
	has "<capability type='mdev_types'>" &&
	has "<type id='gpuvirt-sim-small'>" &&
	has "<type id='gpuvirt-sim-large'>" && has "<deviceAPI>vfio-pci</deviceAPI>" &&
	has "<availableInstances>4</availableInstances>" &&
	has "<availableInstances>2</availableInstances>"
}

# xml TYPE UUID
xml()
{
	cat >/tmp/mdev.xml <<-END
	<device>
	  <parent>$(node "$gpu")</parent>
	  <capability type='mdev'>
	    <type id='gpuvirt-sim-$1'/>
	    <uuid>$2</uuid>
	  </capability>
	</device>
	END
}

create()
{
	xml large $uuid1 && works virsh nodedev-create /tmp/mdev.xml &&
	works virsh nodedev-list --cap mdev && has "$(mdev $uuid1)" &&
	works gpuvirt vgpu show $uuid1 && has large &&
	works virsh nodedev-dumpxml "$(mdev $uuid1)" && cat "$said" &&
	has "<type id='gpuvirt-sim-large'/>" && has "<uuid>$uuid1</uuid>" &&
	has "<iommuGroup number='"
}

# One that the tool made is its as well.
beside()
{
	works gpuvirt vgpu new "$gpu" large uuid $uuid2 && udevadm settle -t 60 &&
	within 30 virsh nodedev-info "$(mdev $uuid2)" &&
	works virsh nodedev-dumpxml "$(node "$gpu")" &&
	[ "$(grep -c "<availableInstances>0<" "$said")" -eq 2 ]
}

full()
{
	local third=7e57ab1e-0000-4000-8000-00000000f003

	xml small $third && ! virsh nodedev-create /tmp/mdev.xml >"$said" 2>&1 &&
	cat "$said" && grep -q '^error: Failed to create node device' "$said" &&
	[ ! -e /sys/bus/mdev/devices/$third ] &&
	works gpuvirt vgpu show && hasnt $third &&
	works virsh nodedev-list --cap mdev
}

destroy()
{
	works virsh nodedev-destroy "$(mdev $uuid1)" &&
	works virsh nodedev-destroy "$(mdev $uuid2)" &&
	works gpuvirt vgpu show && hasnt $uuid1 && hasnt $uuid2 &&
	udevadm settle -t 60 && within 30 no_mdevs
}

no_mdevs()
{
	[ -z "$(virsh nodedev-list --cap mdev)" ]
}

# Defined, it can be started again and again.
define()
{
	xml small $uuid1 && works virsh nodedev-define /tmp/mdev.xml &&
	works virsh nodedev-start "$(mdev $uuid1)" &&
	works gpuvirt vgpu show $uuid1 && has small &&
	works virsh nodedev-destroy "$(mdev $uuid1)" &&
	works gpuvirt vgpu show && hasnt $uuid1 &&
	works virsh nodedev-start "$(mdev $uuid1)" &&
	works gpuvirt vgpu del $uuid1 &&
	works virsh nodedev-undefine "$(mdev $uuid1)"
}

gone()
{
	works gpuvirt type del "$gpu" small && works gpuvirt type del "$gpu" large &&
	works virsh nodedev-list --cap mdev_types && [ ! -s "$said" ] &&
	works gpuvirt sim del "$gpu" && udevadm settle -t 60 &&
	within 30 unknown "$(node "$gpu")"
}

unknown()
{
	! virsh nodedev-info "$1"
}

# What it has bound is its own, and we say so.
detach()
{
	works virsh nodedev-detach "$(node "$one")" && driver "$one" vfio-pci &&
	works gpuvirt passthrough show "$one" && has "state bound-by-other" &&
	works gpuvirt passthrough bind "$one" && has "as before" &&
	refused "was bound to vfio-pci by another tool" \
		gpuvirt passthrough unbind "$one" && driver "$one" vfio-pci &&
	works virsh nodedev-reattach "$(node "$one")" && free "$one" bochs-drm
}

# What we have bound it takes as it is, and may give back.
detach_ours()
{
	works gpuvirt passthrough bind "$one" && bound "$one" &&
	works virsh nodedev-detach "$(node "$one")" && bound "$one" &&
	works virsh nodedev-reattach "$(node "$one")" &&
	driver "$one" bochs-drm && works gpuvirt passthrough show "$one" &&
	has "state returned-by-other" &&
	gpuvirt passthrough unbind "$one" 2>&1 |
		grep "another tool gave it back" && free "$one" bochs-drm
}

vfs()
{
	works gpuvirt vf enable "$pf" 2 && udevadm settle -t 60 &&
	vf=$(basename "$(readlink "$pci/$pf/virtfn1")") && driver "$vf" vfio-pci &&
	within 30 virsh nodedev-info "$(node "$vf")" &&
	works virsh nodedev-dumpxml "$(node "$vf")" && cat "$said" &&
	has "<capability type='phys_function'>" && has "<name>vfio-pci</name>" &&
	works virsh nodedev-dumpxml "$(node "$pf")" &&
	has "<capability type='virt_functions' maxCount='2'>"
}

# A VF that was born into vfio-pci is given to the host only by who asks for it,
# and goes again when its GPU's VFs are disabled.
vf_reattach()
{
	works virsh nodedev-detach "$(node "$vf")" && driver "$vf" vfio-pci &&
	works virsh nodedev-reattach "$(node "$vf")" &&
	works gpuvirt vf show "$vf" && cat "$said" && hasnt "driver vfio-pci" &&
	works virsh nodedev-detach "$(node "$vf")" && driver "$vf" vfio-pci &&
	works gpuvirt vf show "$vf" && has "driver vfio-pci" &&
	works gpuvirt vf disable "$pf" && udevadm settle -t 60 &&
	within 30 unknown "$(node "$vf")"
}

[ -n "$pf" ] || ktap_skip_all "this QEMU has not the devices"
ktap_plan 14
ktap_run "libvirtd starts" daemon
ktap_run "it finds the GPUs" finds
ktap_run "and vGPU types that came later" types
ktap_run "it creates a vGPU" create
ktap_run "it knows one that the tool created" beside
ktap_run "when the GPU is full it is told so" full
ktap_run "it deletes both" destroy
ktap_run "one that it has defined comes and goes" define
ktap_run "types and GPUs that go are gone for it" gone
ktap_run "what it detaches is called so, and left to it" detach
ktap_run "what we have bound it takes, and gives back" detach_ours
ktap_run "VFs are known with their GPU" vfs
ktap_run "a VF goes to the host and comes back" vf_reattach
ktap_run "the daemons end" libvirt_end
ktap_end
