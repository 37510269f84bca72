# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the steps of lint.sh share: which files there are, and what is allowed.

allowed=$top/selftests/ci/allowed

# files PATTERN...: those of the tree, without what was built, that one of them is
# of. A star is also for slashes, as git has it, and "." for all.
files()
{
	tree_files | LC_ALL=C sort -zu | while IFS= read -rd '' file; do
		[ -f "$top/$file" ] || continue
		for pattern; do
			# shellcheck disable=SC2053 # it is a pattern
			[ "$pattern" != . ] && [[ $file != $pattern ]] ||
				{ echo "$file"; break; }
		done
	done
}

scripts()
{
	files . | while read -r file; do
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

# apply_rule RULE DIR: options that a rule asks for in its head are for spatch. One
# that could not be applied has found nothing.
apply_rule()
{
	local options out=$top/build/lint/spatch

	options=$(sed -n 's,^/*  *Options: *,,p' "$1" | head -n 1)
	# shellcheck disable=SC2086
	spatch --very-quiet -D report $options --no-show-diff \
		--cocci-file "$1" --dir "$2" -I kmod -I kmod/include -I . \
		>"$out" 2>"$out.err" ||
		echo "$(basename "$1"):1: SPATCH: $(tail -n 1 "$out.err")"
	grep "^$2/[^ ]*:[0-9]" "$out" | sed "s,: , $(basename "$1" .cocci): ,"
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
