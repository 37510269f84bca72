#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
#
# A simulated GPU below a root port: IOMMU groups are as ACS makes them.

. "$GV_TOP/selftests/lib/ktap.sh"

pci=/sys/bus/pci/devices

group()
{
	basename "$(readlink "$1/iommu_group")"
}

# below KIND VFS
below()
{
	gpu=$(gpuvirt sim add root-port "$1" total-vfs 64) &&
	pf=$pci/$gpu && port=$pci/${gpu%:*:*}:00:00.0 &&
	[ "$gpu" = "${gpu%:*:*}:01:00.0" ] &&
	[ "$(cat "$port/class")" = 0x060400 ] &&
	[ "$(dirname "$(readlink -f "$pf")")" = "$(readlink -f "$port")" ] &&
	echo "$2" >"$pf/sriov_numvfs"
}

# One group for each, the port too.
alone()
{
	below acs 64 && [ "$(cat "$pf/ari_enabled")" = 1 ] &&
	[ "$(for dev in "$port" "$pf" "$pf"/virtfn*; do group "$dev"; done |
		sort -u | wc -l)" = 66 ] &&
	[ "$(basename "$(readlink "$pf/virtfn63")")" = \
	  "${gpu%00.0}08.0" ] && gpuvirt sim del "$gpu"
}

together()
{
	below "$1" 8 && [ -e "$port/iommu_group" ] && [ "$(for dev in "$port" "$pf" "$pf"/virtfn*; do
		group "$dev"; done | sort -u)" = "$(group "$port")" ]
}

# vfio-pci takes one, but nobody can open it (sim_port_open.c): that they are taken
# away is nobody's loss.
not_for_vfio()
{
	modprobe vfio_pci &&
	echo vfio-pci >"$pf/virtfn0/driver_override" &&
	basename "$(readlink "$pf/virtfn0")" >/sys/bus/pci/drivers_probe &&
	[ "$(basename "$(readlink "$pf/virtfn0/driver")")" = vfio-pci ] &&
	echo 0 >"$pf/sriov_numvfs" && gpuvirt sim del "$gpu"
}

on_root_bus()
{
	gpu=$(gpuvirt sim add root-port none) &&
	[ "$gpu" = "${gpu%:*:*}:00:00.0" ] && gpuvirt sim del "$gpu"
}

resets()
{
	below acs 2 && echo 1 >"$pf/reset" &&
	[ "$(cat "$pf/virtfn1/vendor")" = 0x1234 ] && gpuvirt sim del "$gpu"
}

# The scratch register of the mailbox, which the PCI core does not save.
scratch()
{
	dd if="$pf/config" bs=1 skip=220 count=4 2>/dev/null |
		od -An -tx4 | tr -d ' '
}

# A GPU goes from one machine to the next by this, if FLR is not chosen.
resets_bus()
{
	below acs 2 && echo 0 >"$pf/sriov_numvfs" &&
	printf '\245\245\245\245' | dd of="$pf/config" bs=1 seek=220 \
		conv=notrunc 2>/dev/null &&
	[ "$(scratch)" = a5a5a5a5 ] && echo bus >"$pf/reset_method" &&
	echo 1 >"$pf/reset" && [ "$(scratch)" = 00000000 ] &&
	[ "$(cat "$pf/vendor")" = 0x1234 ] && gpuvirt sim del "$gpu"
}

# With an id added by hand the port is a GPU to us, but it is no PF.
no_pf()
{
	below acs 2 && gpuvirt id add 1234:4750 &&
	gpuvirt gpu show "${port##*/}" >/dev/null || return
	[ ! -e "$port/driver" ] || echo "${port##*/}" >"$port/driver/unbind"
	echo gpuvirt-sim >"$port/driver_override" &&
	! echo "${port##*/}" >/sys/bus/pci/drivers/gpuvirt-sim/bind &&
	[ ! -e "$port/driver" ] && gpuvirt id del 1234:4750 &&
	gpuvirt sim del "$gpu"
}

ktap_plan 9
ktap_run "with ACS each function has its own group" alone
ktap_run "without ACS they share one" together no-acs
ktap_run "they come and go all the same" not_for_vfio
ktap_run "with ACS turned off they share one" together acs-off
ktap_run "they are removed, too" gpuvirt sim del all
ktap_run "without a port the GPU is on the root bus" on_root_bus
ktap_run "a GPU below a port is reset" resets
ktap_run "and by the port" resets_bus
ktap_run "the port is no PF, whatever id is added" no_pf
ktap_end
