# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Helpers of measurements: series of nanoseconds in files, medians, ratios.

times=$(mktemp -d)

# in_memory PROGRAM...: a machine has programs in its page cache; here each file that
# one opens at its start is a message to the host. A change of mode, though it is
# none, copies them up from there.
in_memory()
{
	local program file

	for program; do
		program=$(command -v "$program") || continue
		for file in "$program" /etc/ld.so.cache \
			$(ldd "$program" 2>/dev/null |
			  sed -n 's,[^/]*\(/[^ ]*\) (0x.*,\1,p'); do
			chmod --reference="$file" "$file" || return
		done
	done
}

# note_since MICROSECONDS SERIES: what $EPOCHREALTIME was, without its point. To ask
# date(1) would take as long as what is measured.
note_since()
{
	echo $(((${EPOCHREALTIME/[.,]/} - $1) * 1000)) >>"$times/$2"
}

# What the last one left to the kernel's workers is not to be the next one's.
settle()
{
	sleep 1
}

# timed NAME COMMAND...: note how many nanoseconds it took.
timed()
{
	local name=$1 start

	shift
	settle
	start=${EPOCHREALTIME/[.,]/}
	"$@" || { echo "failed: $*"; return 1; }
	note_since "$start" "$name"
}

# told NAME COMMAND...: it prints the nanoseconds itself.
told()
{
	local name=$1

	shift
	settle
	"$@" >>"$times/$name" || { echo "failed: $*"; return 1; }
}

# whole NAME COMMAND...: note both what it prints and how long it took from start
# to end, as NAME-process: emulated, a process takes longer to start than the
# work itself.
whole()
{
	local name=$1 start

	shift
	settle
	start=${EPOCHREALTIME/[.,]/}
	"$@" >>"$times/$name" || { echo "failed: $*"; return 1; }
	note_since "$start" "$name-process"
}

median()
{
	sort -n "$times/$1" 2>/dev/null | awk '
		{ v[NR] = $1 }
		END { if (NR) print v[int((NR + 1) / 2)]; else print 0 }'
}

# Lines of the table, which bench.sh prints at the end, and here as well.
table()
{
	tee -a "$GV_OUT/table"
}

ratio_head()
{
	printf '%-44s %13s %13s %7s %15s  %s\n' "$1" over under ratio \
		'95 % of samples' target | table
}

# Between what the ratio of the medians is in 95 of 100 samples that are drawn from
# the rounds, with replacement: each round has one time of each. Of fewer than four
# rounds it is only said how many.
interval()
{
	paste "$times/$1" "$times/$2" | awk -v factor="$3" '
		function median(v, m,    i, j, x) {
			for (i = 2; i <= m; i++) {
				x = v[i]
				for (j = i; j > 1 && v[j - 1] > x; j--)
					v[j] = v[j - 1]
				v[j] = x
			}
			return v[int((m + 1) / 2)]
		}
		NF == 2 { a[++n] = $1; b[n] = $2 }
		END {
			if (n < 4) {
				print "of " n
				exit
			}
			srand(1)
			for (k = 1; k <= 1000; k++) {
				for (i = 1; i <= n; i++) {
					pick = 1 + int(rand() * n)
					x[i] = a[pick]
					y[i] = b[pick]
				}
				r[k] = median(x, n) / median(y, n) * factor
			}
			median(r, 1000)
			printf "%.2f-%.2f", r[25], r[975]
		}'
}

# Does SERIES, measured twice as SERIES and SERIESB, differ from itself by more
# than a tenth? Then chance is as large as what is looked for.
control_off()
{
	[ -e "$times/$1" ] && [ -e "$times/$1B" ] &&
	awk -v a="$(median "$1")" -v b="$(median "$1B")" 'BEGIN {
		exit !(!a || !b || a / b < 0.9 || a / b > 1.1)
	}'
}

# ratio WHAT OVER UNDER FACTOR TARGET [CONTROL]: of the medians, and of samples.
# CONTROL is the series that was measured twice, else UNDER; where it differs from
# itself the row ends in "A/A off": it shows nothing.
ratio()
{
	local a b off=

	a=$(median "$2")
	b=$(median "$3")
	if [ "$a" = 0 ] || [ "$b" = 0 ]; then
		printf '%-44s not measured\n' "$1" | table
		return
	fi
	! control_off "${6:-${3%B}}" || off='  A/A off'
	awk -v what="$1" -v a="$a" -v b="$b" -v factor="$4" -v target="$5" \
		-v interval="$(interval "$2" "$3" "$4")" -v off="$off" 'BEGIN {
		printf "%-44s %10.3f ms %10.3f ms %7.2f %15s  %s%s\n", what,
			a / 1e6, b / 1e6, a / b * factor, interval, target, off
	}' | table
}

# as_json WHAT NAME NUMBER...: for the file that bench.sh makes, all times of all
# series, in nanoseconds
as_json()
{
	local file sep='' what=$1

	shift
	{
		printf '{"what": "%s", "kernel": "%s", ' "$what" "$(uname -r)"
		while [ $# -ge 2 ]; do
			printf '"%s": %s, ' "$1" "$2"
			shift 2
		done
		printf '"ns": {'
		for file in "$times"/*; do
			printf '%s"%s": [%s]' "$sep" "${file##*/}" \
				"$(paste -sd, "$file")"
			sep=', '
		done
		echo '}}'
	} >"$GV_OUT/$what.json"
}
