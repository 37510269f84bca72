#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# needs: host-root
# timeout: 60
#
# What lspci makes of a simulated GPU with VFs.

. "$GV_TOP/selftests/lib/ktap.sh"

# says FUNCTION PATTERN...: in this order
says()
{
	lspci -s "$1" -vvv >/run/lspci
	shift
	at=0
	for pattern; do
		line=$(grep -n -- "$pattern" /run/lspci | cut -d: -f1 |
			awk -v at=$at '$1 > at { print; exit }')
		if [ -z "$line" ]; then
			echo "it lacks: $pattern"
			cat /run/lspci
			return 1
		fi
		at=$line
	done
}

set_up()
{
	gpu=$(gpuvirt sim add root-port acs) &&
	echo 16 >"/sys/bus/pci/devices/$gpu/sriov_numvfs"
}

pf()
{
	says "$gpu" '3D controller' 'Power Management version 3' \
		'Express (v2) Endpoint' 'FLReset+' 'MSI: Enable- Count=1/1' \
		'Vendor Specific Information: Len=48' \
		'Access Control Services' 'SR-IOV' 'Enable+' \
		'Initial VFs: 16, Total VFs: 16, Number of VFs: 16' \
		'VF offset: 1, stride: 1, Device ID: 4757' \
		'Alternative Routing-ID Interpretation'
}

vf()
{
	says "${gpu%00.0}02.0" '3D controller.*4757' 'Express (v2) Endpoint' \
		'FLReset+' 'MSI: Enable-' 'Vendor Specific Information' \
		'Access Control Services' &&
	! grep -E 'Power Management|SR-IOV|Region' /run/lspci
}

port()
{
	says "${gpu%:*:*}:00:00.0" 'PCI bridge' 'Bus: primary=00, secondary=01' \
		'Express (v2) Root Port' 'ARIFwd+' 'Access Control Services' \
		'ACSCtl:.*SrcValid+.*ReqRedir+ CmpltRedir+ UpstreamFwd+'
}

ktap_plan 5
ktap_run "a GPU with 16 VFs below a root port" set_up
ktap_run "the PF" pf
ktap_run "the last VF" vf
ktap_run "the root port" port
ktap_run "they go" gpuvirt sim del "$gpu"
ktap_end
