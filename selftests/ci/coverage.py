#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
What the tests reached in kmod/, from the counts that the guests of a kernel
with gcov left: a table per file, and one of the places where something is
refused or undone, each reached or not.

usage: coverage.py BUILD ALLOWED

BUILD     build/SERIES, where vm-*/share/gcov has the counts of each guest
ALLOWED   a file that names places which no test reaches, with the reason

The exit status is 1 if a place is not reached and not allowed for, or if one
that is allowed for is reached or does not exist.
"""

import collections
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

LABEL = re.compile(r"^((?:err|out)_\w+|err|out):")
REFUSAL = re.compile(r"\bgv_fail\w*\(")
FUNCTION = re.compile(r"^(?:\w[\w\s\*]*?[\s\*])?(\w+)\(")


class Stale(Exception):
    """Counts of modules that were built since."""


class Counts:
    """How often each line and each function of each file was run."""

    def __init__(self):
        self.lines = collections.defaultdict(collections.Counter)
        self.functions = collections.defaultdict(collections.Counter)

    def add(self, data):
        """Adds what gcov says of one object file."""
        for file in data["files"]:
            at = file["file"].find("kmod/")
            if at < 0:
                continue
            name = file["file"][at:]
            for line in file["lines"]:
                self.lines[name][line["line_number"]] += line["count"]
            for function in file["functions"]:
                self.functions[name][function["name"]] += (
                    function["execution_count"])


def read_object(gcda, gcno):
    """What gcov makes of one object's counts. It wants both files beside each
    other."""
    with tempfile.TemporaryDirectory() as tmp:
        base = os.path.basename(gcda)[:-len(".gcda")]
        os.symlink(os.path.abspath(gcda), os.path.join(tmp, base + ".gcda"))
        os.symlink(os.path.abspath(gcno), os.path.join(tmp, base + ".gcno"))
        done = subprocess.run(
            ["gcov", "--json-format", "--stdout", base + ".gcda"],
            cwd=tmp, check=False, capture_output=True, text=True)
    # Where nothing else is amiss, gcov fails for that, or not.
    if "stamp mismatch" in done.stderr:
        raise Stale
    done.check_returncode()
    return [json.loads(line) for line in done.stdout.splitlines()
            if line.startswith("{")]


def read_guest(guest, build):
    """All that one guest left."""
    objects = []
    for gcda in glob.glob(f"{guest}/**/*.gcda", recursive=True):
        name = os.path.relpath(gcda, guest)
        gcno = f"{build}/src/{name[:-len('.gcda')]}.gcno"
        if not os.path.exists(gcno):
            raise Stale
        objects += read_object(gcda, gcno)
    return objects


def read_guests(build):
    """Counts of all guests below build."""
    counts = Counts()
    guests = []
    for guest in sorted(glob.glob(f"{build}/vm-*")):
        if not os.path.exists(f"{guest}/gv"):
            continue
        name = os.path.basename(guest)
        try:
            objects = read_guest(f"{guest}/share/gcov", build)
        except Stale:
            print(f"{name}: it ran modules of another build, left out")
            continue
        if not objects:
            print(f"{name}: it left no counts")
            continue
        guests.append(name)
        for data in objects:
            counts.add(data)
    if not guests:
        sys.exit(f"{build}: no guest has left counts")
    return counts, guests


def places(path):
    """Yields (line, end, function, text) of each label and each refusal."""
    with open(path, encoding="utf-8") as file:
        text = file.read().splitlines()
    function = "?"
    for number, line in enumerate(text, 1):
        start = FUNCTION.match(line)
        if start and not line.rstrip().endswith(";"):
            function = start.group(1)
        label = LABEL.match(line)
        if label:
            # To the next label or the end of the function.
            end = number + 1
            while end < len(text) and not re.match(r"^(\w+:|})", text[end]):
                end += 1
            yield number + 1, end, function, label.group(1)
        elif REFUSAL.search(line) and not start:
            end = number
            while end < len(text) and ";" not in text[end - 1]:
                end += 1
            what = re.search(r"GPUVIRT_REASON_(\w+)",
                             " ".join(text[number - 1:end]))
            what = what.group(1).lower().replace("_", "-") if what else "?"
            yield number, end, function, f"refusal {what}"


def ran(lines, start, end):
    """How often the first line with code from start to end was run; None if
    none has code."""
    for number in range(start, end + 1):
        if number in lines:
            return lines[number]
    return None


def read_allowed(path):
    """The allowed places: "FILE FUNCTION PLACE: REASON" each."""
    allowed = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                place, reason = line.strip().split(": ", 1)
                allowed[place] = reason
    return allowed


def print_files(counts, top):
    """The table per file."""
    print(f"{'file':<32} {'lines':>11} {'':>5}  {'functions':>9}")
    total = [0, 0]
    for name in sorted(counts.lines):
        if not os.path.exists(os.path.join(top, name)):
            continue
        lines = counts.lines[name]
        functions = counts.functions[name]
        hit = sum(1 for n in lines.values() if n)
        total[0] += hit
        total[1] += len(lines)
        print(f"{name:<32} {hit:>5}/{len(lines):<5} "
              f"{100 * hit // max(1, len(lines)):>4}%  "
              f"{sum(1 for n in functions.values() if n):>4}/"
              f"{len(functions)}")
    print(f"{'all':<32} {total[0]:>5}/{total[1]:<5} "
          f"{100 * total[0] // max(1, total[1]):>4}%\n")


def print_places(counts, top, allowed):
    """The table of places. Returns whether all is as it should be."""
    unused = dict(allowed)
    needless = dict(allowed)
    reached = missed = excused = wrong = 0
    for path in sorted(glob.glob(f"{top}/kmod/**/*.c", recursive=True)):
        name = os.path.relpath(path, top)
        for start, end, function, what in places(path):
            count = ran(counts.lines.get(name, {}), start, end)
            if count is None:
                if name in counts.lines:
                    print(f"{name}:{start} {function} {what}: no code")
                continue
            key = f"{name} {function} {what}"
            reason = unused.pop(key, allowed.get(key))
            if count:
                reached += 1
                verdict = f"reached {count}"
            elif reason:
                excused += 1
                needless.pop(key, None)
                verdict = f"not reached: {reason}"
            else:
                missed += 1
                verdict = "NOT REACHED"
            print(f"{name}:{start} {function} {what}: {verdict}")
    for key in unused:
        wrong += 1
        print(f"{key}: allowed for, but there is no such place")
    for key in set(needless) - set(unused):
        wrong += 1
        print(f"{key}: allowed for, but it is reached")
    print(f"\n{reached} places reached, {excused} not reached for a reason, "
          f"{missed} not reached")
    return not missed and not wrong


def main():
    """Prints both tables."""
    if len(sys.argv) != 3:
        sys.exit("usage: coverage.py BUILD ALLOWED")
    top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
    top = os.path.normpath(top)
    counts, guests = read_guests(sys.argv[1])
    print(f"what the tests of {os.path.basename(sys.argv[1])} reached, in "
          f"{', '.join(guests)}\n")
    print_files(counts, top)
    sys.exit(not print_places(counts, top, read_allowed(sys.argv[2])))


if __name__ == "__main__":
    main()
