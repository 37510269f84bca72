# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What became of each test on each kernel, whatever it was run by: a file
# build/results/SERIES/TEST of lines "WORD VALUE". ci/compat.py makes a table of
# them. The caller has read common.sh and resume.sh.

tree_commit()
{
	if [ ! -e "$top/.git" ]; then
		echo "release $(cat "$top/VERSION")"
		return
	fi
	git -C "$top" diff --quiet HEAD -- . ':!Documentation' ':!*.md' ||
		changed_=+
	echo "$(git -C "$top" rev-parse --short HEAD)${changed_-}"
}

# result_note SERIES TEST PASSED FAILED SKIPPED [WHY]
result_note()
{
	results_=$top/build/results/$1
	mkdir -p "$results_"
	cat >"$results_/.$2.new" <<-END
	files $(tested_hash "$2")
	commit $(tree_commit)
	kernel $("$top/selftests/vm/kernel.sh" "$1" release)
	date $(date -u +%F)
	passed $3
	failed $4
	skipped $5
	why ${6-}
	END
	mv "$results_/.$2.new" "$results_/$2"
}

# results_note SERIES FILE: all of a guest's results
results_note()
{
	awk -v count="$top/selftests/lib/count.awk" -v tmp="$2.one" \
		-f "$top/selftests/lib/results.awk" "$2" |
	while read -r name passed failed skipped why; do
		result_note "$1" "$name" "$passed" "$failed" "$skipped" "$why"
	done
	rm -f "$2.one"
}
