# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Helpers for tests of `gpuvirt iommu` on a machine with a known topology.

. "$GV_TOP/selftests/lib/tool.sh"

pci=/sys/bus/pci/devices

# agree_all: for every function of the machine, the members that the tool reckons
# are those that the kernel's own group has. The comparison is not the tool's.
agree_all()
{
	works gpuvirt -p iommu show all && cp "$said" "$said.show" || return
	agree_shared=0
	for agree_ in "$pci"/*; do
		agree_fn=${agree_##*/}
		reckoned "$agree_fn" "$said.show" >"$said.ours"
		ls "$agree_/iommu_group/devices" >"$said.kernel" 2>/dev/null || :
		[ "$(wc -l <"$said.kernel")" -lt 2 ] ||
			agree_shared=$((agree_shared + 1))
		cmp -s "$said.ours" "$said.kernel" && continue
		echo "$agree_fn is reckoned, then is, in a group of:"
		cat "$said.ours"
		echo ...
		cat "$said.kernel"
		return 1
	done
	echo "$agree_shared functions share a group"
}

# agree: the same on a machine where some functions do share a group
agree()
{
	agree_all && [ $agree_shared -gt 0 ]
}

# reckoned ADDRESS FILE: what the JSON in FILE has in that list, one a line
reckoned()
{
	awk -v want="\"address\": \"$1\"" '
		/"address"/ { here = index($0, want); list = 0 }
		/"reckoned"/ { list = here; next }
		/\]/ { list = 0 }
		list { gsub(/[" ,]/, ""); print }' "$2"
}

# groups: the kernel made some.
groups()
{
	[ -d /sys/kernel/iommu_groups/0 ]
}

# behind PORT SLOT.FUNCTION: the address of what is behind that port, or behind
# a function of it: behind 0000:00:02.0 00.0
behind()
{
	for behind_ in "$pci/$1"/*:"$2"; do
		[ -e "$behind_" ] && echo "${behind_##*/}" && return
	done
	echo "nothing behind $1 at $2" >&2
	return 1
}

# verdict ADDRESS WORD [REASON]: of the tool's show
verdict()
{
	works gpuvirt iommu show "$1" && has "$1  $2  " &&
		{ [ $# -lt 3 ] || has "$3"; }
}
