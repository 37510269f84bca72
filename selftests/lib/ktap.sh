# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# KTAP for tests in shell. A test reads this file, makes a plan and runs
# functions, each of which is one result:
#
#	. "${0%/*}/lib/ktap.sh"
#	ktap_plan 2
#	ktap_run "the answer is 42" check_answer
#	ktap_run "it does not crash" check_crash
#	ktap_end
#
# A function fails by its exit status, or says `ktap_skip REASON`. What it
# prints becomes comment lines.

ktap_n=0
ktap_failed=0
ktap_planned=0
ktap_skip_reason=

ktap_plan()
{
	echo "KTAP version 1"
	echo "1..$1"
	ktap_planned=$1
}

ktap_ok()
{
	ktap_n=$((ktap_n + 1))
	echo "ok $ktap_n $1"
}

ktap_not_ok()
{
	ktap_n=$((ktap_n + 1))
	ktap_failed=$((ktap_failed + 1))
	echo "not ok $ktap_n $1${2:+ # $2}"
}

ktap_skipped()
{
	ktap_n=$((ktap_n + 1))
	echo "ok $ktap_n $1 # SKIP ${2-}"
}

# For use in a function that ktap_run runs: return ktap_skip "no such thing".
ktap_skip()
{
	echo "$*" >"$ktap_file.skip"
	return 4
}

# What takes a minute is for make check-all, and for the kernel that counts what is
# reached: ktap_long || return
ktap_long()
{
	case ${GV_DRILL-}:$(uname -r) in
	long:* | *-cover) ;;
	*)	ktap_skip "it takes long: make check-all runs it" ;;
	esac
}

# All that can be tested is not here: end the test as skipped.
ktap_skip_all()
{
	echo "KTAP version 1"
	echo "1..0 # SKIP $*"
	exit 4
}

ktap_bail()
{
	echo "Bail out! $*"
	exit 1
}

ktap_file=$(mktemp)
trap 'rm -f "$ktap_file" "$ktap_file.skip"' EXIT

# ktap_run DESCRIPTION FUNCTION [ARG...]
ktap_run()
{
	ktap_what=$1
	shift
	rm -f "$ktap_file.skip"
	ktap_status=0
	"$@" >"$ktap_file" 2>&1 || ktap_status=$?
	sed 's/^/# /' "$ktap_file"
	if [ -e "$ktap_file.skip" ]; then
		ktap_skipped "$ktap_what" "$(cat "$ktap_file.skip")"
	elif [ $ktap_status -eq 0 ]; then
		ktap_ok "$ktap_what"
	else
		ktap_not_ok "$ktap_what" "status $ktap_status"
	fi
}

# The exit status of the test, from all results.
ktap_end()
{
	[ $ktap_n -eq "$ktap_planned" ] ||
		ktap_bail "planned $ktap_planned results, gave $ktap_n"
	[ $ktap_failed -eq 0 ]
	exit
}
