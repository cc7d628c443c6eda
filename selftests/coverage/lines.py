#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Line coverage of dsr.ko: reads what gcov says about every object and prints it per file.

    lines.py BUILD NOTES COUNTS...

BUILD is the folder the module was compiled in, NOTES where its .gcno files are (mostly the same),
and each COUNTS a folder of .gcda files as one guest left them. A line is covered if any object, in
any guest, ran it: a function of a header is compiled into many. All lines that never ran follow
the table, as FILE:FIRST-LAST.
"""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile


def counts_of(build, notes, gcda):
    """What gcov says about one object: a count for each (file, line) of ours."""
    # gcov looks for the notes and the counts beside each other, by the name.
    with tempfile.TemporaryDirectory() as folder:
        beside = pathlib.Path(folder)
        (beside / notes.name).symlink_to(notes)
        if gcda.exists():
            (beside / notes.name).with_suffix(".gcda").symlink_to(gcda)
        said = subprocess.run(["gcov", "--json-format", "--stdout", notes.name],
                              cwd=folder, check=True, capture_output=True)
    if b"mismatch" in said.stderr or b"corrupted" in said.stderr:
        sys.exit(f"{gcda}: {said.stderr.decode().strip()}")
    for source in json.loads(said.stdout)["files"]:
        path = pathlib.Path(source["file"])
        path = path if path.is_absolute() else build / path
        try:
            name = str(path.resolve().relative_to(build))
        except ValueError:
            continue    # the kernel's own headers
        for line in source["lines"]:
            yield name, line["line_number"], line["count"]


def gather(build, notes, folders):
    """Counts of all objects in all folders: file -> line -> count."""
    total = collections.defaultdict(collections.Counter)
    for folder in folders:
        if not any(folder.rglob("*.gcda")):
            sys.exit(f"{folder}: no counts")
        for note in sorted(notes.rglob("*.gcno")):
            # An object without a function has no counts, and that is kbuild's own or a table.
            gcda = folder / note.relative_to(notes).with_suffix(".gcda")
            for name, line, count in counts_of(build, note, gcda):
                total[name][line] += count
    return total


def ranges(lines):
    """[1, 2, 3, 7] -> 1-3, 7."""
    first = last = None
    for line in [*sorted(lines), None]:
        if last is not None and line == last + 1:
            last = line
            continue
        if last is not None:
            yield f"{first}-{last}" if last > first else f"{first}"
        first = last = line


def main():
    """The table, and below it the lines that never ran."""
    if len(sys.argv) < 4:
        sys.exit("usage: " + __doc__.split("\n\n")[1].strip())
    build, notes, *folders = (pathlib.Path(arg).resolve() for arg in sys.argv[1:])
    total = gather(build, notes, folders)
    every = covered = 0
    print(f"{'file':<36} {'lines':>6} {'run':>6}")
    for name in sorted(total):
        run = sum(1 for count in total[name].values() if count)
        print(f"{name:<36} {len(total[name]):>6} {run:>6} {100 * run / len(total[name]):6.1f} %")
        every += len(total[name])
        covered += run
    print(f"{'all of dsr.ko':<36} {every:>6} {covered:>6} {100 * covered / every:6.1f} %")
    print("\nnever run:")
    for name in sorted(total):
        for where in ranges(line for line, count in total[name].items() if not count):
            print(f"{name}:{where}")


main()
