#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A shell in a guest that has this machine's programs, our modules and tool,
# and can run virtual machines itself. Leave it with exit.
#
# usage: shell.sh SERIES

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

[ $# -eq 1 ] || die "usage: shell.sh SERIES"
"$top/selftests/vm/modules.sh" "$1"
make --no-print-directory -C "$top" tool tests >/dev/null

GV_WELCOME="Linux $1 with gpuvirt. The root is that of your machine, read-only;
changes are kept in memory, files in /run/gv/out stay in build/$1/shell/share.
Try: gpuvirt sim add model A16; gpuvirt; lspci. Leave with exit."
GV_SHELL_ARGS=--norc
export GV_WELCOME GV_SHELL_ARGS
# The terminal is the guest's until it ends: every key goes there.
if [ -t 0 ]; then
	saved=$(stty -g)
	trap 'stty "$saved"' EXIT INT TERM
	stty raw -echo
fi
"$top/selftests/vm/run.sh" -k "$1" -r host -m 3072 --nested -s \
	-o "$top/build/$1/shell"
