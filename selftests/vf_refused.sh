#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
#
# What stands in the way of VFs of a simulated GPU: each is told in a sentence, and
# leaves the VFs as they were.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

pci=/sys/bus/pci
devices=$pci/devices
noiommu=/sys/module/vfio/parameters/enable_unsafe_noiommu_mode

vf()
{
	basename "$(readlink $devices/"$gpu"/virtfn"$1")"
}

# So many VFs, that many of them in vfio-pci.
vfs()
{
	[ "$(cat $devices/"$gpu"/sriov_numvfs)" = "$1" ] &&
	[ "$(ls -d $pci/drivers/vfio-pci/"${gpu%:*}":*.[1-7] 2>/dev/null |
		wc -l)" -eq "$2" ]
}

enable()
{
	add_gpu total-vfs 4 && works gpuvirt vf enable "$gpu" 2 && vfs 2 2
}

# The reset of its VF does not end. The kernel waits for a minute.
start_late()
{
	ktap_long && add_gpu total-vfs 1 || return
	late_gpu=$gpu
	works gpuvirt vf enable "$late_gpu" 1 driver none &&
	works gpuvirt sim set "$late_gpu" faults flr-stuck || return
	gpuvirt vf reset "${late_gpu%.0}.1" timeout 600 >"$said.late" 2>&1 &
	late=$!
}

late_ended()
{
	ktap_long || return
	wait "$late"
	status=$?
	cat "$said.late"
	[ $status -eq 1 ] && grep -q "the reset of VF .* failed: error" \
		"$said.late" && works gpuvirt sim set "$late_gpu" faults none &&
	works gpuvirt vf reset "${late_gpu%.0}.1" &&
	works gpuvirt sim del "$late_gpu"
}

not_disabled()
{
	works gpuvirt sim set "$gpu" faults vf-disable &&
	refused "did not disable the VFs: error 5" gpuvirt vf disable "$gpu" &&
	vfs 2 2 &&
	refused "did not disable the VFs: error 5" \
		gpuvirt vf enable "$gpu" 1 resize && vfs 2 2 || return
	# one that had no driver gets none
	echo "$(vf 1)" >$pci/drivers/vfio-pci/unbind &&
	refused "did not disable the VFs: error 5" gpuvirt vf disable "$gpu" &&
	vfs 2 1 && [ ! -e "$devices/$(vf 1)/driver" ] &&
	echo "$(vf 1)" >$pci/drivers_probe && vfs 2 2 &&
	works gpuvirt sim set "$gpu" faults none
}

# With consent VFs go first; that others do not come then is said.
none_left()
{
	works gpuvirt sim set "$gpu" faults vf-enable &&
	refused "no VFs now: 2 were disabled, then 1 not enabled, error 5" \
		gpuvirt vf enable "$gpu" 1 resize && vfs 0 0 &&
	works gpuvirt sim set "$gpu" faults none &&
	works gpuvirt vf enable "$gpu" 2 && vfs 2 2 &&
	refused "2 VFs are enabled already" \
		gpuvirt vf enable "$gpu" 2 driver host
}

generation()
{
	gpuvirt | sed -n 's/^module.* generation \([0-9]*\).*/\1/p'
}

# What is there already, and what is refused, is no change of the configuration.
unchanged()
{
	before=$(generation) && [ "$before" ] &&
	works gpuvirt vf enable "$gpu" 2 &&
	refused "2 VFs are enabled already" gpuvirt vf enable "$gpu" 3 &&
	[ "$(generation)" = "$before" ]
}

# A driver of the host has made a mediated device of a VF, as NVIDIA's does.
mediated()
{
	driver=gpuvirt-test-mdev
	mdev=7e57ab1e-0000-4000-8000-000000000001
	gpuvirt -j gpu show "$gpu" >"$said"
	has '"mdev"' || {
		ktap_skip "this kernel has no mdev"
		return
	}
	modprobe gpuvirt-mdevs &&
	works gpuvirt vf enable "$gpu" 2 driver $driver resize && vfs 2 0 &&
	echo $mdev >"$devices/$(vf 1)/mdev_supported_types/$driver-one/create" &&
	refused "VF $(vf 1) has mediated devices of $driver" \
		gpuvirt vf disable "$gpu" &&
	grep -q "(vf-driven" "$said.err" && vfs 2 0 &&
	refused "VF $(vf 1) is in use" gpuvirt sim del "$gpu" && vfs 2 0 &&
	mediated_removal &&
	works gpuvirt vf enable "$gpu" 2 driver vfio-pci resize && vfs 2 2 &&
	rmmod gpuvirt_mdevs
}

# Its removal waits for who has it open, and it is in no list of devices meanwhile;
# then somebody unbinds the driver, which waits for that.
mediated_removal()
{
	used=/sys/module/gpuvirt_mdevs/parameters/used
	echo Y >$used
	echo 1 >/sys/bus/mdev/devices/$mdev/remove &
	remover=$!
	within 20 grep -q "^State:.D" /proc/$remover/status &&
	refused "VF $(vf 1) has mediated devices of $driver" \
		gpuvirt vf disable "$gpu" && vfs 2 0
	status=$?
	echo "$(vf 1)" >"$devices/$(vf 1)/driver/unbind" &
	unbinder=$!
	[ $status -ne 0 ] || {
		within 20 grep -q "^State:.D" /proc/$unbinder/status &&
		refused "VF $(vf 1) is being unbound from $driver by somebody else" \
			gpuvirt vf disable "$gpu"
		status=$?
	}
	echo N >$used
	wait $remover && wait $unbinder && [ $status -eq 0 ]
}

no_reset()
{
	method=$devices/$(vf 0)/reset_method
	echo >"$method" &&
	refused "VF $(vf 0) has no reset method" gpuvirt vf reset "$(vf 0)" &&
	echo default >"$method" && works gpuvirt vf reset "$(vf 0)"
}

# Somebody else resets it, and has its lock for as long as that takes.
other_reset()
{
	works gpuvirt sim set "$gpu" faults flr-stuck || return
	echo 1 >$devices/"$(vf 1)"/reset &
	other=$!
	within 20 grep -q "^State:.D" /proc/$other/status &&
	refused "is being bound, unbound or reset already" \
		gpuvirt vf reset "$(vf 1)"
	status=$?
	works gpuvirt sim set "$gpu" faults none && wait $other &&
	[ $status -eq 0 ] && works gpuvirt vf reset "$(vf 1)"
}

rebind()
{
	echo "$gpu" >$pci/drivers/gpuvirt-sim/unbind &&
	echo "$gpu" >$pci/drivers/gpuvirt-sim/bind
}

none_allowed()
{
	works gpuvirt vf disable "$gpu" &&
	works gpuvirt sim set "$gpu" faults no-vfs && rebind &&
	refused "allows no VFs on this GPU" gpuvirt vf enable "$gpu" 1 &&
	works gpuvirt sim set "$gpu" faults none && rebind &&
	works gpuvirt vf enable "$gpu" 1 driver none && vfs 1 0
}

# A driver that takes its time to load keeps the operation waiting.
slow_driver()
{
	modprobe -r vfio_pci
	cat >"$said.modprobe" <<-END
	#!/bin/sh
	touch $said.asked
	while [ ! -e $said.go ]; do sleep 0.1; done
	exec $modprobe "\$@"
	END
	chmod +x "$said.modprobe" &&
	echo "$said.modprobe" >/proc/sys/kernel/modprobe || return
	gpuvirt vf enable "$gpu" 2 driver vfio-pci resize >"$said.slow" 2>&1 &
	slow=$!
	within 20 test -e "$said.asked"
}

meanwhile()
{
	refused "another operation on GPU $gpu is under way" \
		gpuvirt vf reset "$(vf 0)" &&
	refused "another operation on GPU $gpu is under way" \
		gpuvirt vf disable "$gpu" && vfs 1 0
}

# Nobody keeps it for the driver that is being loaded.
removed_meanwhile()
{
	echo 1 >$devices/"$gpu"/remove &
	remover=$!
	within 20 [ ! -e $devices/"$gpu" ]
	removed=$?
	touch "$said.go"
	wait $remover
	wait $slow
	status=$?
	cat "$said.slow"
	echo "$modprobe" >/proc/sys/kernel/modprobe
	[ $removed -eq 0 ] && [ $status -eq 1 ] &&
	grep -q "the GPU was removed" "$said.slow" &&
	works gpuvirt sim del "$gpu" && works gpuvirt vf show &&
	hasnt "gpu $gpu"
}

# What nothing translates for, VFIO has without telling whether it is open.
without_iommu()
{
	[ -e $noiommu ] ||
		{ ktap_skip "this kernel's VFIO wants an IOMMU"; return; }
	echo Y >$noiommu && add_gpu total-vfs 2 &&
	works gpuvirt sim set "$gpu" faults vf-probe &&
	works gpuvirt vf enable "$gpu" 2 && vfs 2 2 &&
	refused "VFIO has it without an IOMMU" gpuvirt vf disable "$gpu" &&
	vfs 2 2 && ! echo 0 >$devices/"$gpu"/sriov_numvfs && vfs 2 2 &&
	refused "is in use" gpuvirt sim del "$gpu" && vfs 2 2 &&
	vf 1 >$pci/drivers/vfio-pci/unbind && works gpuvirt vf disable "$gpu" &&
	works gpuvirt sim del "$gpu"
}

pf_without_iommu()
{
	[ -e $noiommu ] ||
		{ ktap_skip "this kernel's VFIO wants an IOMMU"; return; }
	add_gpu total-vfs 0 && echo "$gpu" >$pci/drivers/gpuvirt-sim/unbind &&
	echo vfio-pci >$devices/"$gpu"/driver_override &&
	echo "$gpu" >$pci/drivers_probe &&
	refused "GPU $gpu is in use" gpuvirt sim del "$gpu" &&
	[ -e $devices/"$gpu" ] && echo "$gpu" >$pci/drivers/vfio-pci/unbind &&
	works gpuvirt sim del "$gpu" && echo N >$noiommu
}

read -r modprobe </proc/sys/kernel/modprobe
modprobe -a vfio_iommu_type1 vfio_pci
ktap_plan 15
ktap_run "the reset of a VF is started that does not end" start_late
ktap_run "another GPU with VFs" enable
ktap_run "VFs that can't be disabled go back to their driver" not_disabled
ktap_run "a resize that ends with none" none_left
ktap_run "what changes nothing makes no generation" unchanged
ktap_run "VFs with mediated devices stay" mediated
ktap_run "a VF that can't be reset" no_reset
ktap_run "a VF that somebody else is resetting" other_reset
ktap_run "a driver that allows none" none_allowed
ktap_run "the VFs' driver is slow to load" slow_driver
ktap_run "nothing else is done to the GPU meanwhile" meanwhile
ktap_run "the GPU is removed before it is loaded" removed_meanwhile
ktap_run "a VF that VFIO has without an IOMMU" without_iommu
ktap_run "a PF that it has so" pf_without_iommu
ktap_run "the reset that did not end is given up" late_ended
ktap_end
