#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
#
# What a simulated GPU can be told to do wrong, as others get to see it.

. "$GV_TOP/selftests/lib/ktap.sh"

pci=/sys/bus/pci/devices

vfs()
{
	cat "$pf/sriov_numvfs"
}

faults()
{
	gpuvirt sim set "$gpu" faults "$1"
}

few()
{
	faults few-vfs && echo 5 >"$pf/sriov_numvfs" && [ "$(vfs)" = 3 ] &&
	[ -e "$pf/virtfn2" ] && [ ! -e "$pf/virtfn3" ] &&
	echo 0 >"$pf/sriov_numvfs"
}

none_at_all()
{
	faults vf-enable && ! echo 4 >"$pf/sriov_numvfs" && [ "$(vfs)" = 0 ] &&
	dmesg | tail -n 3 | grep "$gpu: VFs can't be enabled"
}

bind()
{
	echo vfio-pci >"$1/driver_override" &&
	basename "$(readlink -f "$1")" >/sys/bus/pci/drivers_probe
}

probe()
{
	faults vf-probe && echo 0 >"$pf/sriov_drivers_autoprobe" &&
	echo 4 >"$pf/sriov_numvfs" && [ "$(vfs)" = 4 ] || return
	for n in 0 2; do
		bind "$pf/virtfn$n" && [ -e "$pf/virtfn$n/driver" ] || return
	done
	for n in 1 3; do
		[ ! -e "$pf/virtfn$n/iommu_group" ] || return
		! bind "$pf/virtfn$n" 2>/dev/null
		[ ! -e "$pf/virtfn$n/driver" ] || return
	done
	echo 0 >"$pf/sriov_numvfs"
}

both()
{
	faults few-vfs,vf-probe && echo 4 >"$pf/sriov_numvfs" &&
	[ "$(vfs)" = 2 ] && [ ! -e "$pf/virtfn1/iommu_group" ] &&
	echo 0 >"$pf/sriov_numvfs"
}

ended()
{
	faults none && echo 4 >"$pf/sriov_numvfs" && [ "$(vfs)" = 4 ] &&
	[ -e "$pf/virtfn1/iommu_group" ] && echo 0 >"$pf/sriov_numvfs"
}

# What was set is told, whoever asks, and nothing of a GPU that shows none.
told()
{
	! gpuvirt sim show | grep sim-faults &&
	gpuvirt -j sim show | grep '"sim-faults": *\[ *\]' &&
	faults few-vfs,flr-stuck &&
	gpuvirt sim show | grep 'sim-faults few-vfs,flr-stuck$' &&
	gpuvirt -j gpu show "$gpu" | tr -d ' \n' |
		grep '"sim-faults":\["few-vfs","flr-stuck"\]' &&
	faults none && ! gpuvirt gpu show "$gpu" | grep sim-faults
}

# A simulated GPU is one when vfio-pci has it, too.
in_vfio()
{
	echo "$gpu" >"$pf/driver/unbind" && bind "$pf" &&
	gpuvirt sim show | grep "$gpu.*driver vfio-pci" &&
	faults vf-enable && gpuvirt sim show | grep 'sim-faults vf-enable$' &&
	gpuvirt sim del all && ! gpuvirt sim show | grep .
}

gone()
{
	! gpuvirt sim set "$gpu" faults none 2>err &&
	grep "no simulated GPU is at $gpu" err &&
	grep 'not-simulated' err
}

cd /run || exit
modprobe vfio_pci
gpu=$(gpuvirt sim add)
pf=$pci/$gpu
ktap_plan 8
ktap_run "fewer VFs than asked for" few
ktap_run "no VFs, and the kernel log says so" none_at_all
ktap_run "VFs that vfio-pci can't have" probe
ktap_run "two faults at once" both
ktap_run "without faults all is as before" ended
ktap_run "they are told again" told
ktap_run "and known when vfio-pci has the GPU" in_vfio
ktap_run "a GPU that is gone shows no faults" gone
ktap_end
