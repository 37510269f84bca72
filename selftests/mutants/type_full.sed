# SPDX-License-Identifier: GPL-2.0
# a type has no more vGPUs than its maximum
# file: kmod/type.c
# test: model
/if (type->live >= params->max_instances)/,+1d
