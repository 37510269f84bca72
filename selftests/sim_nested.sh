#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: nested
# timeout: 900
#
# QEMU gives VFs of the simulated GPU to virtual machines, where a driver uses
# them: one machine provokes faults and resets its VF, the other one's stays as
# it is.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/inner.sh"

pci=/sys/bus/pci/devices

set_up()
{
	modprobe -a vfio_iommu_type1 vfio_pci
	gpu=$(gpuvirt sim add) && pf=$pci/$gpu &&
	echo 0 >"$pf/sriov_drivers_autoprobe" &&
	echo 16 >"$pf/sriov_numvfs" || return
	for vf in "$pf"/virtfn*; do
		echo vfio-pci >"$vf/driver_override"
		basename "$(readlink "$vf")" >/sys/bus/pci/drivers_probe
	done
	[ "$(ls -d /sys/bus/pci/drivers/vfio-pci/"${gpu%:*}":* | wc -l)" = 16 ]
}

# Function n + 1.
vf()
{
	basename "$(readlink "$pf/virtfn$1")"
}

start_neighbour()
{
	inner_start watch "vfio-pci,host=$(vf 1)" gv.vf=watch
	inner_wait watch 'steady 1' 400
}

try()
{
	inner_start try "vfio-pci,host=$(vf 0)" gv.vf=try
	inner_wait try 'done,' 400
	cat $inner_dir/try/report
	[ "$(grep -c '^ok' $inner_dir/try/report)" = 9 ] &&
	grep -q 'done, 0 failed' $inner_dir/try/report
}

refused()
{
	! echo 0 >"$pf/sriov_numvfs" && ! gpuvirt sim del "$gpu" &&
	[ "$(cat "$pf/sriov_numvfs")" = 16 ]
}

unharmed()
{
	last=$(grep -c steady $inner_dir/watch/report)
	inner_wait watch "steady $((last + 2))" 200 &&
	! grep harmed $inner_dir/watch/report
}

ended()
{
	inner_stop try
	inner_stop watch
	echo 0 >"$pf/sriov_numvfs" && gpuvirt sim del "$gpu" &&
	[ -z "$(ls -A /sys/class/iommu)" ]
}

ktap_plan 6
ktap_run "16 VFs, all bound to vfio-pci" set_up
ktap_run "a guest's driver puts something into VRAM" start_neighbour
ktap_run "another's does DMA, interrupts, faults and resets" try
ktap_run "its neighbour has what it had" unharmed
ktap_run "VFs in virtual machines are not taken away" refused
ktap_run "when these end all is given back" ended
inner_stop try
inner_stop watch
ktap_end
