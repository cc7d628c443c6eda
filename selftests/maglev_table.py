# SPDX-License-Identifier: GPL-2.0
"""The lookup table as the kernel shows it: maglev_table.py NETNS (where the device d0 is)."""
import os
import random
import re
import sys

from dsrnet import Report
from dsrnl import Dsr, NlError, enter

SIZE = 65537
VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unit/maglev_vectors.h")
report = Report()


class Table:
    """One service named t, made anew for each case; MACs are pinned, so all reals are there."""

    def __init__(self, nl):
        self.nl = nl

    def make(self, reals, size=SIZE, seed=0):
        """reals: (number, weight) in the order of adding."""
        try:
            self.nl.do("service-del", name="t")
        except NlError:
            pass
        self.nl.do("service-add", name="t", addr="198.51.100.1", port=80, proto="tcp",
                   table_size=size, seed=seed)
        for i, weight in reals:
            self.add(i, weight)

    def add(self, i, weight):
        self.nl.do("real-add", service="t", addr=f"10.0.{(i + 1) >> 8}.{(i + 1) & 255}", dev="d0",
                   lladdr=f"02:00:00:01:{i >> 8:02x}:{i & 255:02x}", weight=weight)

    def digest(self):
        return self.nl.do("service-get", name="t")["digest"]

    def rows(self):
        return {r["addr"]: (r["weight"], r["rows"]) for r in self.nl.dump("real-get")
                if r["service"] == "t"}


def orders(t):
    reals = [(i, 1 + i % 5) for i in range(16)]
    random.seed(1)
    digests = set()
    for _ in range(100):
        random.shuffle(reals)
        t.make(reals, 4093, 42)
        digests.add(t.digest())
    report.equal("digests", len(digests), 1)
    report.done("the same digest for 100 random orders of adding 16 reals")
    # What was removed and added again leaves no trace.
    for i, weight in reals[:8]:
        t.nl.do("real-del", service="t", addr=f"10.0.0.{i + 1}")
    between = t.digest()
    for i, weight in reversed(reals[:8]):
        t.add(i, weight)
    report.expect(between not in digests, "8 reals less, but the same digest")
    report.equal("digests", digests | {t.digest()}, digests)
    report.done("the same digest after half of the reals left and came back")


def vectors(t):
    with open(VECTORS, encoding="ascii") as f:
        cases = re.findall(r"\{ (\d+), (\d+)ULL, (\d+), (\d+), (0x[0-9a-f]+)ULL \}", f.read())
    for size, seed, n, weights, digest in cases:
        t.make([(i, 1 + i % int(weights)) for i in range(int(n))], int(size), int(seed))
        report.equal(f"size {size} seed {seed}", t.digest(), int(digest, 16))
    report.expect(len(cases) >= 5, f"{len(cases)} vectors read")
    report.done(f"{len(cases)} digests are those of the unit test")


def seeds(t):
    t.make([(i, 1) for i in range(5)], 251)
    digests = [t.digest()]
    for seed in (1, 2, 1 << 32, (1 << 64) - 1):
        t.nl.do("service-set", name="t", seed=seed)
        digests.append(t.digest())
    report.equal("different digests", len(set(digests)), 5)
    t.nl.do("service-set", name="t", seed=0)
    report.equal("digest with the first seed again", t.digest(), digests[0])
    t.nl.do("service-set", name="t", table_size=509)
    report.expect(t.digest() not in digests, "another size, but the same digest")
    report.done("seed and size decide the digest, and nothing else remains of them")


def shares(t):
    for name, weights in (("1", [1]), ("1 1 1", [1] * 3), ("1 2 3", [1, 2, 3]),
                          ("1 65535", [1, 65535]), ("50 equal", [9] * 50),
                          ("5 10 400 65535", [5, 10, 400, 65535])):
        t.make(enumerate(weights))
        rows, total = t.rows(), sum(weights)
        report.equal("sum of rows", sum(r for _, r in rows.values()), SIZE)
        for addr, (weight, got) in rows.items():
            due = SIZE * weight / total
            report.expect(abs(got - due) <= max(due / 100, 2), f"{addr}: {got} rows of {due:.1f}")
        report.done(f"shares of weights {name} within 1 % at {SIZE} rows")


def nothing(t):
    t.make([(0, 3), (1, 0), (2, 5)], 251)
    rows = t.rows()
    report.equal("rows of weight 0", rows["10.0.0.2"], (0, 0))
    report.equal("sum", sum(r for _, r in rows.values()), 251)
    digest = t.digest()
    t.nl.do("real-set", service="t", addr="10.0.0.1", state="drain")
    t.nl.do("real-set", service="t", addr="10.0.0.3", state="down")
    service = t.nl.do("service-get", name="t")
    report.equal("active, digest", (service["active"], service["digest"], service["reals"]),
                 (0, 0, 3))
    report.equal("rows", {r for _, r in t.rows().values()}, {0})
    t.nl.do("real-set", service="t", addr="10.0.0.1", state="up")
    t.nl.do("real-set", service="t", addr="10.0.0.3", state="up")
    report.equal("digest when back", t.digest(), digest)
    t.nl.do("real-del", service="t", addr="10.0.0.2")
    report.equal("digest without the one of weight 0", t.digest(), digest)
    report.done("weight 0, drain and down take no rows; without rows no digest")
    t.make([(0, 1), (1, 65535)], 251)
    report.equal("rows", sorted(r for _, r in t.rows().values()), [0, 251])
    report.equal("active", t.nl.do("service-get", name="t")["active"], 1)
    report.done("a real whose share is less than a row is not active")


def sizes(t):
    for size in (251, 65521, 131071, 655373):
        t.make([(i, 1 + i) for i in range(7)], size)
        report.equal(f"{size}: sum of rows", sum(r for _, r in t.rows().values()), size)
    report.done("rows add up to the table's size, 251 to 655373")


def main():
    enter(sys.argv[1])
    t = Table(Dsr())
    for case in (orders, vectors, seeds, shares, nothing, sizes):
        try:
            case(t)
        except Exception as e:  # pylint: disable=broad-except
            report.expect(False, f"{type(e).__name__}: {e}")
            report.done(f"{case.__name__} runs to its end")
    # What maglev_table.sh saves and restores.
    t.make([(i, 1 + i) for i in range(7)], 4093, 99)


main()
