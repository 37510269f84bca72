#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: host-root, own-guest
# timeout: 400
# qemu: -device intel-iommu -device bochs-display
#
# Not only root: with our rule, a real udevd gives the node of a vGPU to group
# kvm, and of nothing else; an ordinary user in that group can drive the vGPU,
# one outside can't open it.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

udevd=/lib/systemd/systemd-udevd
[ -x $udevd ] || ktap_skip_all "udevd is not installed"
command -v setpriv >/dev/null || ktap_skip_all "setpriv is not installed"
getent group kvm >/dev/null || groupadd -r kvm
kvm=$(getent group kvm | cut -d : -f 3)

daemon()
{
	mkdir -p /etc/udev/rules.d /usr/lib/udev &&
	cp "$GV_TOP/tools/udev/70-gpuvirt.rules" /etc/udev/rules.d/ &&
	install -m 755 "$GV_TOP/tools/udev/gpuvirt-vfio-group" /usr/lib/udev/ &&
	$udevd --daemon && udevadm control --ping && udevadm settle -t 60
}

# A GPU whose group is for vfio-pci, and thus for root.
foreign()
{
	for dev in /sys/bus/pci/devices/*; do
		[ "$(cat "$dev/vendor" "$dev/device" | tr -d '\n')" = \
			0x12340x1111 ] || continue
		[ -e "$dev/iommu_group" ] || {
			ktap_skip "there is no IOMMU"
			return
		}
		modprobe vfio-pci || return
		[ ! -e "$dev/driver" ] ||
			echo "${dev##*/}" >"$dev/driver/unbind"
		echo vfio-pci >"$dev/driver_override" &&
		echo "${dev##*/}" >/sys/bus/pci/drivers_probe || return
		other=/dev/vfio/$(basename "$(readlink "$dev/iommu_group")")
		return 0
	done
	echo "no such device"
	return 1
}

node()
{
	add_gpu vram 64MiB &&
	works gpuvirt type new "$gpu" one framebuffer 8MiB &&
	works gpuvirt vgpu new "$gpu" one uuid $uuid1 && has kvm || return
	group=/dev/vfio/$(basename "$(readlink /sys/bus/mdev/devices/$uuid1/iommu_group)")
	within 20 owned || { stat "$group"; return 1; }
}

owned()
{
	[ "$(stat -c '%U:%G %a' "$group")" = "root:kvm 660" ]
}

others_node()
{
	[ -n "$other" ] || {
		ktap_skip "there is no other group"
		return
	}
	udevadm settle -t 60
	[ -e "$other" ] && stat -c '%U:%G %a' "$other" &&
	[ "$(stat -c '%U:%G %a' "$other")" = "root:root 600" ]
}

# It opens the vGPU as a VMM does, and asks it what it is.
vmm()
{
	timeout 60 setpriv --reuid 65534 --regid 65534 "$@" \
		/usr/bin/python3 - "$group" $uuid1 <<-'END'
	import fcntl, os, struct, sys
	container = os.open("/dev/vfio/vfio", os.O_RDWR)
	group = os.open(sys.argv[1], os.O_RDWR)
	fcntl.ioctl(group, 15208, struct.pack("i", container))	# SET_CONTAINER
	fcntl.ioctl(container, 15206, 3)			# SET_IOMMU: type 1 v2
	name = bytearray(sys.argv[2].encode() + b"\0")
	device = fcntl.ioctl(group, 15210, name)		# GET_DEVICE_FD
	info = bytearray(struct.pack("IIII", 16, 0, 0, 0))
	fcntl.ioctl(device, 15211, info)			# GET_INFO
	print("opened, with %d regions" % struct.unpack("IIII", info)[2])
	END
}

inside()
{
	vmm --groups "$kvm" >"$said" 2>&1 || { cat "$said"; return 1; }
	has "opened, with"
}

outside()
{
	! vmm --clear-groups >"$said" 2>&1 && has "Permission denied" && has "$group"
}

container_open_to_all()
{
	stat -c %a /dev/vfio/vfio && [ "$(stat -c %a /dev/vfio/vfio)" = 666 ]
}

again()
{
	works gpuvirt vgpu del $uuid1 &&
	works gpuvirt vgpu new "$gpu" one uuid $uuid1 && within 20 owned
}

all_go()
{
	works gpuvirt vgpu del $uuid1 && works gpuvirt sim del "$gpu" &&
	udevadm settle -t 60 && udevadm control --exit
}

other=
modprobe vfio_iommu_type1
ktap_plan 9
ktap_run "udevd runs with our rule" daemon
ktap_run "a VFIO group of somebody else" foreign
ktap_run "a vGPU's node is of group kvm" node
ktap_run "the other's is not" others_node
ktap_run "everybody may open the container" container_open_to_all
ktap_run "a user in group kvm can drive the vGPU" inside
ktap_run "a user outside can't open it" outside
ktap_run "the next vGPU's node is of group kvm, too" again
ktap_run "all of it goes" all_go
ktap_end
