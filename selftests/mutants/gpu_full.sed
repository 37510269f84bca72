# SPDX-License-Identifier: GPL-2.0
# a GPU has no more vGPUs than it can hold
# file: kmod/backend.c
# test: model
/be->nr_vgpus >= be->max_vgpus/s/if (.*)/if (0)/
