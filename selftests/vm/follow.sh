#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Print the results of a run as they come in, until process PID has ended.
# With -q, only of what failed.
#
# usage: follow.sh FILE PID [-q]

set -eu
only=
[ "${3-}" != -q ] || only='^ *(not ok|Bail out)'

tail -n +1 -s 0.2 -f --pid="$2" "$1" | awk -v only="$only" '
	{ sub(/\r$/, "") }
	!only || $0 ~ only { print; fflush() }'
