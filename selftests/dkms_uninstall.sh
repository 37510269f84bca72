#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root, long
# config: VFIO_MDEV
# timeout: 120
#
# What `make dkms-uninstall` does with what is loaded, whoever drives the simulated
# GPUs. DKMS knows of no version here; dkms.sh does all of it.

# shellcheck disable=SC2154,SC2317

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

driver=/sys/bus/pci/drivers/gpuvirt-sim

uninstall()
{
	"$GV_TOP/dkms/uninstall.sh"
}

loaded()
{
	ls -d /sys/module/gpuvirt /sys/module/gpuvirt_sim 2>/dev/null
}

gone()
{
	[ -z "$(loaded)" ] && [ ! -e "/sys/bus/pci/devices/$gpu" ]
}

bound()
{
	add_gpu && works uninstall && gone
}

nobodys()
{
	add_gpu && echo "$gpu" >$driver/unbind && works uninstall && gone
}

vfio()
{
	modprobe vfio-pci && add_gpu && echo "$gpu" >$driver/unbind &&
	echo vfio-pci >"/sys/bus/pci/devices/$gpu/driver_override" &&
	echo "$gpu" >/sys/bus/pci/drivers_probe &&
	[ -e "/sys/bus/pci/drivers/vfio-pci/$gpu" ] &&
	works uninstall && gone
}

# Nothing to remove, and nobody who could.
without_tool()
(
	PATH=/usr/sbin:/usr/bin:/sbin:/bin
	! command -v gpuvirt || {
		ktap_skip "the tool is installed on this machine"
		return
	}
	modprobe gpuvirt-sim && [ -n "$(loaded)" ] &&
	cp -r "$GV_TOP/dkms" /tmp/dkms && works /tmp/dkms/uninstall.sh &&
	[ -z "$(loaded)" ]
)

# The GPU whose vGPU is open stays, with the modules; another one is gone.
refuses()
{
	add_gpu && works gpuvirt type new "$gpu" one framebuffer 8MiB &&
	works gpuvirt vgpu new "$gpu" one uuid $uuid1 &&
	modprobe vfio_iommu_type1 || return
	"$GV_TOP/selftests/lib/hold.py" /sys/bus/mdev/devices/$uuid1 >"$said.hold" &
	holder=$!
	within 30 [ -s "$said.hold" ] &&
	refused "is in use: stop what uses it" uninstall
	status=$?
	[ -e "/sys/bus/pci/devices/$gpu" ] && loaded | grep -q gpuvirt_sim ||
		status=1
	kill $holder
	wait $holder
	return $status
}

later()
{
	works uninstall && gone
}

command -v dkms >/dev/null || ktap_skip_all "dkms is not installed here"
ktap_plan 6
ktap_run "a GPU goes, and the modules" bound
ktap_run "so does one that nobody drives" nobodys
ktap_run "and one that vfio-pci drives" vfio
ktap_run "without a GPU no tool is needed" without_tool
ktap_run "what is open keeps its GPU and the modules" refuses
ktap_run "then it all goes" later
ktap_end
