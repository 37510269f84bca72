#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Run the examples of a document and compare what they print. Examples are
# blocks marked as "console": a line that starts with "# " is a command, what
# follows is its output. "..." stands for any text in a line, and alone on a
# line for any lines.
#
# usage: console.py FILE
#
# Prints one line a command, "ok COMMAND" or "not ok COMMAND" and what differed.

import re
import subprocess
import sys


def blocks(text):
    return re.findall(r"^```console\n(.*?)^```", text, re.M | re.S)


def examples(block):
    command, output = None, []
    for line in block.splitlines():
        if line.startswith("# "):
            if command:
                yield command, output
            command, output = line[2:], []
        else:
            output.append(line)
    if command:
        yield command, output


def pattern(lines):
    parts = []
    for line in lines:
        if line == "...":
            parts.append(r"(?:[^\n]*\n)*")
        else:
            parts.append(re.escape(line).replace(re.escape("..."), "[^\n]*")
                         + r"\n")
    return "".join(parts)


def main():
    failed = False
    with open(sys.argv[1], encoding="utf-8") as file:
        found = blocks(file.read())
    if not found:
        sys.exit("there are no examples in " + sys.argv[1])
    for block in found:
        for command, want in examples(block):
            got = subprocess.run(command, shell=True, text=True,
                                 stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, check=False).stdout
            if re.fullmatch(pattern(want), got):
                print("ok", command)
                continue
            failed = True
            print("not ok", command)
            print("\n".join("  documented: " + line for line in want))
            print("\n".join("  printed:    " + line
                            for line in got.splitlines()))
    sys.exit(failed)


main()
