#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Open a device through VFIO as a VMM does, print our pid, and stay.

usage: hold.py /sys/bus/BUS/devices/NAME
"""

import fcntl
import os
import signal
import struct
import sys

SET_IOMMU, SET_CONTAINER, GET_DEVICE_FD = 0x3b66, 0x3b68, 0x3b6a
TYPE1V2 = 3

path = sys.argv[1]
number = os.path.basename(os.readlink(f"{path}/iommu_group"))
container = os.open("/dev/vfio/vfio", os.O_RDWR)
group = os.open(f"/dev/vfio/{number}", os.O_RDWR)
fcntl.ioctl(group, SET_CONTAINER, struct.pack("i", container))
fcntl.ioctl(container, SET_IOMMU, TYPE1V2)
device = fcntl.ioctl(group, GET_DEVICE_FD,
                     os.path.basename(path).encode() + b"\0")
print(os.getpid(), flush=True)
signal.pause()
