# SPDX-License-Identifier: GPL-2.0
# what another tool bound is left to that tool
# file: tools/pt/change.c
# test: tool
s/if (!record->found) {/if (!record->fd) {/
