#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The demonstration: a host guest, a simulated GPU, two vGPUs, two virtual
# machines, two pictures. Leaves demo-out/ with the pictures and a transcript.
#
# usage: demo.sh

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/selftests/lib/common.sh"

series=6.1
run=$top/build/$series/demo
result=$top/demo-out
vm=$top/selftests/vm

say "building"
"$vm/kernel.sh" $series get
"$vm/modules.sh" $series
make --no-print-directory -C "$top" tool >/dev/null
"$vm/inner.sh"

say "booting a host with Linux $("$vm/kernel.sh" $series release)"
say "all of it is emulated, so this takes some minutes"
rm -rf "$result" "$run"
mkdir -p "$result" "$run"
"$vm/run.sh" -k $series -r host -m 3072 --nested -o "$run/vm" \
	"$top/selftests/demo/guest.sh" >"$run/log" 2>&1 &
pid=$!
trap 'kill $pid 2>/dev/null || :' EXIT
while [ ! -e "$run/vm/share/transcript.txt" ] && kill -0 $pid 2>/dev/null; do
	sleep 0.2
done
[ ! -e "$run/vm/share/transcript.txt" ] ||
	tail -n +1 -s 0.2 -f --pid=$pid "$run/vm/share/transcript.txt"
status=0
wait $pid || status=$?
for file in "$run"/vm/share/*.png "$run"/vm/share/transcript.txt; do
	[ ! -e "$file" ] || cp "$file" "$result/"
done

if [ $status -ne 0 ]; then
	cat "$run/log" >&2
	die "the demonstration failed; its log is $run/log"
fi
for name in one two; do
	png=$result/vgpu-$name.png
	# shellcheck disable=SC2046
	set -- $("$top/selftests/lib/png.py" "$png")
	[ "${3-0}" -ge 8 ] || die "$png is empty: it has ${3-0} colours"
	echo "$png: $1 x $2"
done
! cmp -s "$result/vgpu-one.png" "$result/vgpu-two.png" ||
	die "the two pictures are the same"
echo "transcript: $result/transcript.txt"
