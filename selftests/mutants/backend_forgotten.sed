# SPDX-License-Identifier: GPL-2.0
# no backend comes to a GPU that is being forgotten
# file: kmod/backend.c
# test: mdev_race
s/if (gpu->gone || gpu->forgotten) {/if (false) {/
