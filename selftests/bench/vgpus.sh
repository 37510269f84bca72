#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
# cmdline: slub_debug=-
# timeout: 3000
#
# How long it takes to create and delete vGPUs and to list them, by the tool and
# by its rivals, and whether one more costs more when there are many. Rounds are
# interleaved, so that a busy machine slows all alike; medians are told, and two
# series of one thing (A and B) show what differs by chance. GV_ROUNDS says how
# many rounds.
#
# Nothing here is judged: a result fails only if a rival can't do its work.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"
. "$GV_TOP/selftests/lib/bench.sh"

rounds=${GV_ROUNDS:-7}
n=64
rival=$GV_TOP/build/bench/vgpu_rival
mdev=/sys/bus/mdev/devices

uuid_of()
{
	printf '7e57ab1e-0000-4000-8000-%012x' "$1"
}

uuids()
{
	local i

	for ((i = 0; i < $1; i++)); do
		uuid_of $i
		echo
	done
}

setup()
{
	in_memory gpuvirt "$rival" sh mdevctl cat readlink &&
	works gpuvirt -j sim add vram 64GiB max-vgpus 2048 &&
	gpu=$(sed -n 's/.*"subject": *"\([^"]*\)".*/\1/p' "$said") &&
	works gpuvirt type new "$gpu" bench framebuffer 8MiB &&
	dir=/sys/bus/pci/devices/$gpu/mdev_supported_types/gpuvirt-sim-bench &&
	uuids $n | sed "s/.*/vgpu new $gpu bench uuid &/" >"$said.new" &&
	uuids $n | sed 's/.*/vgpu del &/' >"$said.del" &&
	mkdir -p /etc/mdevctl.d/scripts.d/callouts \
		/etc/mdevctl.d/scripts.d/notifiers
}

shell_create()
{
	local uuid

	for uuid in $(uuids $n); do
		sh -c "echo $uuid >$dir/create" || return
	done
}

shell_delete()
{
	local uuid

	for uuid in $(uuids $n); do
		sh -c "echo 1 >$mdev/$uuid/remove" || return
	done
}

mdevctl_create()
{
	local uuid

	for uuid in $(uuids $n); do
		mdevctl start -u "$uuid" -p "$gpu" -t gpuvirt-sim-bench || return
	done
}

mdevctl_delete()
{
	local uuid

	for uuid in $(uuids $n); do
		mdevctl stop -u "$uuid" || return
	done
}

shell_walk()
{
	local dev

	for dev in $mdev/*; do
		echo "${dev##*/} $(readlink "$dev") $(readlink "$dev/iommu_group") \
$(readlink "$dev/driver") $(cat "$dev/mdev_type/name") \
$(cat "$dev/mdev_type/description")"
	done >"$said"
}

tool_batch()
{
	gpuvirt -b "$1" >/dev/null
}

tool_list()
{
	gpuvirt -j vgpu show >"$said"
}

create_delete_round()
{
	timed start-tool tool_batch /dev/null &&
	timed create-tool tool_batch "$said.new" &&
	timed delete-tool tool_batch "$said.del" &&
	timed create-shell shell_create && timed delete-shell shell_delete &&
	whole create-program "$rival" create "$dir" $n &&
	whole delete-program "$rival" delete $n &&
	timed create-toolB tool_batch "$said.new" &&
	timed delete-toolB tool_batch "$said.del"
}

inventory_round()
{
	told list-dump "$rival" dump 20 && told list-walk "$rival" walk 20 &&
	told list-dumpB "$rival" dump 20 &&
	timed list-tool tool_list && timed list-shell shell_walk
}

# grow N [B]: what N cost, in all.
grow()
{
	told "vgpu-create-$1${2-}" "$rival" create "$dir" "$1" &&
	told "vgpu-list-$1${2-}" "$rival" dump 5 &&
	told "vgpu-delete-$1${2-}" "$rival" delete "$1" || return
	"$rival" types "$gpu" "$1" >"$said" || return
	sed -n 1p "$said" >>"$times/type-create-$1${2-}"
	sed -n 2p "$said" >>"$times/type-list-$1${2-}"
	sed -n 3p "$said" >>"$times/type-delete-$1${2-}"
}

# Ten are quickly done, and their time varies: a round's is the median of nine.
grow_ten()
{
	local all=$times i name

	times=$(mktemp -d)
	for ((i = 0; i < 9; i++)); do
		grow 10 "$@" || return
	done
	for name in "$times"/*; do
		median "${name##*/}" >>"$all/${name##*/}"
	done
	rm -r "$times"
	times=$all
}

create_delete()
{
	local i

	for ((i = 0; i < rounds; i++)); do
		create_delete_round || return
	done
	# It takes long, and its time varies little: fewer rounds do.
	command -v mdevctl >/dev/null || return 0
	for ((i = 0; i < (rounds + 3) / 4; i++)); do
		timed create-mdevctl mdevctl_create &&
		timed delete-mdevctl mdevctl_delete || return
	done
}

inventory()
{
	local i

	tool_batch "$said.new" || return
	for ((i = 0; i < rounds; i++)); do
		inventory_round || return
	done
	tool_batch "$said.del"
}

growth()
{
	local i

	for ((i = 0; i < (rounds + 1) / 2; i++)); do
		grow_ten && grow 1000 && grow_ten B || return
	done
}

# What the tool does beside to start, in each round.
without_start()
{
	paste "$times/$1-tool" "$times/start-tool" |
		awk '{ print ($1 > $2 ? $1 - $2 : 1) }' >"$times/$1-work"
}

report()
{
	local what

	without_start create
	without_start delete
	ratio_head "$n vGPUs"
	for what in create delete; do
		ratio "$what: shell / tool" $what-shell $what-tool 1 ">= 15"
		ratio "$what: mdevctl / tool" $what-mdevctl $what-tool 1 ""
		ratio "$what: program / tool" $what-program-process \
			$what-tool 1 ">= 0.95"
		ratio "$what: program / tool, without their starts" \
			$what-program $what-work 1 "" $what-tool
		ratio "$what: tool / tool again" $what-tool $what-toolB 1 "1: chance"
	done
	ratio "list 20 times: walk / dump" list-walk list-dump 1 ">= 10"
	ratio "list 20 times: dump / dump again" list-dump list-dumpB 1 "1: chance"
	ratio "list: shell / tool" list-shell list-tool 1 ""
	for what in vgpu-create vgpu-list vgpu-delete \
		    type-create type-list type-delete; do
		ratio "$what: each of 1000 / each of 10" $what-1000 $what-10 \
			0.01 "<= 1.2"
	done
}

all_go()
{
	works gpuvirt sim del "$gpu" && report &&
	as_json vgpus rounds "$rounds" vgpus $n
}

modprobe gpuvirt-sim
ktap_plan 5
ktap_run "a GPU with room for 2048 vGPUs" setup
ktap_run "create and delete $n vGPUs" create_delete
ktap_run "list $n vGPUs" inventory
ktap_run "1000 against 10" growth
ktap_run "what was measured" all_go
ktap_end
