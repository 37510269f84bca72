#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
. "$GV_TOP/selftests/lib/ktap.sh"

share()
{
	echo here >"$GV_OUT/witness"
}

ktap_plan 4
ktap_run "the host's lspci runs" lspci
ktap_run "the host's python runs" python3 -c 'print(6 * 7)'
ktap_run "the host's modprobe knows our modules" modinfo gpuvirt
ktap_run "output goes to the share" share
ktap_end
