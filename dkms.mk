# SPDX-License-Identifier: GPL-2.0
#
# The modules on this machine, by DKMS, for every kernel it has and will have.

dkms-install:		## install the modules, for this and later kernels
	@$(top)/dkms/install.sh

dkms-uninstall:		## remove simulated GPUs and the modules
	@$(top)/dkms/uninstall.sh
