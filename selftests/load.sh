#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The modules load, say what they are, and unload without a trace.

. "$GV_TOP/selftests/lib/ktap.sh"

family()
{
	[ -e /sys/module/gpuvirt ] && gpuvirt
}

# Loading must change nothing that others see.
devices()
{
	ls /sys/bus/pci/devices /sys/bus/mdev/devices 2>/dev/null
}

unload()
{
	modprobe -r gpuvirt-sim gpuvirt && [ ! -e /sys/module/gpuvirt ]
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
			modprobe -r gpuvirt-sim gpuvirt || return
	done
}

without_module()
{
	! gpuvirt gpu show >/tmp/said 2>&1 && cat /tmp/said &&
		grep -q 'modprobe gpuvirt' /tmp/said
}

unchanged()
{
	[ "$before" = "$(devices)" ]
}

modprobe -r gpuvirt-sim gpuvirt 2>/dev/null
before=$(devices)
ktap_plan 8
ktap_run "without the module, the tool says to load it" without_module
ktap_run "gpuvirt loads" modprobe gpuvirt
ktap_run "the tool can talk to it" family
ktap_run "it has the version that its file says" version
ktap_run "gpuvirt-sim loads" modprobe gpuvirt-sim
ktap_run "loading changes no device" unchanged
ktap_run "both unload" unload
ktap_run "they load and unload five times" again
ktap_end
