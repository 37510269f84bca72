# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of the command line against a kernel that speaks from a script
# (fake.h). A test is a function t_NAME; it runs in a directory of its own and
# fails at the first check that does not hold.

GPU=0000:65:00.0
SIM=1000:00:00.0
UUID=6f1c1c7e-4a55-4a57-9a0c-31c2a7a0a001

die()
{
	echo "# $*"
	exit 1
}

# The answers of the kernel, from standard input.
script()
{
	cat > script
}

# Runs the tool; what it did is in out, err, log and rc, and how many sockets it
# has opened in opens.
run()
{
	: > log
	rc=0
	GV_FAKE_SCRIPT=$PWD/script GV_FAKE_LOG=$PWD/log GV_FAKE_ROOT=$PWD/root \
		timeout 10 "$BUILD/tests/gpuvirt" "$@" > out 2> err < "${input:-/dev/null}" ||
		rc=$?
	opens=$(grep -cx open log) || :
	sed -i '/^open$/d' log
	case $rc in
	99 | 124 | 13[0-9]) die "the tool or the fake kernel broke ($rc): $(cat err)" ;;
	esac
}

status()
{
	[ "$rc" -eq "$1" ] || die "exit status $rc, not $1: $(cat out err)"
}

opened()
{
	[ "$opens" -eq "$1" ] || die "it has opened $opens sockets, not $1"
}

same()
{
	if ! diff -u "$2" "$1" > difference; then
		sed 's/^/# /' difference
		exit 1
	fi
}

# The whole of it, from standard input.
out_is() { cat > want; same out want; }
err_is() { cat > want; same err want; }
log_is() { cat > want; same log want; }

has()
{
	grep -qF -- "$2" "$1" || die "no \"$2\" in $1: $(cat "$1")"
}

hasnt()
{
	! grep -qF -- "$2" "$1" || die "\"$2\" in $1: $(cat "$1")"
}

out_has() { has out "$1"; }
err_has() { has err "$1"; }

quiet()
{
	[ ! -s err ] || die "something on standard error: $(cat err)"
}

# The value of a Python expression on the JSON document d of the output.
json()
{
	local got

	got=$(/usr/bin/python3 -c 'import json, sys
d = json.load(open("out"))
print(eval(sys.argv[1]))' "$1") || die "no JSON: $(cat out)"
	[ "$got" = "$2" ] || die "$1 is $got, not $2"
}

# A line of the command table: OBJECT COMMAND WORDS...
words()
{
	"$BUILD/gpuvirt" help words
}

skip()
{
	echo "# $*"
	exit 77
}
