#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""native_report.py [--json FILE] native.tsv: every turn of every path as one table.

Lines: native ID ROUND ns-per-packet ns-of-the-base, tab-separated; each the median of the turn's calls.
The two of a line were measured one right after the other, so their difference is taken first, and then
the median of those."""

import json
import statistics
import sys
from collections import defaultdict

from report import PASS, PATHS

SWEEPS = [
    ("flows", "Flows (1 service, 3 reals)"),
    ("services", "Services (3 reals each, 251 rows; 10,000 connections in all)"),
    ("reals", "Reals (1 service, 10,000 flows)"),
]


def read(path):
    """{id: [(per packet, base), ..]}"""
    turns = defaultdict(list)
    with open(path, encoding="ascii") as lines:
        for line in lines:
            _, name, _, total, base = line.split("\t")
            turns[name].append((float(total), float(base)))
    return turns


def figures(turns):
    """Medians of a path, and the quartiles of what is above the base."""
    above = [total - base for total, base in turns]
    low, _, high = statistics.quantiles(above, n=4) if len(above) > 1 else above * 3
    return {"turns": len(turns), "per-packet": round(statistics.median(t for t, _ in turns), 1),
            "above": round(statistics.median(above), 1), "quartiles": [round(low, 1), round(high, 1)]}


def paths_table(found):
    """Every path that main and peers of the other bench have too."""
    floor = found.get("tc-redirect", {}).get("above")
    names = [n for _, paths in PATHS for n in paths]
    if not any(n in found for n, _ in names):
        return
    print(f"\n{'':36}{'per packet':>11}{'above drop':>11}{'half of the turns':>19}{'x redirect':>11}")
    for name, text in names:
        if name not in found:
            continue
        one = found[name]
        text = ("DSR, " if name.startswith("dsr") else "") + text
        ratio = f"{one['above'] / floor:11.2f}" if floor else ""
        print(f"  {text:<34}{one['per-packet']:11.0f}{one['above']:11.0f}{span(one):>19}{ratio}")
    lines = [(name, text) for name, _, text in PASS if name in found]
    if lines:
        print(f"\n{'DSR, passed on to the stack':47}{'paid':>11}")
    for name, text in lines:
        one = found[name]
        print(f"  {text:<34}{one['per-packet']:11.0f}{one['above']:11.0f}{span(one):>19}")


def span(one):
    """The two quartiles."""
    low, high = one["quartiles"]
    return f"{low:.0f} to {high:.0f}"


def sweep_table(found, kind, title):
    """Ours and IPVS's by how many there are, and against the fewest."""
    counts = sorted({int(n.rsplit("-", 1)[1]) for n in found if n.startswith(kind + "-")})
    if not counts:
        return
    print(f"\n{title}")
    print(f"{'':>12}{'DSR':>8}{'half of the turns':>19}{'x fewest':>10}"
          f"{'IPVS':>12}{'half of the turns':>19}{'x fewest':>10}")
    for count in counts:
        line = f"{count:12,}"
        for who in ("dsr", "ipvs"):
            one, few = (found.get(f"{kind}-{who}-{n}") for n in (count, counts[0]))
            gap = 8 if who == "dsr" else 12
            if not one or not few:
                line += f"{'-':>{gap}}{'-':>19}{'-':>10}"
                continue
            line += f"{one['above']:{gap}.0f}{span(one):>19}{one['above'] / few['above']:10.2f}"
        print(line)


def goal(found):
    """What more flows may cost."""
    few, many = (found.get(f"flows-dsr-{n}") for n in (1, 1000000))
    if few and many:
        apart = many["above"] / few["above"]
        print(f"\nGoal: 1,000,000 flows take at most 1.35 times what one takes: {apart:.2f}, "
              f"{'reached' if apart <= 1.35 else 'MISSED'}")


def main(args):
    """Reads, prints, writes."""
    out = None
    if args[0] == "--json":
        out, args = args[1], args[2:]
    found = {name: figures(turns) for name, turns in read(args[0]).items()}
    turns = max(one["turns"] for one in found.values())
    print(f"Nanoseconds, medians of {turns} turns each, all paths in every round")
    paths_table(found)
    for kind, title in SWEEPS:
        sweep_table(found, kind, title + ": above drop")
    goal(found)
    if out:
        with open(out, "w", encoding="ascii") as file:
            json.dump(found, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1:])
