# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Helpers of measurements: series of nanoseconds in files, medians, ratios.

times=$(mktemp -d)

now_ns()
{
	date +%s%N
}

# timed NAME COMMAND...: note how many nanoseconds it took.
timed()
{
	local name=$1 start

	shift
	start=$(now_ns)
	"$@" || { echo "failed: $*"; return 1; }
	echo $(($(now_ns) - start)) >>"$times/$name"
}

# told NAME COMMAND...: it prints the nanoseconds itself.
told()
{
	local name=$1

	shift
	"$@" >>"$times/$name" || { echo "failed: $*"; return 1; }
}

# whole NAME COMMAND...: note both what it prints and how long it took from start
# to end, as NAME-process: emulated, a process takes longer to start than the
# work itself.
whole()
{
	local name=$1 start

	shift
	start=$(now_ns)
	"$@" >>"$times/$name" || { echo "failed: $*"; return 1; }
	echo $(($(now_ns) - start)) >>"$times/$name-process"
}

median()
{
	sort -n "$times/$1" 2>/dev/null | awk '
		{ v[NR] = $1 }
		END { if (NR) print v[int((NR + 1) / 2)]; else print 0 }'
}

ratio_head()
{
	printf '%-44s %13s %13s %7s %15s  %s\n' "$1" over under ratio \
		'of the rounds' target
}

# The lowest and the highest ratio of rounds, which have one time of each.
interval()
{
	paste "$times/$1" "$times/$2" | awk -v factor="$3" '
		NF == 2 {
			r = $1 / $2 * factor
			if (!n++ || r < low)
				low = r
			if (r > high)
				high = r
		}
		END { printf "%.2f-%.2f", low, high }'
}

# ratio WHAT OVER UNDER FACTOR TARGET: of the medians, and of single rounds
ratio()
{
	local a b

	a=$(median "$2")
	b=$(median "$3")
	if [ "$a" = 0 ] || [ "$b" = 0 ]; then
		printf '%-44s not measured\n' "$1"
		return
	fi
	awk -v what="$1" -v a="$a" -v b="$b" -v factor="$4" -v target="$5" \
		-v interval="$(interval "$2" "$3" "$4")" 'BEGIN {
		printf "%-44s %10.3f ms %10.3f ms %7.2f %15s  %s\n", what,
			a / 1e6, b / 1e6, a / b * factor, interval, target
	}'
}

# as_json NAME NUMBER...: and the medians of all series
as_json()
{
	local file sep=

	printf '{'
	while [ $# -ge 2 ]; do
		printf '"%s": %s, ' "$1" "$2"
		shift 2
	done
	printf '"median_ns": {'
	for file in "$times"/*; do
		printf '%s"%s": %s' "$sep" "${file##*/}" \
			"$(median "${file##*/}")"
		sep=', '
	done
	echo '}}'
}
