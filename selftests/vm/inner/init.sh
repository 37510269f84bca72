#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# First process of an inner guest: loads the stock bochs driver, draws, and
# reports on the second serial port. The kernel command line says what:
#   gv.name=NAME gv.title=TITLE gv.shape=SHAPE gv.bg=RRGGBB

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
for word in $(cat /proc/cmdline); do
	case $word in
	gv.name=*)	name=${word#*=} ;;
	gv.title=*)	title=${word#*=} ;;
	gv.shape=*)	shape=${word#*=} ;;
	gv.bg=*)	bg=${word#*=} ;;
	esac
done

modprobe bochs
for dev in /sys/bus/pci/drivers/bochs-drm/0*; do
	[ ! -e "$dev" ] ||
		echo "DRIVER bochs-drm $(cat "$dev/vendor" "$dev/device" "$dev/subsystem_device" | tr '\n' ' ')"
done
i=0
while [ ! -e /dev/dri/card0 ] && [ $i -lt 50 ]; do
	usleep 100000
	i=$((i + 1))
done
[ -e /dev/dri/card0 ] || echo "FAILED no /dev/dri/card0"
draw -n "$name" -t "$title" -s "$shape" -b "$bg" || echo "FAILED draw"
poweroff -f
