# SPDX-License-Identifier: GPL-2.0
# the end of a VF's leaving is told, also if nobody knew its driver
# file: kmod/vf.c
# test: vf_nvme
/^\t\tvf->leaving = false;/{
n
d
}
