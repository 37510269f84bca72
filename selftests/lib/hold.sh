# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# A call in the kernel that waits, as lib/hold.h has it, for tests of the tool.

hold=/sys/module/gpuvirt_hold/parameters

# hold_load || return
hold_load()
{
	modprobe gpuvirt-hold 2>/dev/null ||
		ktap_skip "calls can't be held on this kernel"
}

# hold_call CALL COMMAND...: do it in the background, and hold that call in it
hold_call()
{
	echo "$1" >$hold/call || return
	shift
	"$@" >/tmp/held 2>&1 &
	held=$!
	within 30 grep -q Y $hold/held
}

# It goes on; how the command ends is how this does.
hold_go()
{
	echo none >$hold/call
	wait "$held"
	held_status=$?
	cat /tmp/held
	within 30 modprobe -r gpuvirt-hold && return "$held_status"
}
