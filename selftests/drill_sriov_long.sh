#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: long, host-root
# timeout: 900
#
# R12 for two minutes.

exec "$GV_TOP/build/tests/drill_sriov" "${GV_DRILL:-long}"
