# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the steps of lint.sh share: which files there are, and what is allowed.

allowed=$top/selftests/ci/allowed

# Files of the tree, without what was built; a tarball has no index.
tracked()
{
	git -C "$top" ls-files -- "$@" 2>/dev/null | while read -r file; do
		[ ! -f "$top/$file" ] || echo "$file"
	done
}

scripts()
{
	tracked . | while read -r file; do
		case $file in
		*.sh)	echo "$file" ;;
		*.*)	;;
		*)	head -c 64 "$file" | head -n 1 |
				grep -aqE '^#!.*(sh|bash)$' && echo "$file" ;;
		esac
	done
}

# Print what a step has found, without what is allowed; fail if that is
# anything, or if something is allowed that is not found any more.
allow()
{
	awk -v step="$1" -f "$top/selftests/ci/allow.awk" "$allowed" -
}

words_allowed()
{
	awk '$1 == "spelling" { words = words "," $3 } END { print words }' \
		"$allowed"
}

# Options that a rule asks for in its head are for spatch.
apply_rule()
{
	local options

	options=$(sed -n 's,^/*  *Options: *,,p' "$1" | head -n 1)
	# shellcheck disable=SC2086
	spatch --very-quiet -D report $options --no-show-diff \
		--cocci-file "$1" --dir kmod -I kmod -I kmod/include -I . \
		2>/dev/null | grep '^kmod/[^ ]*:[0-9]' |
		sed "s,: , $(basename "$1" .cocci): ,"
}

# One result for a step, with what it said if it failed.
show_step()
{
	local status

	status=$(cat "$top/build/lint/$1.status" 2>&1)
	case $status in
	0)	echo "ok 1 $1" ;;
	3)	echo "ok 1 $1 # SKIP $(tail -n 1 "$top/build/lint/$1.log")" ;;
	*)	sed 's/^/# /' "$top/build/lint/$1.log"
		echo "not ok 1 $1" ;;
	esac
}
