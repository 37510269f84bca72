#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Remove the simulated GPUs, unload the modules, take them away from DKMS. If one
# of the GPUs or a module is in use, only the GPUs that are idle have gone: the
# modules stay loaded, and DKMS keeps them.
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

# Whoever drives them: nobody, vfio-pci, or us.
remove_gpus()
{
	[ -e /sys/module/gpuvirt_sim ] || return 0
	if gpuvirt=$(tool); then
		"$gpuvirt" sim del all ||
			die "a simulated GPU is in use: stop what uses it, then try again"
	elif ! rmmod gpuvirt_sim 2>/dev/null; then
		die "there are simulated GPUs, and no gpuvirt to remove them: make tool"
	fi
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
