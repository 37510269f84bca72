# SPDX-License-Identifier: GPL-2.0
#
# Of the KTAP of a guest, one line for each test: "NAME PASSED FAILED SKIPPED WHY",
# of which the last is why something was skipped. Tests that were not run, or not
# the way they want to be, have no line. "count" is count.awk, "tmp" a file.

{ sub(/\r$/, "") }
# The plan is that of all tests together.
/^1\.\./ { next }
/# *SKIP/ && !/# *SKIP *$/ && why == "" {
	why = $0
	sub(/.*# *SKIP */, "", why)
}
{ lines = lines $0 "\n" }
/^(not )?ok [0-9]+ / {
	name = $1 == "ok" ? $3 : $4
	if (!/# not run: / && why !~ /: run\.sh -/) {
		printf "%s", lines >tmp
		close(tmp)
		cmd = "awk -f '" count "' '" tmp "'"
		cmd | getline sum
		close(cmd)
		split(sum, n, /[^0-9]+/)
		print name, n[1], n[2], n[3], why
	}
	lines = why = ""
}
