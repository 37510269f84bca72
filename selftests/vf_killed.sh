#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# The tool is killed while it enables, disables or resizes: all is as before or as
# after, and `vf show` says which, in the words of sysfs.

. "$GV_TOP/selftests/lib/ktap.sh"
. "$GV_TOP/selftests/lib/tool.sh"

pci=/sys/bus/pci/devices
holding=/sys/module/gpuvirt_hold/parameters
all=16
few=4

running()
{
	gpuvirt operation show | grep -q 'state running'
}

ended()
{
	! running
}

# What sysfs says: each VF and its driver, one a line.
by_sysfs()
{
	ls -ld "$pf"/virtfn* "$pf"/virtfn*/driver 2>/dev/null | awk '
		{ name = $(NF - 2); sub(/.*\/virtfn/, "", name); sub(/.*\//, "", $NF) }
		sub(/\/driver$/, "", name) { driver[name] = $NF; next }
		{ vf[name] = $NF }
		END { for (name in vf) print vf[name], driver[name] }' | sort
}

# have COUNT: so many VFs, all in vfio-pci, by sysfs and by the tool
have()
{
	[ "$(cat "$pf/sriov_numvfs")" -eq "$1" ] || return
	by_sysfs >"$said.sysfs"
	[ "$(grep -c ' vfio-pci$' "$said.sysfs")" -eq "$1" ] &&
	[ "$(wc -l <"$said.sysfs")" -eq "$1" ] &&
	works gpuvirt vf show gpu "$gpu" || return
	sed 's/ .* driver \([^ ]*\) .*/ \1/' "$said" | sort >"$said.show"
	cmp "$said.sysfs" "$said.show"
}

# One whose tool is not killed, for where the last one has left it.
to()
{
	if [ "$1" -eq 0 ]; then
		works gpuvirt vf disable "$gpu"
	else
		works gpuvirt vf enable "$gpu" "$1" resize
	fi && have "$1"
}

held()
{
	[ "$(cat $holding/held)" = Y ]
}

# killed WHEN BEFORE AFTER VERB...: after so many seconds, or when the kernel is held
# in that function
killed()
{
	when=$1 before=$2 after=$3
	shift 3
	to "$before" || return
	case $when in
	*_*)	echo "$when 1" >$holding/call || return ;;
	esac
	gpuvirt vf "$@" >/dev/null 2>&1 &
	pid=$!
	case $when in
	*_*)	within 60 held || return ;;
	*)	sleep "$when" ;;
	esac
	kill -9 $pid 2>/dev/null
	middle=no
	! running || middle=yes
	[ ! -d $holding ] || echo none >$holding/call
	wait $pid
	[ $? -eq 137 ] || middle=no
	within 60 ended || return
	if have "$after"; then
		state=after
	elif have "$before"; then
		state=before
	else
		echo "killed at $when: neither $before nor $after VFs, but"
		cat "$said.sysfs" "$said"
		return 1
	fi
	echo "killed at $when: as $state, in the middle: $middle"
	[ $middle = no ] || middles=$((middles + 1))
	# what the kernel has begun it ends
	[ $middle$state != yesbefore ]
}

# kills FUNCTION BEFORE AFTER VERB...: at several moments, one of them in the middle
kills()
{
	function=$1
	shift
	middles=0
	for at in 0 0.05 0.2 0.8; do
		killed $at "$@" || return
	done
	# a kernel without ftrace can't be held, and leaves it to luck
	[ -d $holding ] || return 0
	killed "$function" "$@" && [ $middles -gt 0 ]
}

set_up()
{
	modprobe -a vfio_iommu_type1 vfio_pci && add_gpu total-vfs $all &&
	pf=$pci/$gpu
}

gone()
{
	works gpuvirt vf disable "$gpu" && have 0 && works gpuvirt sim del "$gpu" &&
	{ [ ! -d $holding ] || rmmod gpuvirt_hold; }
}

modprobe gpuvirt-hold 2>/dev/null
ktap_plan 5
ktap_run "a GPU" set_up
ktap_run "killed while it enables" kills pci_iov_add_virtfn 0 $all enable "$gpu" $all
ktap_run "killed while it disables" kills pci_iov_remove_virtfn $all 0 disable "$gpu"
ktap_run "killed while it resizes" kills pci_iov_add_virtfn $all $few enable "$gpu" $few resize
ktap_run "all go" gone
ktap_end
