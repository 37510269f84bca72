#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The examples of the documentation do what the documentation says.
# needs: host-root
# timeout: 120

. "$GV_TOP/selftests/lib/ktap.sh"

unload()
{
	modprobe -r gpuvirt-sim gpuvirt
}

ktap_plan 2
ktap_run "no module is loaded to begin with" unload
ktap_run "the examples of README.md print what it says" \
	"$GV_TOP/selftests/lib/console.py" "$GV_TOP/README.md"
ktap_end
