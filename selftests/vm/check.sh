#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Does the test host itself see what it must see? Runs tests that pass, fail,
# hang, and worse, and looks whether each got the verdict it deserves.
#
# usage: check.sh [-k SERIES]

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
export GV_TOP="$top"
. "$top/selftests/lib/common.sh"
. "$top/selftests/lib/ktap.sh"
. "$top/selftests/lib/resume.sh"

series=$("$top/selftests/vm/kernel.sh" list | head -n 1)
[ "${1-}" != -k ] || series=$2
tests=$top/selftests/vm/harness
out=$top/build/$series/vm-harness
log=$out.log
slow=$("$top/selftests/vm/kernel.sh" "$series" time)
leaks=
! grep -qsx CONFIG_DEBUG_KMEMLEAK_TEST=m \
	"$("$top/selftests/vm/kernel.sh" "$series" headers)/.config" || leaks=yes

# Each test with a part of the line that it must get.
expected()
{
	cat <<-END
	ok 1 passes
	not ok 2 fails # 1 of 2 failed
	not ok 3 complains # the kernel complained
	not ok 4 unplanned # planned 2 results, gave 1
	not ok 5 hangs # it ran past its limit of $((4 * slow)) s
	ok 6 passes
	not ok 7 leaves # it left processes running
	ok 8 hostroot # SKIP
	not ok 9 oopses # the guest ended while it ran
	not ok 10 passes # not run
	END
}

sees()
{
	grep -qF "$1" "$log" && return
	echo "expected: $1"
	grep '^ok\|^not ok' "$log"
	return 1
}

# What is found when all tests have run, by a guest that looks for it: memory
# that a module which is gone has lost.
sees_leak()
{
	[ "$leaks" ] || {
		ktap_skip "this kernel does not look for leaks"
		return
	}
	"$top/selftests/vm/run.sh" -k "$series" -r host -o "$out-leak" \
		"$tests/forgets.sh" >"$log.leak" 2>&1 || :
	cat "$log.leak"
	grep -q '^ok 1 forgets' "$log.leak" &&
	grep -q '^not ok 2 kmemleak # [1-9][0-9]* objects leaked' "$log.leak"
}

# What has passed is not run again: on the same files, if that is wanted.
resumes()
(
	top=$out/tree
	rm -rf "$top"
	mkdir -p "$top"
	echo one >"$top/file"
	GV_RESUME=yes
	log=$out/resumed.log
	rm -f "$log.passed"
	! resume_begin "$log" a || return
	echo "2 passed, 1 failed, 0 skipped" >"$log"
	resume_end "$log"
	! resume_begin "$log" a || return
	echo "3 passed, 0 failed, 0 skipped" >"$log"
	resume_end "$log"
	resume_begin "$log" a || return
	! (GV_RESUME='' && cp "$log.passed" "$log.kept" &&
		resume_begin "$log" a) || return
	cp "$log.kept" "$log.passed"
	echo two >"$top/file"
	! resume_begin "$log" a || return
	# Changed while it ran.
	echo three >"$top/file"
	resume_end "$log"
	! resume_begin "$log" a || return
	resume_end "$log"
	resume_begin "$log" a && ! resume_begin "$log" b
)

mkdir -p "$top/build/$series"
"$top/selftests/vm/run.sh" -k "$series" -o "$out" \
	"$tests/passes.sh" "$tests/fails.sh" "$tests/complains.sh" \
	"$tests/unplanned.sh" "$tests/hangs.sh" "$tests/passes.sh" \
	"$tests/leaves.sh" "$tests/hostroot.sh" "$tests/oopses.sh" \
	"$tests/passes.sh" >"$log" 2>&1 || :

ktap_plan $(($(expected | wc -l) + 4))
expected >"$log.expected"
while read -r line; do
	what=$(echo "$line" | tr -d '#')
	ktap_run "harness: $what" sees "$line"
done <"$log.expected"
ktap_run "harness: the console of a guest that died is shown" \
	sees "sysrq_handle_crash"
# fails, complains, unplanned, hangs, leaves, oopses and the one not run
ktap_run "harness: all is counted" sees "6 passed, 7 failed, 3 skipped"
ktap_run "harness: memory that was lost is found" sees_leak
ktap_run "harness: only what has passed on the same tree is left out" resumes
ktap_end
