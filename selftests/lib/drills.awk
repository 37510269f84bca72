# SPDX-License-Identifier: GPL-2.0
#
# The table of drills. Lines of input are "KERNEL R5 tried 300 failed 0 seed
# 0x5eed took 7 s: WHAT"; those of one drill on one kernel are added up.
# Exit status 1 if anything failed, or if there is nothing.

function order(id)
{
	return sprintf("%03d%s", substr(id, 2) + 0, substr(id, 2))
}

$3 == "tried" && $5 == "failed" && $7 == "seed" {
	key = order($2) " " $1
	if (!(key in tried)) {
		keys[++n] = key
		id[key] = $2
		kernel[key] = $1
		seed[key] = $8
		what[key] = $0
		sub(/^.* s: /, "", what[key])
	} else if (seed[key] != $8 && seed[key] !~ / /) {
		seed[key] = seed[key] " ..."
	}
	tried[key] += $4
	failed[key] += $6
	runs[key]++
	took[key] += $10
	bad += $6
}

END {
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && keys[j] < keys[j - 1]; j--) {
			key = keys[j]
			keys[j] = keys[j - 1]
			keys[j - 1] = key
		}
	form = "%-5s %-22s %10s %6s %4s %7s  %-14s %s\n"
	printf form, "drill", "kernel", "tried", "failed", "runs", "seconds",
	       "seed", "what was tried"
	for (i = 1; i <= n; i++) {
		key = keys[i]
		printf form, id[key], kernel[key], tried[key], failed[key],
		       runs[key], took[key], seed[key], what[key]
	}
	exit bad > 0 || !n
}
