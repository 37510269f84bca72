# SPDX-License-Identifier: GPL-2.0
# the rescan lock is left to kernels that take it where they add VFs
# file: kmod/pf_lock.h
# test: model
/^static inline void gv_pf_sriov_lock/,/^}/s/if (GV_PCI_IOV_LOCKS_RESCAN)/if (false)/
