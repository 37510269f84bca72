#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
# timeout: 120
#
# Debian's mdevctl, unchanged, on our parent and on types that were created
# after the module was loaded.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

command -v mdevctl >/dev/null || ktap_skip_all "mdevctl is not installed"
mkdir -p /etc/mdevctl.d/scripts.d/callouts /etc/mdevctl.d/scripts.d/notifiers

parent()
{
	add_gpu vram 64MiB && works mdevctl types && hasnt gpuvirt-sim-late
}

late_type()
{
	works gpuvirt type new "$gpu" late framebuffer 24MiB &&
	works mdevctl types && has "$gpu" && has gpuvirt-sim-late &&
	has "Available instances: 2" && has "Device API: vfio-pci" &&
	has "framebuffer=24M"
}

define()
{
	works mdevctl define -u $uuid1 -p "$gpu" -t gpuvirt-sim-late &&
	works mdevctl list -d && has $uuid1
}

start()
{
	works mdevctl start -u $uuid1 && works mdevctl list && has $uuid1 &&
	has gpuvirt-sim-late && works gpuvirt vgpu show $uuid1 && has late
}

# One that was never defined.
start_transient()
{
	works mdevctl start -u $uuid2 -p "$gpu" -t gpuvirt-sim-late &&
	works mdevctl types && has "Available instances: 0"
}

start_when_full()
{
	third=7e57ab1e-0000-4000-8000-00000000f003
	! mdevctl start -u $third -p "$gpu" -t gpuvirt-sim-late >"$said" 2>&1 &&
		cat "$said" && grep -q "No available instances" "$said" &&
		[ ! -e /sys/bus/mdev/devices/$third ] &&
		works mdevctl list && hasnt $third
}

start_unknown()
{
	third=7e57ab1e-0000-4000-8000-00000000f003
	! mdevctl start -u $third -p "$gpu" -t gpuvirt-sim-none >"$said" 2>&1 &&
		cat "$said" && grep -q "does not support mdev type" "$said" &&
		[ ! -e /sys/bus/mdev/devices/$third ]
}

stop()
{
	works mdevctl stop -u $uuid1 && works mdevctl stop -u $uuid2 &&
	works mdevctl list && hasnt $uuid1 && hasnt $uuid2 &&
	works gpuvirt vgpu show && hasnt $uuid1
}

undefine()
{
	works mdevctl undefine -u $uuid1 && works mdevctl list -d &&
		hasnt $uuid1
}

type_goes()
{
	works gpuvirt type del "$gpu" late && works mdevctl types &&
		hasnt gpuvirt-sim-late && works gpuvirt sim del "$gpu"
}

ktap_plan 10
ktap_run "a parent without types" parent
ktap_run "a type that came later is seen" late_type
ktap_run "define" define
ktap_run "start of a defined one" start
ktap_run "start of a transient one" start_transient
ktap_run "start is refused when the GPU is full" start_when_full
ktap_run "start of an unknown type is refused" start_unknown
ktap_run "stop" stop
ktap_run "undefine" undefine
ktap_run "a type that goes is seen no more" type_goes
ktap_end
