# SPDX-License-Identifier: GPL-2.0
# what was interrupted before it got to the GPU can be undone
# file: tools/cmd/passthrough.c
# test: tool
s/if (!strcmp(item->gpu, gpu->func.address) &&/if (!plan.count \&\& gpu \&\&/
