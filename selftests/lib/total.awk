# SPDX-License-Identifier: GPL-2.0
#
# Add up the last lines, "N passed, N failed, N skipped", of several logs. A
# log that has none is that of something that broke: it counts as a failure.

function close_log()
{
	if (last ~ /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/) {
		split(last, n, /[^0-9]+/)
		passed += n[1]
		failed += n[2]
		skipped += n[3]
	} else {
		print "# " name ": it broke off: " last
		failed++
	}
}

FNR == 1 {
	if (name)
		close_log()
	name = FILENAME
	last = ""
}
NF { last = $0 }
END {
	if (name)
		close_log()
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed || !passed
}
