#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
#
# The KUnit suites of gpuvirt's logic, where the kernel has KUnit: each case is
# a result here.
. "$GV_TOP/selftests/lib/ktap.sh"

cases="vram edid bars dispi why"
results=/sys/kernel/debug/kunit/gpuvirt/results

passed()
{
	[ "$there" ] || {
		ktap_skip "this kernel has no KUnit"
		return
	}
	grep "gv_test_$1" "$results" &&
	grep -q "^ *ok [0-9]* \(- \)\{0,1\}gv_test_$1" "$results"
}

there=
if modinfo kunit >/dev/null 2>&1 || [ -e /sys/kernel/debug/kunit ]; then
	there=yes
	mountpoint -q /sys/kernel/debug ||
		mount -t debugfs none /sys/kernel/debug
	modprobe gpuvirt-test
fi

# shellcheck disable=SC2086
set -- $cases
ktap_plan $#
for case; do
	ktap_run "$case" passed "$case"
done
[ ! "$there" ] || modprobe -r gpuvirt-test
ktap_end
