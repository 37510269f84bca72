#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the measurements of selftests/bench/*.sh in a guest, and print what they have
# measured in one table. They are tests in form; ratios are told, not judged. All
# times are in build/bench.json.
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
out=$top/build/$series/bench-vm
status=0
"$top/selftests/vm/run.sh" -k "$series" -r host -m 3072 -o "$out" "$@" ||
	status=$?
[ -e "$out/share/table" ] || exit 1
{
	printf '{"commit": "%s", "cpu": "%s", "processors": %s, "load": "%s", "measured": [' \
		"$(git -C "$top" describe --always --dirty 2>/dev/null)" \
		"$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" \
		"$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
	cat "$out"/share/*.json | paste -sd,
	echo ']}'
} >"$top/build/bench.json"
echo
cat "$out/share/table"
exit $status
