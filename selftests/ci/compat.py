#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
The table in Documentation/compat.rst, of what was run on which kernel: one row
for each test, from build/results, which every way of running tests writes.

usage: compat.py [write]	print it, or put it there
"""

import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RST = os.path.join(TOP, "Documentation/compat.rst")
RESULTS = os.environ.get("GV_RESULTS", os.path.join(TOP, "build/results"))
BEGIN = ".. What follows is written by selftests/ci/compat.py.\n"
END = ".. End of what is written by selftests/ci/compat.py.\n"
# Steps of check-kernels that are no tests, and what they are called.
STEPS = {"step-build": "build, ``W=1``", "step-dkms": "built and loaded by DKMS"}


def series_list():
    """The kernel series, in their order."""
    with open(os.path.join(TOP, "selftests/vm/kernels"), encoding="utf-8") as file:
        return [line.split()[0] for line in file
                if line.strip() and not line.startswith("#")]


def test_list():
    """The names of all tests."""
    here = os.path.join(TOP, "selftests")
    names = {os.path.splitext(name)[0] for name in os.listdir(here)
             if name.endswith((".c", ".sh"))}
    return sorted(names | {"guest"})


def read(series, test):
    """What is known of a test on a kernel, or None."""
    try:
        with open(os.path.join(RESULTS, series, test), encoding="utf-8") as file:
            words = [line.rstrip("\n").split(" ", 1) for line in file]
    except OSError:
        return None
    return {word[0]: word[1] if len(word) > 1 else "" for word in words}


def tested_files(tests):
    """For each test, the hash that its result has if it is of the tree as it is."""
    lib = os.path.join(TOP, "selftests/lib")
    done = subprocess.run(
        ["bash", "-c", f"top={TOP}; . {lib}/common.sh; . {lib}/resume.sh;"
         'for test; do tested_hash "$test"; done', "bash", *tests],
        check=True, capture_output=True, text=True)
    return dict(zip(tests, done.stdout.split()))


class Notes:
    """What cells refer to by a letter."""

    def __init__(self):
        self.texts = []

    def mark(self, text):
        """The letter of a text."""
        if text not in self.texts:
            self.texts.append(text)
        number = self.texts.index(text)
        letter = chr(ord("a") + number % 26)
        return letter * (number // 26 + 1)

    def lines(self):
        """The legend."""
        return [f"| **{self.mark(text)}** {text}" for text in self.texts]


def cell(result, files, notes):
    """One test on one kernel."""
    if result is None:
        return "not run"
    passed, failed, skipped = (int(result[word]) for word in
                               ("passed", "failed", "skipped"))
    marks = []
    if failed:
        text = f"{failed} FAILED"
    elif not passed:
        text = "skipped"
    else:
        text = f"{passed} of {passed + skipped}"
    if skipped and not failed:
        marks.append(notes.mark(result["why"] or "it gives no reason"))
    if result["files"] != files:
        marks.append(notes.mark(
            f"of an earlier state of module, tool or test: commit {result['commit']}, {result['date']}"))
    return " ".join([text] + [f"({','.join(marks)})"] * bool(marks))


def table():
    """The lines of the table and what is around it."""
    notes = Notes()
    series = series_list()
    tests = list(STEPS) + test_list()
    files = tested_files(tests)
    rows, releases, commits = [], {}, set()
    for test in tests:
        results = {one: read(one, test) for one in series}
        for one, result in results.items():
            if result:
                releases[one] = result["kernel"]
                if result["files"] == files[test]:
                    commits.add(result["commit"])
        rows.append([STEPS.get(test, f"``{test}``")] +
                    [cell(results[one], files[test], notes) for one in series])
    head = [["", *series],
            ["test", *(releases.get(one, "not run") for one in series)]]
    widths = [max(len(row[i]) for row in head + rows)
              for i in range(len(series) + 1)]
    ruler = "  ".join("=" * width for width in widths)

    def line(row):
        first = row[0] or "\\"
        return "  ".join(word.ljust(width) for word, width in
                         zip([first] + row[1:], widths)).rstrip()

    of = f"commit {', '.join(sorted(commits))}" if commits else "earlier trees"
    return [f"Results of {of}; of *n of m*, *n* passed and the rest was skipped.", "",
            ruler, *map(line, head), ruler, *map(line, rows), ruler, "",
            *notes.lines()]


def main():
    """Print the table, or write it."""
    if sys.argv[1:] not in ([], ["write"]):
        sys.exit("usage: compat.py [write]")
    text = "\n".join(table()) + "\n"
    if len(sys.argv) == 1:
        print(text, end="")
        return
    with open(RST, encoding="utf-8") as file:
        before, rest = file.read().split(BEGIN)
    after = rest.split(END)[1]
    with open(RST, "w", encoding="utf-8") as file:
        file.write(f"{before}{BEGIN}\n{text}\n{END}{after}")


main()
