# SPDX-License-Identifier: GPL-2.0
# a vGPU whose removal met its creation gets its remove file back
# file: kmod/vgpu.c
# test: mdev_race
/complete_all(&vgpu->listed);/,/schedule_delayed_work/{/schedule_delayed_work/d}
