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

# What the kernel may say of itself, one at a time: complains.sh says the first.
complaints()
{
	cat <<-END
	BUG: unable to handle page fault for address: 0000000000000000
	possible recursive locking detected
	INFO: task init:1 blocked for more than 120 seconds.
	KASAN: null-ptr-deref in range [0x0-0x7]
	UBSAN: shift-out-of-bounds in nowhere.c:1:1
	refcount_t: underflow
	kernel BUG at nowhere.c:1!
	general protection fault, probably for non-canonical address
	[drm] Poison overwritten
	END
}

# Print the files of tests that bring these into the log.
write_complaints()
{
	rm -rf "$out.complaints"
	mkdir -p "$out.complaints"
	n=0
	complaints | while read -r text; do
		n=$((n + 1))
		file=$out.complaints/complains_$n.sh
		sed "s|^echo .*|echo '$text' >/dev/kmsg|" \
			"$tests/complains.sh" >"$file"
		chmod +x "$file"
		echo "$file"
	done
}

# None of them was taken for another one's.
all_complaints()
{
	complaints | while read -r text; do
		grep -F "# the kernel complained: " "$log" | grep -qF "$text" || {
			echo "not noticed: $text"
			exit 1
		}
	done
}

# Where a newer QEMU is not to be had, the machine's own has to do. The mirror of
# the machine's apt, asked by way of a false apt-get, has no such suite.
own_qemu()
{
	major=$(qemu-system-x86_64 --version | sed -n 's/.*version \([0-9]*\)\..*/\1/p')
	[ "$major" -lt 10 ] || {
		ktap_skip "the QEMU of this machine is a newer one"
		return
	}
	rm -rf "$out.cache"
	mkdir -p "$out.cache" "$out.path"
	ln -s "$cache/kernels" "$out.cache/kernels"
	cat >"$out.path/apt-get" <<-'END'
	#!/bin/sh
	case $* in
	*indextargets*)	echo bookworm http://nowhere.invalid/debian/ ;;
	*)	echo "E: 404  Not Found"; exit 100 ;;
	esac
	END
	chmod +x "$out.path/apt-get"
	GPUVIRT_CACHE=$out.cache PATH=$out.path:$PATH \
		"$top/selftests/vm/run.sh" -k "$series" -o "$out-own-qemu" \
		--nested "$tests/passes.sh" >"$log.own-qemu" 2>&1 || :
	cat "$log.own-qemu"
	grep -q "^# this machine's own QEMU is used" "$log.own-qemu" &&
	grep -q '^1 passed, 0 failed, 1 skipped' "$log.own-qemu"
}

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
	not ok 8 leaves_gpu # it left simulated GPUs behind
	ok 9 hostroot # SKIP
	END
	complaints | awk '{ print "not ok " 9 + NR " complains_" NR " # the kernel complained" }'
	last=$((9 + $(complaints | wc -l)))
	cat <<-END
	not ok $((last + 1)) oopses # the guest ended while it ran
	not ok $((last + 2)) passes # not run
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
	echo "0 passed, 0 failed, 1 skipped" >"$log"
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

# counted SUM KTAP: that is what is counted of it, and a failure is one
counted()
{
	sum=$(printf "$2" | awk -f "$top/selftests/lib/count.awk") && status=0 ||
		status=1
	echo "$sum"
	[ "$(echo "$sum" | tail -n 1)" = "$1" ] || return
	case $1 in
	*' 0 failed,'*)	[ $status -eq 0 ] ;;
	*)		[ $status -ne 0 ] ;;
	esac
}

counts()
{
	counted "2 passed, 0 failed, 0 skipped" '1..2\nok 1 a\nok 2 b\n' &&
	counted "1 passed, 1 failed, 0 skipped" '1..3\nok 1 a\n' &&
	counted "1 passed, 1 failed, 0 skipped" 'ok 1 a\nBail out! b\n' &&
	counted "1 passed, 1 failed, 0 skipped" '1..2\nok 1 a\nnot ok 2 b\n'
}

# That of the first comes after the plan of all.
kept()
{
	printf '1..2\n    1..1\n    ok 1 x\nok 1 a\n    ok 1 y\nok 2 b\n' |
		awk -v count="$top/selftests/lib/count.awk" -v tmp="$out.one" \
			-f "$top/selftests/lib/results.awk" >"$out.kept"
	cat "$out.kept"
	[ "$(tr -s ' ' <"$out.kept" | sed 's/ $//')" = "a 1 0 0
b 1 0 0" ]
}

mkdir -p "$top/build/$series"
# shellcheck disable=SC2046
"$top/selftests/vm/run.sh" -k "$series" -o "$out" \
	"$tests/passes.sh" "$tests/fails.sh" "$tests/complains.sh" \
	"$tests/unplanned.sh" "$tests/hangs.sh" "$tests/passes.sh" \
	"$tests/leaves.sh" "$tests/leaves_gpu.sh" "$tests/hostroot.sh" \
	$(write_complaints) "$tests/oopses.sh" "$tests/passes.sh" >"$log" 2>&1 || :

ktap_plan $(($(expected | wc -l) + 8))
expected >"$log.expected"
while read -r line; do
	what=$(echo "$line" | tr -d '#')
	ktap_run "harness: $what" sees "$line"
done <"$log.expected"
ktap_run "harness: the console of a guest that died is shown" \
	sees "sysrq_handle_crash"
ktap_run "harness: each complaint is noticed by itself" all_complaints
# fails, complains, unplanned, hangs, leaves, leaves_gpu, oopses, the one not run
n=$(complaints | wc -l)
ktap_run "harness: all is counted" \
	sees "$((7 + n)) passed, $((8 + n)) failed, 3 skipped"
ktap_run "harness: without a newer QEMU the machine's own is used" own_qemu
ktap_run "harness: memory that was lost is found" sees_leak
ktap_run "harness: only what has passed on the same tree is left out" resumes
ktap_run "harness: what broke off is counted as failed" counts
ktap_run "harness: the result of each test is kept by itself" kept
ktap_end
