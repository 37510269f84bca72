#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# What IGT, the test suite of the kernel's GPU drivers, asks of SR-IOV: results
# have the names of its subtests sriov_basic and xe_sriov_vfio, here with the
# simulated GPU and through the tool. See also igt_flr.c.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

pci=/sys/bus/pci
total=16

# IGT asks for each number of VFs; that takes minutes.
counts="1 $total"
to_bind="1 2 7"
[ "${GV_DRILL-}" != long ] || counts=$(seq $total) to_bind="1 2 7 15"

# have COUNT DRIVER: so many VFs, each of which has that driver, or none.
have()
{
	[ "$(cat "$pf/sriov_numvfs")" = "$1" ] &&
	[ "$(ls -d "$pf"/virtfn* 2>/dev/null | wc -l)" = "$1" ] &&
	if [ -z "$2" ]; then
		[ "$(drivers | wc -l)" = 0 ]
	else
		[ "$(drivers | grep -c "/$2\$")" = "$1" ]
	fi && return
	echo "not $1 VFs with driver \"$2\":"
	drivers
	return 1
}

drivers()
{
	ls -l "$pf"/virtfn*/driver 2>/dev/null
}

# Whether drivers are probed by themselves is the administrator's to say: who is
# born into a driver gets it all the same.
autoprobe()
{
	echo "$1" >"$pf/sriov_drivers_autoprobe"
}

# each DRIVER HAVE COUNT...: so many VFs, born into one, have the other
each()
{
	born=$1 driver=$2
	shift 2
	for n; do
		works gpuvirt vf enable "$gpu" "$n" driver "$born" &&
		have "$n" "$driver" && works gpuvirt vf disable "$gpu" &&
		have 0 "" || return
	done
}

# Left to the host: one of its drivers knows them, and takes them only while it is
# let.
# shellcheck disable=SC2086
autoprobe_off()
{
	each host vfio-pci 2 && autoprobe 0 &&
	each host "" $counts && each vfio-pci vfio-pci 1 $total &&
	[ "$(cat "$pf/sriov_drivers_autoprobe")" = 0 ] && autoprobe 1 &&
	each none "" 1 $total
}

enable_vfs_autoprobe_off()
{
	ids="$(cat "$pf/vendor") $(cat "$pf/sriov_vf_device")"
	echo "$ids" >$pci/drivers/vfio-pci/new_id || return
	autoprobe_off
	ret=$?
	autoprobe 1
	echo "$ids" >$pci/drivers/vfio-pci/remove_id
	return $ret
}

enable_vfs_autoprobe_on()
{
	for n in $counts; do
		works gpuvirt vf enable "$gpu" "$n" && have "$n" vfio-pci &&
		works gpuvirt vf disable "$gpu" && have 0 "" || return
	done
}

# The name of VF $1, of which the first is 1.
vf()
{
	basename "$(readlink "$pf/virtfn$(($1 - 1))")"
}

# shown VF [DRIVER]: with that driver, or none, it is shown
shown()
{
	works gpuvirt vf show "$(vf "$1")" || return
	if [ $# -gt 1 ]; then
		has "driver $2"
	else
		hasnt driver
	fi
}

# bind_unbind VF: to vfio-pci, as driverctl or libvirt do, and away.
bind_unbind()
{
	name=$(vf "$1") &&
	[ ! -e "$pci/devices/$name/driver" ] && shown "$1" &&
	echo vfio-pci >"$pci/devices/$name/driver_override" &&
	echo "$name" >$pci/drivers_probe &&
	[ -e "$pci/drivers/vfio-pci/$name" ] &&
	shown "$1" vfio-pci &&
	[ -c "/dev/vfio/$(basename "$(readlink "$pci/devices/$name/iommu_group")")" ] &&
	echo "$name" >$pci/drivers/vfio-pci/unbind &&
	[ ! -e "$pci/devices/$name/driver" ] && shown "$1"
}

bind_unbind_each()
{
	gpuvirt vf disable "$gpu"
	works gpuvirt vf enable "$gpu" "$1" driver none || return
	for i in $(seq "$1"); do
		bind_unbind "$i" || return
	done
	works gpuvirt vf disable "$gpu" && have 0 ""
}

enable_vfs_bind_unbind_each()
{
	for n in $to_bind; do
		bind_unbind_each $n || return
	done
}

bind_unbind_vf()
{
	for n in 1 9 $total; do
		works gpuvirt vf enable "$gpu" $n driver none &&
		bind_unbind $n && works gpuvirt vf disable "$gpu" || return
	done
}

# pf_unbind: nobody can refuse that the PF driver is unbound. Its VFs go, and the
# tool says so.
pf_unbind()
{
	echo "$gpu" >$pci/drivers/gpuvirt-sim/unbind &&
	[ ! -e "$pf/driver" ] && have 0 "" && works gpuvirt vf show &&
	[ ! -s "$said" ] && works gpuvirt gpu show "$gpu" &&
	has "no PF driver is bound" &&
	refused "no PF driver is bound" gpuvirt vf enable "$gpu" 1 &&
	echo "$gpu" >$pci/drivers/gpuvirt-sim/bind &&
	works gpuvirt vf enable "$gpu" 1 && have 1 vfio-pci &&
	works gpuvirt vf disable "$gpu"
}

pf_unbind_with_vfs_enabled_numvfs_all()
{
	works gpuvirt vf enable "$gpu" $total driver none &&
	have $total "" && pf_unbind
}

pf_unbind_with_vf_probed()
{
	works gpuvirt vf enable "$gpu" 1 && have 1 vfio-pci && pf_unbind
}

modprobe vfio_iommu_type1
modprobe vfio_pci
modprobe gpuvirt-sim
add_gpu total-vfs $total || ktap_bail "no GPU"
pf=$pci/devices/$gpu
ktap_plan 9
ktap_run "sriov_basic enable-vfs-autoprobe-off" enable_vfs_autoprobe_off
ktap_run "sriov_basic enable-vfs-autoprobe-on" enable_vfs_autoprobe_on
ktap_run "sriov_basic enable-vfs-bind-unbind-each" enable_vfs_bind_unbind_each
ktap_run "sriov_basic enable-vfs-bind-unbind-each-numvfs-all" \
	bind_unbind_each $total
ktap_run "sriov_basic bind-unbind-vf" bind_unbind_vf
ktap_run "sriov_basic pf-unbind-with-vfs-enabled-numvfs-all" \
	pf_unbind_with_vfs_enabled_numvfs_all
ktap_run "sriov_basic pf-unbind-with-vf-probed" pf_unbind_with_vf_probed
ktap_run "xe_sriov_vfio bind-unbind-vfs" bind_unbind_each 3
ktap_run "the GPU goes" gpuvirt sim del "$gpu"
ktap_end
