#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
. "$GV_TOP/selftests/lib/ktap.sh"
ktap_plan 1
ktap_run "true" true
echo "WARNING: CPU: 0 PID: 1 at nowhere" >/dev/kmsg
ktap_end
