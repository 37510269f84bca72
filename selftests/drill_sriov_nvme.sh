#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: host-root, own-guest, long
# timeout: 1200
# qemu: -machine kernel-irqchip=split
# qemu: -device intel-iommu,intremap=on,caching-mode=on
# qemu: -device pcie-root-port,id=a,chassis=1,slot=1,addr=2.0 -device nvme-subsys,id=s
# qemu: -device nvme,serial=gv,subsys=s,bus=a,max_ioqpairs=130,msix_qsize=131,sriov_max_vfs=64,sriov_vq_flexible=128,sriov_vi_flexible=128,sriov_max_vq_per_vf=2,sriov_max_vi_per_vf=2
#
# R12 on a device that is not ours and whose driver is not either, see vf_nvme.sh:
# the driver of the host's own controllers is loaded and would take VFs.

. "$GV_TOP/selftests/lib/ktap.sh"

gpu=0000:01:00.0

modprobe -a gpuvirt nvme || exit 1
for i in $(seq 30); do
	[ ! -e /sys/bus/pci/devices/$gpu/driver ] || break
	sleep 1
done
gpuvirt id add 1b36:0010 || exit 1
exec "$GV_TOP/build/tests/drill_sriov" "${GV_DRILL-}" "${GV_SEED-}" $gpu
