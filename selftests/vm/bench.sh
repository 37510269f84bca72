#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the measurements of selftests/bench/*.sh in a guest and print what they
# say. They are tests in form; ratios are told, not judged.
#
# usage: bench.sh SERIES

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

[ $# -eq 1 ] || die "usage: bench.sh SERIES"
series=$1
set -- "$top"/selftests/bench/*.sh
[ -e "$1" ] || die "there is no measurement in selftests/bench"
"$top/selftests/vm/modules.sh" "$series" >/dev/null
make --no-print-directory -C "$top" tool tests >/dev/null
"$top/selftests/vm/run.sh" -k "$series" -r host -m 3072 \
	-o "$top/build/$series/bench-vm" "$@"
