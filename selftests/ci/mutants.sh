#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does each guard guard? Every file of selftests/mutants takes one check out of
# a copy of the tree, and names the test that must fail then.
#
# usage: mutants.sh [-n] [-k SERIES] [NAME...]
#
#   -n      do not look first whether the tests pass as they are
#
# The first lines of such a file say what is guarded, in which file it is
# changed and which test is run, "tool" for those of tools/tests and "model" for
# check-model, and on which kernel if any other would not notice; the rest is for
# sed. Without NAMEs all are tried that SERIES may notice. The last line is
# "N passed, N failed, N skipped": a check whose absence no test has noticed has
# failed.

set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"
. "$top/selftests/vm/tests.sh"

mutants=$top/selftests/mutants
copy=$top/build/mutants/tree
logs=$top/build/mutants
first=yes
series=6.1
# A result of KTAP, or what a model or a sanitizer says.
failure='^ *not ok\|^# [^ ]*\.c:[0-9]*: \|Assertion .* failed\|^SUMMARY: \|: runtime error: '

while getopts nk: opt; do
	case $opt in
	n)	first= ;;
	k)	series=$OPTARG ;;
	*)	exit 2 ;;
	esac
done
shift $((OPTIND - 1))

says()
{
	sed -n "s/^# $2: //p" "$mutants/$1.sed"
}

# What has not changed is left alone, so that it is not built again.
copy_tree()
{
	mkdir -p "$copy"
	git -C "$top" ls-files -z | (cd "$top" && xargs -0 ls -d 2>/dev/null) |
	while read -r file; do
		cmp -s "$top/$file" "$copy/$file" && continue
		mkdir -p "$copy/$(dirname "$file")"
		cp "$top/$file" "$copy/$file"
	done
}

# The test of one mutant, on the copy as it is now.
run_test()
{
	local src

	case $1 in
	tool)	make --no-print-directory -C "$copy/tools" \
			O="$copy/build/tools" check
		return ;;
	model)	"$copy/selftests/ci/model.sh" 200000
		return ;;
	esac
	src=$(test_source "$1")
	# shellcheck disable=SC2046
	"$copy/selftests/vm/run.sh" -k "$series" -r "$(test_root "$src")" \
		$(! test_needs "$src" nested || echo --nested) "$1"
}

# What the test of a mutant is run on.
build()
{
	case $1 in
	tool)	make --no-print-directory -C "$copy" tool ;;
	model)	make --no-print-directory -C "$copy/selftests/model" \
			O="$copy/build/model" ;;
	*)	make --no-print-directory -C "$copy" modules tool tests \
			KERNEL="$series" ;;
	esac
}

# What the test has said against it. A guest that never was says nothing.
failures()
{
	grep "$failure" "$1" | grep -v '# the guest did not start\|# not run'
}

# Print what is wrong with the way a mutant is tried, or nothing.
try()
{
	local log=$logs/$1.log file

	file=$copy/$(says "$1" file)

	cp "$file" "$logs/saved"
	sed -i -f "$mutants/$1.sed" "$file"
	if cmp -s "$logs/saved" "$file"; then
		echo "it changes nothing in $(says "$1" file)"
	elif ! build "$(says "$1" test)" >"$log" 2>&1; then
		echo "what it leaves can't be built, see $log"
	elif run_test "$(says "$1" test)" >"$log" 2>&1; then
		echo "SURVIVED $(says "$1" test)"
	elif ! failures "$log" | grep -q .; then
		echo "the test did not run, see $log"
	fi
	cp "$logs/saved" "$file"
}

one()
{
	local what wrong

	what=$(sed -n '2s/^# //p' "$mutants/$1.sed")
	wrong=$(try "$1")
	if [ "$wrong" ]; then
		echo "not ok 1 $1: $what # $wrong"
	else
		echo "ok 1 $1: $what"
		failures "$logs/$1.log" | head -n 1 | sed 's/^[# ]*/#     /'
	fi
}

# A test that fails anyway would prove nothing.
unchanged()
{
	local test

	for test in $(for name; do says "$name" test; done | sort -u); do
		if build "$test" >"$logs/unchanged.log" 2>&1 &&
		   run_test "$test" >"$logs/unchanged.log" 2>&1; then
			echo "ok 1 $test passes on the tree as it is"
		else
			cat "$logs/unchanged.log" >&2
			echo "not ok 1 $test passes on the tree as it is"
		fi
	done
}

if [ $# -eq 0 ]; then
	for file in "$mutants"/*.sed; do
		name=$(basename "$file" .sed)
		kernel=$(says "$name" kernel)
		[ "${kernel:-$series}" != "$series" ] || set -- "$@" "$name"
	done
fi
mkdir -p "$logs"
copy_tree
{
	[ -z "$first" ] || unchanged "$@"
	for name; do
		one "$name"
	done
} | tee "$logs/ktap"
awk -f "$top/selftests/lib/count.awk" "$logs/ktap"
