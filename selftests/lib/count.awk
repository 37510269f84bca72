# SPDX-License-Identifier: GPL-2.0
#
# Sum up KTAP. A result that has results below it counts only if it failed and
# none of those did: then it has a reason of its own. One that bailed out, or gave
# other results than planned, has failed. Exit status 1 if any failed, or if there is
# no result at all.

function depth(line)
{
	match(line, /^ */)
	return RLENGTH
}

# Forget what was below this level; a new parent starts afresh.
function take(d, kind,	i, below, below_failed)
{
	for (i in seen) {
		if (i + 0 > d) {
			below += seen[i]
			below_failed += bad[i]
			delete seen[i]
			delete bad[i]
		}
	}
	seen[d]++
	if (kind == "fail" || below_failed)
		bad[d]++
	if (below && (kind != "fail" || below_failed))
		return
	count[kind]++
}

{ sub(/\r$/, "") }
/^1\.\.[0-9]+/ {
	planned += substr($1, 4)
	plans++
}
/^Bail out!/ {
	broken = 1
}
/^(not )?ok [0-9]+/ {
	given++
}
/^ *ok [0-9]+/ {
	take(depth($0), /# *SKIP/ ? "skip" : "pass")
}
/^ *not ok [0-9]+/ {
	take(depth($0), /# *TODO/ ? "skip" : "fail")
}
END {
	if (plans && planned != given) {
		printf "# planned %d results, gave %d\n", planned, given
		broken = 1
	}
	if (broken && !count["fail"])
		count["fail"] = 1
	printf "%d passed, %d failed, %d skipped\n", count["pass"],
	       count["fail"], count["skip"]
	exit count["fail"] || !(count["pass"] + count["skip"])
}
