# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Helpers for tests of passthrough: the functions of the guest, by where the
# test put them.

. "$GV_TOP/selftests/lib/tool.sh"

pci=/sys/bus/pci/devices

# behind PORT FUNCTION: the address of what is behind a port of the root.
behind()
{
	for behind_dev in "$pci/0000:$1"/0000:*."$2"; do
		[ ! -e "$behind_dev" ] || echo "${behind_dev##*/}"
	done
}

# driver ADDRESS NAME: that is its driver; NAME "" is none.
driver()
{
	driver_now=$(basename "$(readlink "$pci/$1/driver")")
	[ "$driver_now" = "$2" ] || {
		echo "$1 has driver \"$driver_now\", not \"$2\""
		return 1
	}
}

override()
{
	[ "$(cat "$pci/$1/driver_override")" = "$2" ] || {
		echo "$1 has override $(cat "$pci/$1/driver_override"), not $2"
		return 1
	}
}

bound()
{
	driver "$1" vfio-pci && override "$1" vfio-pci &&
	[ -c "/dev/vfio/$(basename "$(readlink "$pci/$1/iommu_group")")" ]
}

record()
{
	[ -s "/run/gpuvirt/passthrough/$1" ] && return
	echo "$1 has no record"
	return 1
}

# free ADDRESS DRIVER: the host has it back, and nothing is left of us.
free()
{
	driver "$1" "$2" && override "$1" "(null)" || return
	# a tool that was killed may leave an empty one, which says nothing
	[ ! -s "/run/gpuvirt/passthrough/$1" ] || {
		echo "its record is still there"
		return 1
	}
}
