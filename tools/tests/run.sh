#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh BUILD [FILE...]: runs the tests, all or those in FILE.
set -u

BUILD=$(cd "$1" && pwd) || exit 1
TOOLS=$(cd "$(dirname "$0")/.." && pwd)
export BUILD TOOLS LC_ALL=C
shift
[ $# -gt 0 ] || set -- "$TOOLS"/tests/t_*.sh

passed=0 failed=0 skipped=0
top=$(mktemp -d) || exit 1
trap 'rm -rf "$top"' EXIT

one()
{
	local dir=$top/$2 result

	mkdir -p "$dir/root"
	(
		cd "$dir" || exit 1
		set -eu
		: > script
		. "$TOOLS/tests/lib.sh"
		. "$1"
		"$2"
	) > "$dir/result" 2>&1
	result=$?
	case $result in
	0)
		echo "ok $2"
		passed=$((passed + 1))
		;;
	77)
		echo "ok $2 # SKIP $(head -n 1 "$dir/result")"
		skipped=$((skipped + 1))
		;;
	*)
		echo "not ok $2"
		sed 's/^[^#]/# &/' "$dir/result"
		failed=$((failed + 1))
		;;
	esac
}

if "$BUILD/tests/unit"; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
fi
for file; do
	while read -r name; do
		one "$file" "$name"
	done < <(sed -n 's/^\(t_[a-z0-9_]*\)()$/\1/p' "$file")
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
