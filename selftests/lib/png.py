#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Look into PNG files of 8 bits a channel, without any image library.

usage: png.py FILE              prints WIDTH HEIGHT and the number of colours
       png.py FILE X,Y...       prints these pixels as RRGGBB, one a line

Exit status 1 if FILE is no complete, valid PNG.
"""

import struct
import sys
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def fail(text):
    sys.exit(f"png.py: {text}")


def chunks(data):
    at = len(SIGNATURE)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + length]
        crc, = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(kind + body) != crc:
            fail(f"chunk {kind.decode()} has a wrong checksum")
        yield kind, body
        at += 12 + length


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    if pa <= pb and pa <= pc:
        return a
    return b if pb <= pc else c


def unfilter(kind, row, above, bpp):
    if kind == 2:
        return bytearray((x + b) & 255 for x, b in zip(row, above))
    row = bytearray(row)
    if kind == 0:
        return row
    for i, x in enumerate(row):
        a = row[i - bpp] if i >= bpp else 0
        b = above[i]
        c = above[i - bpp] if i >= bpp else 0
        guess = {1: a, 3: (a + b) // 2, 4: paeth(a, b, c)}[kind]
        row[i] = (x + guess) & 255
    return row


def rows_of(raw, stride, bpp):
    above = bytearray(stride)
    for at in range(0, len(raw), stride + 1):
        if raw[at] > 4:
            fail(f"unknown filter {raw[at]}")
        above = unfilter(raw[at], raw[at + 1:at + 1 + stride], above, bpp)
        yield above


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    if not data.startswith(SIGNATURE):
        fail(f"{path} is no PNG")
    try:
        parts = list(chunks(data))
    except struct.error:
        fail(f"{path} is cut off")
    if not parts or parts[0][0] != b"IHDR" or parts[-1][0] != b"IEND":
        fail(f"{path} is not complete")
    width, height, depth, colour = struct.unpack_from(">IIBB", parts[0][1])
    if depth != 8 or colour not in CHANNELS:
        fail(f"{path} has {depth} bits, colour type {colour}")
    bpp = CHANNELS[colour]
    raw = zlib.decompress(b"".join(b for k, b in parts if k == b"IDAT"))
    if len(raw) != (width * bpp + 1) * height:
        fail(f"{path} has {len(raw)} bytes for {width}x{height}")
    return width, height, bpp, list(rows_of(raw, width * bpp, bpp))


def main():
    if len(sys.argv) < 2:
        fail("usage: png.py FILE [X,Y...]")
    width, height, bpp, rows = read(sys.argv[1])
    if len(sys.argv) == 2:
        colours = set()
        for row in rows:
            colours.update(row[i:i + bpp].hex()
                           for i in range(0, len(row), bpp))
        print(width, height, len(colours))
    for place in sys.argv[2:]:
        x, y = (int(n) for n in place.split(","))
        print(rows[y][x * bpp:x * bpp + 3].hex())


main()
