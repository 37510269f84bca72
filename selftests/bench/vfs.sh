#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
# cmdline: slub_debug=-
# timeout: 1800
#
# How long it takes until 64 VFs are bound to vfio-pci, by the tool and by its
# rivals, and a report on the isolation of 256 functions. Rounds are interleaved.
#
# VFs are opened as virtual machines that start open them: one after another, and
# at once. They are reset one after another by a program, and at once by the tool.
#
# The tool's VFs are bound as they appear: its bind phase is what enabling takes
# longer than with `driver none`. Rivals enable them without a driver and then
# bind them. Nothing here is judged.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"
. "$GV_TOP/selftests/lib/bench.sh"

rounds=${GV_ROUNDS:-7}
n=64
opened=32
rival=$GV_TOP/build/bench/vf_rival
devices=/sys/bus/pci/devices

bound()
{
	local got

	got=$(readlink $devices/"$gpu"/virtfn*/driver | grep -c '/vfio-pci$')
	[ "$got" -eq "$1" ] && return
	echo "$got VFs are bound, not $1"
	return 1
}

vf_addresses()
{
	local i

	for ((i = 0; i < n; i++)); do
		basename "$(readlink $devices/"$gpu"/virtfn$i)"
	done
}

# It is called through timed, with more arguments.
# shellcheck disable=SC2120
tool_enable()
{
	gpuvirt vf enable "$gpu" $n "$@" >/dev/null
}

disable()
{
	echo 0 >$devices/"$gpu"/sriov_numvfs &&
	echo 1 >$devices/"$gpu"/sriov_drivers_autoprobe
}

# One process for each write, as scripts with sudo or tee have it.
shell_bind()
{
	local vf

	for vf in $addresses; do
		sh -c "echo vfio-pci >$devices/$vf/driver_override" &&
		sh -c "echo $vf >/sys/bus/pci/drivers_probe" || return
	done
}

loop_bind()
{
	local vf

	for vf in $addresses; do
		echo vfio-pci >$devices/"$vf"/driver_override &&
		echo "$vf" >/sys/bus/pci/drivers_probe || return
	done
}

driverctl_bind()
{
	local vf

	for vf in $addresses; do
		driverctl --nosave set-override "$vf" vfio-pci || return
	done
}

# rival NAME COMMAND...: VFs without a driver, then bound by the command
rival()
{
	local name=$1

	shift
	told enable-program "$rival" enable "$gpu" $n &&
	"$@" && bound $n && disable
}

round()
{
	timed tool tool_enable && bound $n && disable &&
	timed tool-none tool_enable driver none && bound 0 && disable &&
	rival program told bind-program "$rival" bind "$gpu" $n &&
	rival loop timed bind-loop loop_bind &&
	rival shell timed bind-shell shell_bind &&
	timed toolB tool_enable && bound $n && disable
}

setup()
{
	in_memory gpuvirt "$rival" sh driverctl udevadm logger lspci find sort \
		basename dirname virt-host-validate &&
	modprobe vfio-pci && add_gpu total-vfs $n &&
	tool_enable && addresses=$(vf_addresses) && disable
}

bind()
{
	local i

	for ((i = 0; i < rounds; i++)); do
		round || return
	done
	command -v driverctl >/dev/null || return 0
	rival driverctl timed bind-driverctl driverctl_bind
}

reset_round()
{
	local i

	for ((i = 0; i < rounds; i++)); do
		told open "$rival" open "$gpu" $opened &&
		told open-threads "$rival" threads "$gpu" $opened &&
		told reset-program "$rival" reset "$gpu" $opened &&
		timed reset-tool gpuvirt vf reset gpu "$gpu" &&
		told open-threadsB "$rival" threads "$gpu" $opened &&
		timed reset-toolB gpuvirt vf reset gpu "$gpu" || return
	done
}

# As many as measured elsewhere: the floor is 100 ms for each, or for all.
open_and_reset()
{
	modprobe vfio_iommu_type1 &&
	gpuvirt vf enable "$gpu" $opened >/dev/null && reset_round && disable
}

# The loop that everybody uses.
shell_report()
{
	local dev

	for dev in $(find /sys/kernel/iommu_groups/*/devices/* | sort -V); do
		echo "group $(basename "$(dirname "$(dirname "$dev")")")" \
			"$(lspci -nns "${dev##*/}")"
	done >/dev/null
}

# What libvirt says of the host as a whole: of IOMMUs one line, of groups none. It
# finds fault with an emulated machine, and says so by its status.
validate()
{
	virt-host-validate qemu >"$said.validate" || :
	[ -s "$said.validate" ]
}

tool_report()
{
	gpuvirt iommu show >"$said.report"
}

# Three more GPUs: 256 VFs in all, not counting the PFs.
isolation()
{
	local i gpus=$gpu

	for i in 1 2 3; do
		add_gpu total-vfs $n && gpus="$gpus $gpu" || return
	done
	for gpu in $gpus; do
		tool_enable || return
	done
	for ((i = 0; i < rounds; i++)); do
		timed report-tool tool_report &&
		whole report-program "$rival" groups &&
		timed report-toolB tool_report || return
	done
	[ "$(wc -l <"$said.report")" -ge 256 ] &&
	timed report-shell shell_report || return
	command -v virt-host-validate >/dev/null || return 0
	timed report-validate validate
}

# What binding adds to enabling, in each round.
bind_phase()
{
	paste "$times/tool" "$times/tool-none" |
		awk '{ print ($1 > $2 ? $1 - $2 : 1) }' >"$times/bind-tool"
}

report()
{
	bind_phase
	ratio_head "$n VFs into vfio-pci"
	ratio "bind: sh -c for each / tool" bind-shell bind-tool 1 ">= 10" tool
	ratio "bind: one shell / tool" bind-loop bind-tool 1 "" tool
	ratio "bind: driverctl / tool" bind-driverctl bind-tool 1 "" tool
	ratio "bind: program / tool" bind-program bind-tool 1 ">= 1" tool
	ratio "enable, no driver: program / tool" enable-program tool-none 1 "" \
		tool
	ratio "enable and bind: tool / tool again" tool toolB 1 "1: chance"
	ratio "open $opened VFs: one after another / at once" open \
		open-threads 1 ">= 8"
	ratio "reset $opened VFs: program, one by one / tool" reset-program \
		reset-tool 1 ">= 8"
	ratio "report on 256 VFs: find and lspci / tool" report-shell \
		report-tool 1 ">= 50"
	ratio "report: program / tool" report-program-process report-tool 1 ""
	ratio "report: virt-host-validate / tool" report-validate \
		report-tool 1 ""
	ratio "report: tool / tool again" report-tool report-toolB 1 "1: chance"
}

all_go()
{
	works gpuvirt sim del all && report &&
	as_json vfs rounds "$rounds" vfs $n
}

modprobe gpuvirt-sim
ktap_plan 5
ktap_run "a GPU with $n VFs" setup
ktap_run "enable and bind" bind
ktap_run "open and reset" open_and_reset
ktap_run "a report on 256 VFs" isolation
ktap_run "what was measured" all_go
ktap_end
