# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Helpers for tests of the tool on a real kernel.

said=$(mktemp -d)/said
uuid1=7e57ab1e-0000-4000-8000-00000000f001
uuid2=7e57ab1e-0000-4000-8000-00000000f002

# The command succeeds and says nothing on standard error. What it says on
# standard output is in the file $said.
works()
{
	"$@" >"$said" 2>"$said.err" || {
		echo "status $? of: $*"
		cat "$said" "$said.err"
		return 1
	}
	[ ! -s "$said.err" ] || {
		echo "complaint of: $*"
		cat "$said.err"
		return 1
	}
}

# ends STATUS WORDS COMMAND...: it ends with that status and says those words
# on standard error.
ends()
{
	ends_status=$1
	ends_words=$2
	shift 2
	ends_got=0
	"$@" >"$said" 2>"$said.err" || ends_got=$?
	[ $ends_got -eq "$ends_status" ] &&
		grep -qF -- "$ends_words" "$said.err" && return
	echo "status $ends_got, not $ends_status with \"$ends_words\", of: $*"
	cat "$said" "$said.err"
	return 1
}

refused()
{
	ends 1 "$@"
}

misused()
{
	ends 2 "$@"
}

has()
{
	grep -qF -- "$1" "$said" && return
	echo "no \"$1\" in:"
	cat "$said"
	return 1
}

hasnt()
{
	! grep -qF -- "$1" "$said" && return
	echo "\"$1\" in:"
	cat "$said"
	return 1
}

# within SECONDS COMMAND...: it succeeds before that time is over, of which slow
# kernels get more.
within()
{
	within_end=$(($(date +%s) + $1 * ${GV_SLOW:-1}))
	shift
	until "$@" 2>/dev/null; do
		[ "$(date +%s)" -lt $within_end ] || {
			echo "too late for: $*"
			return 1
		}
		sleep 0.1
	done
}

add_gpu()
{
	works gpuvirt -j sim add "$@" || return
	gpu=$(sed -n 's/.*"subject": *"\([^"]*\)".*/\1/p' "$said")
	[ -n "$gpu" ] && return
	cat "$said"
	return 1
}
