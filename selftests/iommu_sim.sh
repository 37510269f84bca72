#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
#
# The simulated GPU's VFs are in the groups that its root port makes of them, in
# the kernel's eyes and in ours; its own IOMMU is one like any other.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/iommu.sh"

# with PORT: a GPU behind such a port, with VFs; then all of it goes.
with()
{
	add_gpu vram 64MiB total-vfs 4 root-port "$1" &&
	works gpuvirt vf enable "$gpu" 4 &&
	agree_all && "with_$(echo "$1" | tr - _)" || return
	works gpuvirt vf disable "$gpu" && works gpuvirt sim del "$gpu"
}

vf()
{
	basename "$(readlink "$pci/$gpu/virtfn$1")"
}

with_none()
{
	verdict "$(vf 3)" isolated "alone in its group"
}

with_acs()
{
	verdict "$(vf 3)" isolated "alone in its group"
}

with_acs_off()
{
	verdict "$(vf 3)" shared "has ACS with SV RR CR UF off" &&
	works gpuvirt iommu explain "$(vf 3)" && has "boot with pci=config_acs="
}

with_no_acs()
{
	verdict "$(vf 3)" shared "has no ACS (SV RR CR UF missing)"
}

# VFs of a GPU are shown without having been asked for.
listed()
{
	add_gpu vram 64MiB total-vfs 4 && works gpuvirt vf enable "$gpu" 2 &&
	works gpuvirt iommu show && has "$gpu  " && has "$(vf 1)  " &&
	hasnt 0000:00:00.0 && works gpuvirt vf disable "$gpu" &&
	works gpuvirt sim del "$gpu"
}

ktap_plan 5
ktap_run "no port" with none
ktap_run "a port with ACS" with acs
ktap_run "a port with ACS turned off" with acs-off
ktap_run "a port without ACS" with no-acs
ktap_run "VFs are shown" listed
ktap_end
