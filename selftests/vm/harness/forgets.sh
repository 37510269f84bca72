#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
. "$GV_TOP/selftests/lib/ktap.sh"

forget()
{
	modprobe kmemleak-test && modprobe -r kmemleak-test
}

ktap_plan 1
ktap_run "a module leaves memory behind" forget
ktap_end
