#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Remove the simulated GPUs, unload the modules, take them away from DKMS. If a
# vGPU is in use nothing is done.
#
# usage: uninstall.sh

set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/dkms/lib.sh"

need_root dkms-uninstall
need_dkms

# The tool that is installed, or else the one that was built here.
tool()
{
	command -v gpuvirt || { [ -x "$top/build/tools/gpuvirt" ] &&
		echo "$top/build/tools/gpuvirt"; }
}

remove_gpus()
{
	ls -d /sys/bus/pci/drivers/gpuvirt-sim/*:*:*.* >/dev/null 2>&1 || return 0
	gpuvirt=$(tool) ||
		die "there are simulated GPUs, and no gpuvirt to remove them: make tool"
	"$gpuvirt" sim del all ||
		die "a simulated GPU is in use: stop what uses it, then try again"
}

unload()
{
	[ -e /sys/module/gpuvirt ] || return 0
	for module in gpuvirt_sim gpuvirt; do
		[ ! -e /sys/module/$module ] || rmmod $module ||
			die "$module is in use: stop what uses it, then try again"
	done
}

remove_gpus
unload
for v in $(versions); do
	forget "$v"
	say "version $v is removed"
done
