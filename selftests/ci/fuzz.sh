#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# libFuzzer on what reads input that others make: the tool's parsers, and the
# sources of the modules as a program. Ends at the first input that breaks one,
# which is kept and printed. What an input has reached is kept in build/fuzz and
# built upon the next time; small beginnings are in selftests/fuzz/corpus.
#
# usage: fuzz.sh [SECONDS [NAME...]]      so long each, 60 if not said
#        fuzz.sh -n RUNS [NAME...]        so many inputs each
#        fuzz.sh -1                       only what is in the corpus

set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

corpus=$top/selftests/fuzz/corpus
out=$top/build/fuzz
limit=(-max_total_time="${1:-60}")
case ${1-} in
-n)	limit=(-runs="$2")
	shift ;;
-1)	limit=(-runs=0) ;;
esac
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- words answer config machine vgpu sim request

one()
{
	local log=$out/$1.log

	mkdir -p "$out/$1"
	(cd "$out" && "$top/build/model/fuzz-$1" "${limit[@]}" -max_len=2000 \
		-print_final_stats=1 -artifact_prefix="$out/$1-" \
		"$out/$1" "$corpus/$1") >"$log" 2>&1 || {
		tail -n 40 "$log"
		echo "not ok 1 $1"
		return
	}
	echo "ok 1 $1: $(sed -n 's/^stat::number_of_executed_units: //p' \
		"$log") inputs"
}

make --no-print-directory -s -C "$top/selftests/model" O="$top/build/model" fuzz ||
	die "the fuzzers were not built"
mkdir -p "$out"
for name; do
	one "$name"
done | tee "$out/ktap"
rm -rf /dev/shm/gpuvirt-fuzz.*
awk -f "$top/selftests/lib/count.awk" "$out/ktap"
