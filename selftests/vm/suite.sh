#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run all tests of selftests/, and the demonstration, on one kernel series.
# Tests that want the same kind of guest share one; several guests run at a time,
# those that may take longest first. Tests that are long are skipped, and drills
# are short, unless GV_LONG is set: then each has a guest for itself. With
# GV_RESUME, guests whose tests have all passed on this very tree are left out.
#
# usage: suite.sh [-k SERIES] [TEST...]

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"
. "$top/selftests/vm/tests.sh"
. "$top/selftests/lib/resume.sh"
. "$top/selftests/lib/results.sh"

vm=$top/selftests/vm
series=$("$vm/kernel.sh" list | head -n 1)
if [ "${1-}" = -k ]; then
	series=$2
	shift 2
fi
slow=$("$vm/kernel.sh" "$series" time)
kernel_config=$("$vm/kernel.sh" "$series" config)
[ ! "${GV_LONG-}" ] || export GV_DRILL="${GV_DRILL-long}"
build=$top/build/$series
mkdir -p "$build"
[ $# -gt 0 ] || set -- "$top"/selftests/demo/guest.sh \
	"$top"/selftests/*.sh "$top"/selftests/*.c

# What takes minutes in make check-all, and is by itself if that was cut off.
is_long()
{
	[ "${GV_LONG-}" ] || return
	test_needs "$1" long || [[ $1 == */drill_* ]]
}

skipped=()
declare -A group=([nested]='' [host]='' [initramfs]='')
for test; do
	[ -e "$test" ] || [[ $test != */\** ]] || continue
	src=$(test_source "$test")
	if [ ! "${GV_LONG-}" ] && test_needs "$src" long; then
		skipped+=("${src##*/} # SKIP it takes long: make check-all runs it")
		continue
	fi
	unfit=$(test_unfit "$src")
	if [ "$unfit" ]; then
		skipped+=("${src##*/} # SKIP $unfit")
		name=${src##*/}
		result_note "$series" "${name%.*}" 0 0 1 "$unfit"
		continue
	fi
	if test_needs "$src" own-guest || is_long "$src"; then
		name=${src##*/}
		group[own-${name%.*}]=$src
	elif test_needs "$src" nested; then
		group[nested]+=" $src"
	else
		group[$(test_root "$src")]+=" $src"
	fi
done

# What several guests share is made before they start.
"$vm/kernel.sh" "$series" get
"$vm/modtree.sh" "$series" >/dev/null
[ -z "${group[nested]}" ] || "$vm/inner.sh"

run_group()
{
	local log=$build/$1.log

	echo "# guest $1, Linux $series"
	if resume_begin "$log" "$release ${GV_DRILL-} ${group[$1]}"; then
		echo "# all has passed before: $(tail -n 1 "$log")"
		return
	fi
	args=(-k "$series" -o "$build/vm-$1")
	case $1 in
	nested)	args+=(-r host -m 3072 --nested) ;;
	host)	args+=(-r host) ;;
	own-*)	args+=(-r "$(test_root "${group[$1]}")")
		! test_needs "${group[$1]}" nested ||
			args+=(-m 3072 --nested) ;;
	esac
	# shellcheck disable=SC2086
	"$vm/run.sh" "${args[@]}" ${group[$1]} >"$log" 2>&1 || :
	resume_end "$log"
	echo "# guest $1, Linux $series, has ended"
	cat "$log"
}

# How many guests at a time: each wants a processor, and up to 3 GiB.
guests_at_a_time()
{
	awk -v most="$(nproc)" '
		$1 == "MemAvailable:" {
			n = int($2 / (3.5 * 1024 * 1024))
			print n < 1 ? 1 : n < most ? n : most
		}' /proc/meminfo
}

# Names of groups, those first that may take longest, so that the end is not a
# wait for one.
by_length()
{
	for name in "${!group[@]}"; do
		sum=0
		for src in ${group[$name]}; do
			sum=$((sum + $(test_limit "$src")))
		done
		[ $sum -eq 0 ] || echo "$sum $name"
	done | sort -k1,1nr -k2 | cut -d' ' -f2
}

logs=()
if [ ${#skipped[@]} -gt 0 ]; then
	logs+=("$build/skipped.log")
	printf 'ok 1 %s\n' "${skipped[@]}" | tee "$build/skipped.log"
	echo "0 passed, 0 failed, ${#skipped[@]} skipped" >>"$build/skipped.log"
fi
release=$("$vm/kernel.sh" "$series" release)
most=$(guests_at_a_time)
for name in $(by_length); do
	while [ "$(jobs -pr | wc -l)" -ge "$most" ]; do
		wait -n
	done
	run_group "$name" &
	logs+=("$build/$name.log")
done
wait
[ ${#logs[@]} -gt 0 ] || die "there are no tests in selftests/"
awk -f "$top/selftests/lib/total.awk" "${logs[@]}"
