#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The modules load, say what they are, and unload without a trace.

. "$GV_TOP/selftests/lib/ktap.sh"

family()
{
	[ -e /sys/module/gpuvirt ] && gpuvirt
}

# Loading must change nothing: no device appears, none changes its driver.
devices()
{
	for dev in /sys/bus/pci/devices/*; do
		echo "${dev##*/} $(readlink "$dev/driver")"
	done
}

# Not by modprobe, which would take vfio along, though vfio-pci may need it.
unload()
{
	rmmod gpuvirt_sim && rmmod gpuvirt && [ ! -e /sys/module/gpuvirt ]
}

version()
{
	[ "$(cat /sys/module/gpuvirt/version)" = "$(modinfo_version)" ]
}

modinfo_version()
{
	modinfo -F version gpuvirt 2>/dev/null || modinfo gpuvirt |
		sed -n 's/^version: *//p'
}

again()
{
	for i in 1 2 3 4 5; do
		modprobe gpuvirt && modprobe gpuvirt-sim &&
			unload || return
	done
}

# The kernel loads a module by the name of the family that is asked for.
by_name()
{
	[ ! -e /sys/module/gpuvirt ] && gpuvirt gpu show &&
		[ -e /sys/module/gpuvirt ] && rmmod gpuvirt
}

# What a host says on which the modules were never installed.
without_module()
{
	echo /nonexistent >/proc/sys/kernel/modprobe
	if gpuvirt gpu show >/tmp/said 2>&1; then
		echo "it found a module"
		status=1
	else
		cat /tmp/said
		grep -q 'modprobe gpuvirt' /tmp/said
		status=$?
	fi
	echo "$modprobe" >/proc/sys/kernel/modprobe
	return $status
}

unchanged()
{
	[ "$before" = "$(devices)" ]
}

read -r modprobe </proc/sys/kernel/modprobe
rmmod gpuvirt_sim 2>/dev/null
rmmod gpuvirt
before=$(devices)
ktap_plan 9
ktap_run "without the module, the tool says to load it" without_module
ktap_run "the first use of the tool loads it" by_name
ktap_run "gpuvirt loads" modprobe gpuvirt
ktap_run "the tool can talk to it" family
ktap_run "it has the version that its file says" version
ktap_run "gpuvirt-sim loads" modprobe gpuvirt-sim
ktap_run "loading changes no device" unchanged
ktap_run "both unload" unload
ktap_run "they load and unload five times" again
ktap_end
