# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Helpers for tests of `gpuvirt iommu` on a machine with a known topology.

. "$GV_TOP/selftests/lib/tool.sh"

pci=/sys/bus/pci/devices

# agree: for every function of the machine, the members that the tool reckons
# are those that the kernel's own group has. The comparison is not the tool's.
agree()
{
	works gpuvirt -j iommu show all && /usr/bin/python3 - "$said" <<-'END'
	import json, os, sys

	pci = '/sys/bus/pci/devices'
	report = {fn['address']: fn for fn in json.load(open(sys.argv[1]))}
	wrong = 0
	shared = 0
	for address in sorted(os.listdir(pci)):
	    fn = report.pop(address)
	    group = f'{pci}/{address}/iommu_group'
	    if not os.path.exists(group):
	        print(f'{address} is in no group')
	        wrong += fn['verdict'] != 'no-iommu'
	        continue
	    want = sorted(os.listdir(f'{group}/devices'))
	    shared += len(want) > 1
	    if fn.get('reckoned') != want or not fn['agrees']:
	        print(f'{address}: reckoned {fn.get("reckoned")}, is {want}')
	        wrong += 1
	print(f'{shared} functions share a group')
	sys.exit(bool(wrong or report or not shared))
	END
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
