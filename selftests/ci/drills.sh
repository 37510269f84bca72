#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the drills by themselves, and print what each has tried.
#
# usage: drills.sh run SERIES...	all of them once, on each kernel
#        drills.sh soak HOURS SERIES	one after the other, with ever new seeds
#        drills.sh table		what soak has done so far
#
# GV_DRILL is the size, which is else long for run and soak for soak; GV_SEED the
# seed of a run. Soak goes on where it was stopped: what it has done is in
# build/soak/rows. It takes the models and the fuzzers of the modules' sources by turns
# with the drills; ONLY="NAME..." names those that it shall take.

set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"
. "$top/selftests/vm/tests.sh"

vm=$top/selftests/vm

# Rows of the table, from what drills have said in a log.
rows()
{
	sed -n "s/^ *# \\(R[0-9]*[a-z]* tried [0-9]* failed .*\\)\$/$1 \\1/p"
}

table()
{
	awk -f "$top/selftests/lib/drills.awk" "$1"
}

build()
{
	"$vm/modules.sh" "$1" >/dev/null
	make --no-print-directory -C "$top" tool tests >/dev/null
}

run()
{
	local out=$top/build/drills series status=0

	mkdir -p "$out"
	: >"$out/rows"
	export GV_DRILL="${GV_DRILL-long}" GV_LONG=yes
	for series; do
		build "$series"
		"$vm/suite.sh" -k "$series" "$top"/selftests/drill_* \
			"$top"/selftests/fail_nth*.c |
			tee "$out/$series.log" || status=1
		tr -d '\r' <"$out/$series.log" |
			rows "$("$vm/kernel.sh" "$series" release)" >>"$out/rows"
	done
	echo
	table "$out/rows" || status=1
	return $status
}

# One drill in a guest of its own. A drill without a row has failed to be one.
soak_one()
{
	local out=$top/build/soak series=$1 test=$2 seed=$3 src row
	local args=(-k "$1" -o "$top/build/soak/vm" -q)

	src=$(test_source "$test")
	[ "$(test_root "$src")" = initramfs ] || args+=(-r host)
	! test_needs "$src" nested || args+=(-m 3072 --nested)
	GV_DRILL=${GV_DRILL-soak} GV_SEED=$seed "$vm/run.sh" "${args[@]}" "$test" \
		>"$out/log" 2>&1 || :
	row=$(tr -d '\r' <"$out/vm/results" | rows "$(release "$series")") || row=
	case $(tail -n 1 "$out/log") in
	*' 0 failed, 0 skipped')	;;
	*' 0 failed, '*)
		row="$(release "$series") R0 tried 0 failed 0 seed $seed took 0 s: $test, skipped" ;;
	*)	cp -r "$out/vm" "$out/failed-$test-$seed"
		say "$test failed with seed $seed: see $out/failed-$test-$seed"
		# What failed need not be what the drill counts.
		row=${row/ failed 0 / failed 1 }
		row=${row:-"$(release "$series") R0 tried 1 failed 1 seed $seed took 0 s: $test said nothing"} ;;
	esac
	echo "$row" | tee -a "$out/rows"
}

# soak_host SEED ID WHAT COMMAND...: what needs no guest. It prints what it has tried.
soak_host()
{
	local out=$top/build/soak seed=$1 id=$2 what=$3 begun tried failed=0

	shift 3
	begun=$(date +%s)
	"$@" >"$out/log" 2>&1 || failed=1
	tried=$(sed -n 's/^ok 1 .*: \([0-9]*\) inputs$/\1/p; s/^\([0-9]*\) cases, .*/\1/p' \
		"$out/log" | awk '{ n += $1 } END { print n + 0 }')
	if [ $failed -ne 0 ]; then
		cp "$out/log" "$out/failed-$id-$seed"
		say "$what: failed, see $out/failed-$id-$seed"
	fi
	echo "user-space $id tried $tried failed $failed seed $seed took $(($(date +%s) - begun)) s: $what" |
		tee -a "$out/rows"
}

# soak_step SERIES NAME SEED
soak_step()
{
	case $2 in
	models)	soak_host "$3" R9m "cases of the models" \
			env SEED="$3" "$top/selftests/ci/model.sh" 50000000 ;;
	fuzz)	soak_host "$3" R9f "inputs of the fuzzers of the modules" \
			"$top/selftests/ci/fuzz.sh" 300 vgpu sim request ;;
	*)	soak_one "$@" ;;
	esac
}

release()
{
	"$vm/kernel.sh" "$1" release
}

soak()
{
	local hours=$1 series=$2 out=$top/build/soak end round tests

	mkdir -p "$out"
	touch "$out/rows"
	build "$series"
	end=$(($(date +%s) + hours * 3600))
	read -ra tests <<<"${ONLY-}"
	[ ${#tests[@]} -gt 0 ] || tests=("$top"/selftests/drill_* models fuzz)
	while [ "$(date +%s)" -lt "$end" ]; do
		round=$(wc -l <"$out/rows")
		test=${tests[round % ${#tests[@]}]##*/}
		# No two rounds have the same, whenever they are run.
		soak_step "$series" "${test%.*}" \
			"0x$(printf '%s %s' "$round" "$test" | md5sum | cut -c1-12)"
	done
	echo
	table "$out/rows"
}

case ${1-} in
run)	shift
	[ $# -gt 0 ] || die "which kernels?"
	run "$@" ;;
soak)	[ $# -eq 3 ] || die "usage: drills.sh soak HOURS SERIES"
	case $2 in
	''|*[!0-9]*)	die "HOURS is a number, not $2" ;;
	esac
	soak "$2" "$3" ;;
table)	table "$top/build/soak/rows" ;;
*)	die "usage: drills.sh run SERIES... | soak HOURS SERIES | table" ;;
esac
