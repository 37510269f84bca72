#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
. "$GV_TOP/selftests/lib/ktap.sh"

left()
{
	gpuvirt sim add && for gpu in /sys/bus/pci/drivers/gpuvirt-sim/*:*; do
		echo 1 >"$gpu/remove"
	done
}

ktap_plan 1
ktap_run "a GPU that is off its bus" left
ktap_end
