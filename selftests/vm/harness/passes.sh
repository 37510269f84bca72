#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
. "$GV_TOP/selftests/lib/ktap.sh"

skipper()
{
	ktap_skip "nothing to see"
}

ktap_plan 2
ktap_run "the kernel has a name" uname -r
ktap_run "one that skips" skipper
ktap_end
