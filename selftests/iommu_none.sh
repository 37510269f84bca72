#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# qemu: -device bochs-display
#
# A machine without an IOMMU: nothing can be given away, and the report says so.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/iommu.sh"

find_gpu()
{
	for gpu in "$pci"/*; do
		[ "$(cat "$gpu/vendor")" = 0x1234 ] && gpu=${gpu##*/} && return
	done
	return 1
}

told()
{
	verdict "$gpu" no-iommu "neither firmware nor the kernel knows"
}

fix()
{
	works gpuvirt iommu explain "$gpu" &&
		has "fix: turn the IOMMU on in the firmware's setup"
}

# Nobody, root apart, can read more than 64 bytes: that changes nothing here.
unprivileged()
{
	works su user -c "gpuvirt iommu show" && has "$gpu  no-iommu"
}

ktap_plan 4
ktap_run "there is a GPU" find_gpu
ktap_run "there is no IOMMU" told
ktap_run "what can be done" fix
ktap_run "without root" unprivileged
ktap_end
