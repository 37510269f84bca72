#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
. "$GV_TOP/selftests/lib/ktap.sh"

left()
{
	gpuvirt sim add && for gpu in /sys/bus/pci/drivers/gpuvirt-sim/*:*; do
		echo "${gpu##*/}" >/sys/bus/pci/drivers/gpuvirt-sim/unbind
	done
}

ktap_plan 1
ktap_run "a GPU that nobody drives" left
ktap_end
