#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All checks and tests. Goes on after a failure; the last line sums up.
#
# usage: check.sh SERIES|all|debug
#
# "all" are the kernels of Debian, "debug" those that are built to find mistakes.
# With GV_RESUME=yes, what has passed on this very tree is not run again; with
# GV_RESUME=anew that is forgotten first.

set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"
. "$top/selftests/lib/resume.sh"
. "$top/selftests/lib/results.sh"

vm=$top/selftests/vm
logs=()
beside_pid=()
beside_log=()

log_of()
{
	echo "$top/build/check/${1//[^a-zA-Z0-9.]/-}.log"
}

# One step is one result: "step NAME COMMAND...". Exit status 3 is a skip.
step()
{
	local name=$1 log status=0

	log=$(log_of "$1")
	shift
	echo "# $name"
	"$@" >"$log" 2>&1 || status=$?
	cat "$log"
	case $status in
	0)	echo "ok 1 $name" ;;
	3)	echo "ok 1 $name # SKIP $(tail -n 1 "$log")" ;;
	*)	echo "not ok 1 $name # status $status" ;;
	esac | tee -a "$log"
	awk -f "$top/selftests/lib/count.awk" <(tail -n 1 "$log") >>"$log"
	logs+=("$log")
	return $status
}

# What counts its own results, in its last line.
part()
{
	local log

	log=$(log_of "$1")
	echo "# $1"
	shift
	"$@" 2>&1 | tee "$log"
	logs+=("$log")
}

# "once step|part NAME COMMAND...": what others need is not made so, and what
# notes by itself what has passed.
once()
{
	local log

	log=$(log_of "$2")
	if resume_begin "$log" "${release-} $*"; then
		echo "# $2 has passed before: $(tail -n 1 "$log")"
		logs+=("$log")
		return
	fi
	"$@"
	resume_end "$log"
}

# "beside NAME COMMAND...", where COMMAND is once, step or part of that NAME: while
# others run. What it prints comes when it is awaited.
beside()
{
	local log

	log=$(log_of "$1")
	shift
	"$@" >"$log.beside" 2>&1 &
	beside_pid+=($!)
	beside_log+=("$log")
}

await()
{
	local i

	for i in "${!beside_pid[@]}"; do
		wait "${beside_pid[i]}" || :
		cat "${beside_log[i]}.beside"
		logs+=("${beside_log[i]}")
	done
	beside_pid=()
	beside_log=()
}

count_ktap()
{
	local ktap status

	ktap=$top/build/check/ktap-$(basename "$1" .sh)
	"$@" | awk '{ print; fflush() }' | tee "$ktap"
	status=${PIPESTATUS[0]}
	[ "$status" -eq 0 ] || grep -q '^ *not ok' "$ktap" ||
		echo "Bail out! $1 ended with status $status" | tee -a "$ktap"
	awk -f "$top/selftests/lib/count.awk" "$ktap"
}

# kernel_step NAME SERIES RESULT COMMAND...: a step whose result is kept
kernel_step()
{
	local name=$1 series=$2 result=$3 status=0

	shift 3
	step "$name" "$@" || status=$?
	[ $status -eq 3 ] || result_note "$series" "$result" \
		$((status == 0)) $((status != 0)) 0
	return $status
}

# What sparse says of one series alone is asked by make lint.
modules_for()
{
	kernel_step "modules for $1" "$1" step-build \
		"$vm/modules.sh" "$1" W=1 ${every:+C=2}
}

check_kernel()
{
	if [ "$1" = "$harness" ]; then
		[ $built -eq 0 ] || return
	else
		modules_for "$1" || return
	fi
	release=$("$vm/kernel.sh" "$1" release)
	if [ "$every" ] || { [ "${GV_LONG-}" = yes ] && [ "$1" = "$first" ]; }; then
		beside "DKMS on $1" once kernel_step "DKMS on $1" "$1" step-dkms \
			"$vm/dkms.sh" "$1"
	fi
	part "suite-$1" "$vm/suite.sh" -k "$1"
	await
	[ -z "$debug" ] || long_part "$1"
	case $1 in
	*-cover) coverage "$1" ;;
	esac
}

# What a kernel that looks for mistakes is good for beyond the suite, and would make
# each landing too long.
long_part()
{
	case $1 in
	*-debug)
		once part netlink-debug netlink_debug "$1"
		once part drills-debug drills "$1" drill_unplug drill_guest \
			drill_canary drill_memory ;;
	*-cover)
		once part drills-cover drills "$1" drill_faults fail_nth_load_all ;;
	*-kcsan)
		once part mutants-kcsan mutants_of "$1" ;;
	esac
}

# In their long size: the suite has the short one.
drills()
{
	local series=$1

	shift
	GV_DRILL=long "$vm/run.sh" -k "$series" -o "$top/build/$series/vm-long" "$@"
}

# What the tests did not reach is a result, and the tables stay.
coverage()
{
	step "coverage on $1" coverage_table "$1"
	tail -n 1 "$top/build/check/coverage.txt"
}

coverage_table()
{
	local table=$top/build/check/coverage.txt status=0

	"$top/selftests/ci/coverage.py" "$top/build/$1" \
		"$top/selftests/ci/unreached" >"$table" || status=$?
	grep 'NOT REACHED\|allowed for' "$table"
	return $status
}

# Messages made from the spec on the kernel that looks for mistakes: as many as it
# can be sent in about ten minutes.
netlink_debug()
{
	GV_TRIES=20000 "$vm/run.sh" -k "$1" drill_netlink
}

# The races that only this kernel sees, if it sees any.
mutants_of()
{
	local names

	names=$(grep -lx "# kernel: $1" "$top"/selftests/mutants/*.sed |
		sed 's|.*/||; s/\.sed$//')
	# shellcheck disable=SC2086
	"$top/selftests/ci/mutants.sh" -k "$1" $names
}

[ $# -eq 1 ] || die "usage: check.sh SERIES|all|debug"
every=
debug=
# Of the others, only what check-kernels is for.
first=$("$vm/kernel.sh" list | head -n 1)
case $1 in
all)	kernels=$("$vm/kernel.sh" list)
	every=yes ;;
debug)	kernels=$("$vm/kernel.sh" list-debug)
	debug=yes ;;
host)	die "tests never run on the running kernel: say KERNEL=6.1" ;;
*)	kernels=$1 ;;
esac

mkdir -p "$top/build/check"
[ "${GV_RESUME-}" != anew ] || resume_forget
step "generated files are those of the spec" "$top/selftests/ci/gen.sh" check
step "programs" make --no-print-directory -j"$(nproc)" -C "$top" tool tests
once step "models" "$top/selftests/ci/model.sh" 1000000
if [ "${GV_LONG-}" = yes ]; then
	once part fuzz "$top/selftests/ci/fuzz.sh" -n 1000000 words answer vgpu sim request
	once part fuzz-files "$top/selftests/ci/fuzz.sh" 20 config machine
fi
beside tool once part tool make --no-print-directory -C "$top/tools" \
	O="$top/build/tools" check
# Guests of the harness load the modules, too.
harness=${kernels%%[[:space:]]*}
built=0
modules_for "$harness" || built=$?
release=$("$vm/kernel.sh" "$harness" release)
beside makefile once part makefile count_ktap "$top/selftests/ci/targets.sh" \
	"$harness"
once part harness count_ktap "$vm/check.sh" -k "$harness"
await
for series in $kernels; do
	check_kernel "$series"
done
if [ "${GV_LONG-}" = yes ]; then
	once part lint "$top/selftests/ci/lint.sh" all
fi
if [ "$every" ]; then
	step "the table in Documentation/compat.rst" \
		/usr/bin/python3 "$top/selftests/ci/compat.py" write
fi
echo
echo "# it has taken $SECONDS s"
awk -f "$top/selftests/lib/total.awk" "${logs[@]}"
