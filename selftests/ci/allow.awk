# SPDX-License-Identifier: GPL-2.0
#
# Reads "allowed", then what a step has found: lines "FILE:LINE: ... WHAT: ...".
# Prints what is not allowed. Exit status 1 if there is any, or if something
# that is allowed was not found: then the list is to be shortened.

function prefix(path, start)
{
	return start == "." || substr(path, 1, length(start)) == start
}

FNR == NR {
	if ($1 == step) {
		where[++n] = $2
		what[n] = $3
	}
	next
}

!NF { next }

{
	# checkpatch marks what it says by level and type, mandoc by level
	sub(/^mandoc: /, "")
	for (i = 1; i <= n; i++)
		if (prefix($0, where[i]) && index($0, what[i])) {
			used[i] = 1
			next
		}
	print
	bad = 1
}

END {
	for (i = 1; i <= n; i++)
		if (!used[i]) {
			print "not found any more: " step " " where[i] " " what[i]
			bad = 1
		}
	exit bad
}
