#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
. "$GV_TOP/selftests/lib/ktap.sh"
ktap_plan 1
sleep 1000 &
ktap_run "true" true
ktap_end
