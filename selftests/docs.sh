#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The examples of the documentation do what the documentation says.
# needs: host-root
# timeout: 300

. "$GV_TOP/selftests/lib/ktap.sh"

unload()
{
	modprobe -r gpuvirt-sim gpuvirt
}

# Each row of the table of IGT's subtests names a result that its test gives, and
# does not skip: there is nothing in these tests that could.
igt_names()
{
	local name file n=0

	while read -r name file; do
		name=${name/@/ }
		n=$((n + 1))
		grep -qF "\"$name\"" "$GV_TOP/selftests/$file" || {
			echo "$file has no result \"$name\""
			return 1
		}
		! grep -n 'ktap_skip\|needs:\|config:' "$GV_TOP/selftests/$file" || {
			echo "$file may skip \"$name\""
			return 1
		}
	done < <(sed -n 's/^\(\(xe_\)\?sriov[^ ]* [^ ]*\)  *``\(.*\)``$/\1 \3/p' \
		"$GV_TOP/Documentation/testing.rst" | sed 's/ /@/')
	echo "$n names"
	[ $n -gt 0 ]
}

# The demonstration, without virtual machines: its transcript is as README.md has it.
demo()
{
	local tmp status=0

	tmp=$(mktemp -d)
	GV_OUT=$tmp GV_DEMO_INNER=$GV_TOP/selftests/lib/demo_inner.sh \
		"$GV_TOP/selftests/demo/guest.sh" || status=1
	cat "$tmp/transcript.txt"
	[ $status -eq 0 ] &&
	"$GV_TOP/selftests/lib/console.py" "$GV_TOP/README.md" \
		"$tmp/transcript.txt"
}

# in_file FILE NAME, in_page FILE NAME: what stands between two marks there
in_file()
{
	sed -n "\,^/\* quote: $2 \*/,,\,^/\* end \*/,p" "$GV_TOP/$1" |
		sed '1d;$d' | expand
}

in_page()
{
	awk -v mark=".. quoted from $1: $2" '
		$0 == mark { on = 1; next }
		on && /^[^ :]/ { exit }
		on && (/^    / || text) { text = 1; print substr($0, 5) }' "$page"
}

quotes()
{
	local page=$GV_TOP/Documentation/backend.rst file name n=0

	while read -r file name; do
		n=$((n + 1))
		diff <(echo "$(in_file "$file" "$name")") \
			<(echo "$(in_page "$file" "$name")") || return
	done < <(sed -n 's/^\.\. quoted from \(.*\): \(.*\)$/\1 \2/p' "$page")
	echo "$n quotations"
	[ $n -gt 0 ]
}

ktap_plan 5
ktap_run "no module is loaded to begin with" unload
ktap_run "the examples of README.md print what it says" \
	"$GV_TOP/selftests/lib/console.py" "$GV_TOP/README.md"
ktap_run "so does the demonstration" demo
ktap_run "results that have the names of IGT's subtests" igt_names
ktap_run "what backend.rst quotes stands in the backend" quotes
ktap_end
