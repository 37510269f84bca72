#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: nested
# timeout: 900
#
# QEMU gives VFs of the simulated GPU, born into vfio-pci, to virtual machines,
# where a driver uses them: one machine provokes faults and resets its VF, the
# other one's stays as it is.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/inner.sh"
. "$GV_TOP/selftests/lib/tool.sh"

pci=/sys/bus/pci/devices

set_up()
{
	modprobe vfio_iommu_type1
	add_gpu && pf=$pci/$gpu && works gpuvirt vf enable "$gpu" 16 && bound
}

# All of them in vfio-pci, each in a group of its own.
bound()
{
	[ "$(cat "$pf/sriov_numvfs")" -eq 16 ] &&
	[ "$(readlink "$pf"/virtfn*/driver | grep -c '/vfio-pci$')" -eq 16 ] &&
	[ "$(readlink "$pf"/virtfn*/iommu_group | sort -u | wc -l)" -eq 16 ]
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

try_ended()
{
	! inner_alive try
}

# Neither by us, who name the machine that has one, nor by sysfs.
in_use()
{
	within 60 try_ended && watch=$(cat $inner_dir/watch/pid) &&
	refused "VF $(vf 1) is open" gpuvirt vf disable "$gpu" &&
	cat "$said.err" &&
	grep -qF "process $watch (qemu-system-x86), which has VF $(vf 1) open" \
		"$said.err" &&
	refused "VF $(vf 1) is in use" gpuvirt sim del "$gpu" || return
	! (echo 0 >"$pf/sriov_numvfs") 2>"$said.err" && cat "$said.err" &&
	grep -q "Device or resource busy" "$said.err" && bound
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
	works gpuvirt vf disable "$gpu" && works gpuvirt sim del "$gpu" &&
	[ -z "$(ls -A /sys/class/iommu)" ]
}

ktap_plan 6
ktap_run "16 VFs, born into vfio-pci, each in its group" set_up
ktap_run "a guest's driver puts something into VRAM" start_neighbour
ktap_run "another's does DMA, interrupts, faults and resets" try
ktap_run "its neighbour has what it had" unharmed
ktap_run "VFs in virtual machines are not taken away" in_use
ktap_run "when these end all is given back" ended
inner_stop try
inner_stop watch
ktap_end
