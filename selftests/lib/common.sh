# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What all scripts of the test host share: where things are, how to speak.
# The caller sets $top (the root of the source tree) before it reads this.

# shellcheck disable=SC2034
series_file=$top/selftests/vm/kernels
# shellcheck disable=SC2034
debug_file=$top/selftests/vm/kernels.debug
cache=${GPUVIRT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/gpuvirt}

say()
{
	echo "${0##*/}: $*" >&2
}

die()
{
	say "$*"
	exit 1
}

# A series that can't be had is not an error of the tree: exit status 3 lets
# the caller skip it, with the reason that was printed.
skip()
{
	say "$*"
	exit 3
}

# Some of what is needed lives in sbin, which an ordinary user's path lacks.
PATH=$PATH:/usr/sbin:/sbin

need_program()
{
	for prog_; do
		command -v "$prog_" >/dev/null ||
			die "$prog_ is not installed: run make deps"
	done
}

# One process at a time in a directory of the cache; the rest wait. The lock
# is let go when the process ends.
lock_cache()
{
	mkdir -p "$cache"
	exec 9>"$cache/$1.lock"
	flock 9
}
