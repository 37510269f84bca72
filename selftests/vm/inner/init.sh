#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# First process of an inner guest: loads the stock drivers of QEMU's displays,
# draws, and reports on the second serial port. The kernel command line says what:
#   gv.name=NAME gv.title=TITLE gv.shape=SHAPE gv.bg=RRGGBB
# or gv.vf=try|watch: loads the driver that tests a VF, and reports what it says.

export PATH=/bin
/bin/busybox --install -s /bin 2>/dev/null
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
exec >/dev/ttyS1 2>&1
stty -F /dev/ttyS1 raw -echo

name=noname
title=gpuvirt
shape=circle
bg=203050
vf=
for word in $(cat /proc/cmdline); do
	case $word in
	gv.name=*)	name=${word#*=} ;;
	gv.title=*)	title=${word#*=} ;;
	gv.shape=*)	shape=${word#*=} ;;
	gv.bg=*)	bg=${word#*=} ;;
	gv.vf=*)	vf=${word#*=} ;;
	esac
done

# What was not reported yet, for as long as there is something to come.
report_vf()
{
	insmod /gv_vf_test.ko "$1" || echo "FAILED insmod"
	told=0
	until dmesg | grep -q 'gv_vf_test: done'; do
		lines=$(dmesg | grep -c 'gv_vf_test: ')
		dmesg | sed -n 's/.*gv_vf_test: //p' | tail -n +$((told + 1)) |
			head -n $((lines - told))
		told=$lines
		[ "$lines" -gt 0 ] || echo "FAILED no VF"
		sleep 1
	done
	dmesg | sed -n 's/.*gv_vf_test: //p' | tail -n +$((told + 1))
	poweroff -f
}

case $vf in
try)	report_vf steady=0 ;;
watch)	report_vf steady=1 ;;
esac

# has DRIVER DEVICE: that driver has it, if it is there
has()
{
	[ ! -e "$2" ] ||
		echo "DRIVER $1 $(cat "$2/vendor" "$2/device" "$2/subsystem_device" | tr '\n' ' ')"
}

modprobe bochs
modprobe virtio_pci
modprobe virtio_gpu
for dev in /sys/bus/pci/drivers/bochs-drm/0*; do
	has bochs-drm "$dev"
done
for dev in /sys/bus/virtio/drivers/virtio_gpu/virtio*; do
	has virtio_gpu "$(readlink -f "$dev")/.."
done
i=0
while [ ! -e /dev/dri/card0 ] && [ $i -lt 50 ]; do
	usleep 100000
	i=$((i + 1))
done
[ -e /dev/dri/card0 ] || echo "FAILED no /dev/dri/card0"
draw -n "$name" -t "$title" -s "$shape" -b "$bg" || echo "FAILED draw"
poweroff -f
