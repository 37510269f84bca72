# SPDX-License-Identifier: GPL-2.0
# a driver that was set while VFs were to go is kept
# file: kmod/sriov.c
# test: operation_race
/Else somebody has set another/{n
s/if (.*)$/if (true)/
}
