# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Which tree a result is of, and what need not be run again because it has passed
# on this very tree. The caller has read common.sh.

# Files of the tree, NUL after each, without what was built.
tree_files()
{
	if [ -e "$top/.git" ]; then
		git -C "$top" ls-files -zco --exclude-standard
	else
		(cd "$top" && find . \( -path ./build -o -path ./demo-out \) \
			-prune -o -type f -printf '%P\0')
	fi
}

# hash_of GREP-ARGUMENT...: a name for what is in the files that it chooses
hash_of()
{
	tree_files | grep -z "$@" | LC_ALL=C sort -zu |
		(cd "$top" && xargs -0 sha1sum 2>/dev/null) | sha1sum |
		cut -c1-12
}

# The table of kernels is made from results: it can't be what they are of.
tree_hash()
{
	hash_of -vx Documentation/compat.rst
}

# tested_hash TEST: what its result is of
tested_hash()
{
	hash_of -E -e '^(kmod|uapi|tools|dkms)/|^(Kbuild|VERSION|dkms.conf)$' \
		-e "^selftests/(demo/)?$1\\.(sh|c)\$"
}

# resume_begin LOG WHAT: has WHAT passed, as LOG tells, on this tree? Then there is
# nothing to do, if GV_RESUME is set. Whoever runs it ends it by resume_end LOG.
resume_begin()
{
	resume_is="$(tree_hash) $2"
	[ -z "${GV_RESUME-}" ] ||
		[ "$(cat "$1.passed" 2>/dev/null)" != "$resume_is" ] || return 0
	rm -f "$1.passed"
	return 1
}

# Nothing is noted if the tree was changed meanwhile.
resume_end()
{
	case $(tail -n 1 "$1") in
	'0 passed'*)
		# It was skipped, which may be otherwise the next time.
		;;
	*' passed, 0 failed, '*)
		[ "$(tree_hash)" != "${resume_is%% *}" ] ||
			echo "$resume_is" >"$1.passed" ;;
	esac
}

resume_forget()
{
	find "$top/build" -maxdepth 2 -name '*.passed' -delete
}
