#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Compare the logic of the modules and of the tool with models of it, in a program
# (selftests/model). The last line is "N cases, N violations".
#
# usage: model.sh [CASES]

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

make --no-print-directory -s -C "$top/selftests/model" O="$top/build/model" ||
	die "the models were not built"
"$top/build/model/model" -s "${SEED:-1}" "${1:-10000000}"
