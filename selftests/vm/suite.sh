#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run all tests of selftests/, and the demonstration, on one kernel series.
# Tests that want the same kind of guest share one; two guests run at a time.
# Those that are long are skipped, and drills are short, unless GV_LONG is set.
#
# usage: suite.sh [-k SERIES] [TEST...]

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"
. "$top/selftests/vm/tests.sh"

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
		continue
	fi
	if test_needs "$src" own-guest; then
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
	args=(-k "$series" -o "$build/vm-$1")
	case $1 in
	nested)	args+=(-r host -m 3072 --nested) ;;
	host)	args+=(-r host) ;;
	own-*)	args+=(-r "$(test_root "${group[$1]}")")
		! test_needs "${group[$1]}" nested ||
			args+=(-m 3072 --nested) ;;
	esac
	# shellcheck disable=SC2086
	"$vm/run.sh" "${args[@]}" ${group[$1]} >"$build/$1.log" 2>&1 || :
	echo "# guest $1, Linux $series"
	cat "$build/$1.log"
}

logs=()
if [ ${#skipped[@]} -gt 0 ]; then
	logs+=("$build/skipped.log")
	printf 'ok 1 %s\n' "${skipped[@]}" | tee "$build/skipped.log"
	echo "0 passed, 0 failed, ${#skipped[@]} skipped" >>"$build/skipped.log"
fi
own=$(printf '%s\n' "${!group[@]}" | sed -n '/^own-/p' | sort)
# shellcheck disable=SC2086
for name in nested host initramfs $own; do
	[ -n "${group[$name]}" ] || continue
	while [ "$(jobs -pr | wc -l)" -ge 2 ]; do
		wait -n
	done
	run_group $name &
	logs+=("$build/$name.log")
done
wait
[ ${#logs[@]} -gt 0 ] || die "there are no tests in selftests/"
awk -f "$top/selftests/lib/total.awk" "${logs[@]}"
