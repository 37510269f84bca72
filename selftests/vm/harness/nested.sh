#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: nested
# timeout: 300
#
# An inner guest on QEMU's own bochs-display: what fails here is not for our
# device to answer for.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/inner.sh"

starts()
{
	inner_start one bochs-display gv.name=one gv.shape=circle
}

dumps()
{
	inner_screendump one "$GV_OUT/one.png" && file "$GV_OUT/one.png" |
		grep 'PNG image'
}

ktap_plan 4
ktap_run "an inner guest starts" starts
ktap_run "its stock driver shows a picture" inner_wait one DRAWN 200
ktap_run "QEMU writes it to a file" dumps
ktap_run "it stops" inner_stop one
cat "$inner_dir/one/report"
ktap_end
