#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# needs: host-root
#
# What stands in the way of making a simulated GPU, outside its module: each is
# told in a sentence, and nothing of the GPU stays.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

without_module()
{
	modprobe -r gpuvirt-sim && modprobe gpuvirt &&
		echo /nonexistent >/proc/sys/kernel/modprobe
	refused 'gpuvirt-sim could not be loaded' gpuvirt sim add
	status=$?
	echo "$modprobe" >/proc/sys/kernel/modprobe
	return $status
}

# Another driver was there before ours, and takes all that has this id.
without_driver()
{
	modprobe -r -a gpuvirt-sim pci-stub &&
		modprobe pci-stub ids=1234:4756 ||
		return
	refused 'the PF driver did not bind (error 19)' gpuvirt sim add
	status=$?
	modprobe -r pci-stub
	return $status
}

nothing_left()
{
	find /sys/bus/pci/devices/ /sys/class/pci_bus/ -name '1[0-9a-f][0-9a-f][0-9a-f]:*'
	[ -z "$(find /sys/bus/pci/devices/ /sys/class/pci_bus/ \
		-name '1[0-9a-f][0-9a-f][0-9a-f]:*')" ] &&
	works gpuvirt gpu show && ! grep -q 1000:00 "$said"
}

then_it_works()
{
	works gpuvirt sim add && works gpuvirt sim del 1000:00:00.0 &&
	modprobe -r gpuvirt-sim
}

read -r modprobe </proc/sys/kernel/modprobe
modprobe gpuvirt
modprobe gpuvirt-sim
ktap_plan 4
ktap_run "the module of simulated GPUs can't be loaded" without_module
ktap_run "no PF driver binds" without_driver
ktap_run "nothing of it stays" nothing_left
ktap_run "then it works, in the same PCI domain, and the module unloads" then_it_works
modprobe gpuvirt-sim
ktap_end
