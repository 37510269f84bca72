#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# First process of the test host. It finds its orders in /gv/run.conf:
#   mode=initramfs|host   what the root is
#   shell=yes             give a shell instead of running tests
# and the tests, one a line, in /gv/tests. In mode host, the root is that of
# the machine that runs QEMU, read-only, with changes kept in memory.

export PATH=/bin:/sbin:/usr/bin:/usr/sbin
/bin/busybox --install -s /bin 2>/dev/null

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs run /run
# As udev would make them: bash wants /dev/fd for its <(...).
ln -s /proc/self/fd /dev/fd
ln -s fd/0 /dev/stdin
ln -s fd/1 /dev/stdout
ln -s fd/2 /dev/stderr

. /gv/run.conf

# No way on from here: what can be said goes to the console.
lost()
{
	echo "init: $*" >/dev/console
	poweroff -f
}

mount_host()
{
	p9=ro,trans=virtio,version=9p2000.L,msize=524288,cache=loose,access=any
	for mod in virtio_pci 9pnet_virtio 9p overlay; do
		modprobe $mod || lost "no module $mod"
	done
	mkdir -p /ro /rw /new
	mount -t 9p -o $p9 hostroot /ro || lost "no 9p root"
	mount -t tmpfs -o size=80% rw /rw
	mkdir -p /rw/up /rw/work /rw/mup /rw/mwork
	mount -t overlay -o lowerdir=/ro,upperdir=/rw/up,workdir=/rw/work \
		overlay /new || lost "no overlay root"

	mkdir -p /new/usr/lib/modules /new/proc /new/sys /new/dev /new/run
	mount -t overlay -o "lowerdir=/ro$modules,upperdir=/rw/mup,workdir=/rw/mwork" \
		modules /new/usr/lib/modules || lost "no overlay for modules"
	mount --move /proc /new/proc
	mount --move /sys /new/sys
	mount --move /dev /new/dev
	mount --move /run /new/run

	mkdir -p /new/run/gv/bin /new/run/gv/out
	cp /bin/busybox /new/run/gv/bin/
	cp -R /gv/. /new/run/gv/
	mount -t 9p -o rw,trans=virtio,version=9p2000.L,msize=524288,access=any \
		out /new/run/gv/out || lost "no share for output"
}

if [ "$mode" = host ]; then
	mount_host
	exec switch_root /new /run/gv/bin/busybox sh /run/gv/runner.sh
fi
exec sh /gv/runner.sh
