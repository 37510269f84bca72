#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Look for a picture in the VRAM that a VMM has mapped.

usage: slice.py PID FILE.ppm

Prints the offset of the picture in the VRAM slice of process PID, as its
memory has it, pixel for pixel; or "none" if no line of it is there, or "part".
"""

import sys


def mapping(pid):
    """The largest mapping of a BAR: the one with the whole slice.

    The display regions can only be read.
    """
    best = (0, 0)
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            if "vfio-device" not in line or " rw-s " not in line:
                continue
            start, end = (int(n, 16) for n in line.split()[0].split("-"))
            if end - start > best[1] - best[0]:
                best = (start, end)
    return best


def pixels(path):
    """Lines of the picture as the guest has them: B, G, R and a 0."""
    with open(path, "rb") as file:
        magic, size, depth, data = file.read().split(b"\n", 3)
    width, height = (int(n) for n in size.split())
    if magic != b"P6" or depth != b"255" or len(data) != width * height * 3:
        sys.exit(f"slice.py: {path} is no whole PPM")
    out = bytearray(width * height * 4)
    for channel in range(3):
        out[2 - channel::4] = data[channel::3]
    return bytes(out), width * 4


def main():
    pid, path = sys.argv[1:]
    start, end = mapping(pid)
    if start == end:
        sys.exit(f"slice.py: process {pid} has no VFIO device mapped")
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
        mem.seek(start)
        vram = bytearray()
        while len(vram) < end - start:
            part = mem.read(min(1 << 20, end - start - len(vram)))
            if not part:
                sys.exit("slice.py: the mapping can't be read to its end")
            vram += part
    picture, stride = pixels(path)
    at = vram.find(picture)
    if at >= 0:
        print(at)
        return
    # Lines of one colour can be in any picture.
    lines = {picture[i:i + stride] for i in range(0, len(picture), stride)}
    lines = [line for line in lines if len(set(line)) > 4]
    print("part" if any(vram.find(line) >= 0 for line in lines) else "none")


main()
