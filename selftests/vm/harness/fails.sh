#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
. "$GV_TOP/selftests/lib/ktap.sh"
ktap_plan 2
ktap_run "true" true
ktap_run "false" false
ktap_end
