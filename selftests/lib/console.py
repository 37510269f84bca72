#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Run the examples of a document and compare what they print. Examples are
# blocks marked as "console": a line that starts with "# " is a command, what
# follows is its output. "..." stands for any text in a line, and alone on a
# line for any lines.
#
# usage: console.py FILE [TRANSCRIPT]
#
# Prints one line a command, "ok COMMAND" or "not ok COMMAND" and what differed.
#
# With TRANSCRIPT nothing is run: the only block marked as "shell-session" is
# compared with that file, where "$ " begins a command. All commands that are in
# the one are in the other.

import re
import subprocess
import sys


def blocks(text, mark):
    return re.findall(rf"^```{mark}\n(.*?)^```", text, re.M | re.S)


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


def session(text):
    """Pairs of a command and the lines up to the next; the first has none."""
    command, output = "", []
    for line in text.splitlines():
        if line.startswith("$ "):
            yield command, output
            command, output = line, []
        else:
            output.append(line)
    yield command, output


def compare(documented, transcript):
    want, got = (list(session(text.strip()))
                 for text in (documented, transcript))
    for (command, lines), (typed, said) in zip(want, got):
        if not re.fullmatch(pattern([command]), typed + "\n"):
            sys.exit(f"documented: {command}\ntyped:      {typed}")
        said = "".join(line + "\n" for line in said)
        if not re.fullmatch(pattern(lines), said):
            sys.exit(f"documented after {command}:\n" + "\n".join(lines) +
                     "\nsaid:\n" + said)
        print("ok", command)
    if len(want) != len(got):
        sys.exit(f"{len(want)} commands are documented, {len(got)} typed")


def main():
    failed = False
    mark = "console" if len(sys.argv) < 3 else "shell-session"
    with open(sys.argv[1], encoding="utf-8") as file:
        found = blocks(file.read(), mark)
    if not found:
        sys.exit("there are no examples in " + sys.argv[1])
    if len(sys.argv) > 2:
        with open(sys.argv[2], encoding="utf-8") as file:
            compare(found[0], file.read())
        return
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
