# SPDX-License-Identifier: GPL-2.0
"""The lookup table as the kernel shows it, and as packets find it.

  maglev_table.py NETNS     where the devices d0, wire and lb are
"""
import ipaddress
import os
import random
import re
import sys

import flow_vectors
from dsrnet import Inside, Report, Sender, Sniffer, datagram, eth, parse, wait_until
from dsrnl import Dsr, NlError

SIZE = 65537
VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unit/maglev_vectors.h")
report = Report()


class Table:
    """One service named t, made anew for each case; MACs are pinned, so all reals are there."""

    def __init__(self, nl):
        self.nl = nl

    def clear(self):
        try:
            self.nl.do("service-del", name="t")
        except NlError:
            pass

    def make(self, reals, size=SIZE, seed=0):
        """reals: (number, weight) in the order of adding."""
        self.clear()
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


class Site:
    """A balancer that hears on lb what is sent on wire; d0 leads to its reals."""

    macs = b"\2\0\0\2\0"

    def __init__(self, netns, t):
        self.t = t
        t.nl.do("role-add", dev="lb", role="balancer")
        self.sender, self.out = Sender(netns, "wire"), Sniffer(netns, "d0")

    def add(self, service, reals):
        vip, port, proto, seed, size = service
        self.t.clear()
        self.t.nl.do("service-add", name="t", addr=vip, port=port, proto=proto, seed=seed,
                     table_size=size)
        for i, (addr, weight) in enumerate(reals.items()):
            self.t.nl.do("real-add", service="t", addr=addr, dev="d0", weight=weight,
                         lladdr=(self.macs + bytes([i])).hex(":"))
        # Answered when the table is there.
        return self.t.digest()

    def to_real(self, frame):
        return frame[:5] == self.macs

    def steer(self, service, sources):
        """(source address, source port) -> destination MACs of what left for a real."""
        vip, port, proto = service[:3]
        for source, sport in sources:
            self.sender.send(eth("02:00:00:00:00:10", "02:00:00:00:00:01",
                                 *datagram(source, vip, proto, sport, port)))
        wait_until(lambda: len(self.out.outgoing(self.to_real)) >= len(sources))
        found = {}
        for frame in self.out.outgoing(self.to_real):
            _, source, _, _, l4 = parse(frame)
            key = ipaddress.ip_address(source), int.from_bytes(l4[:2], "big")
            found.setdefault(key, []).append(frame[:6].hex(":"))
        self.out.frames = []
        return found


def flows(netns, t):
    """A larger table takes an emulated CPU too long in Python; unit_flow.c has its rows."""
    reals, tables, n = {f"10.0.0.{1 + i}": 1 + i % 3 for i in range(20)}, {}, 0
    site = Site(netns, t)
    for service in (s for s in flow_vectors.SERVICES if s[4] <= SIZE):
        if service[3:] not in tables:
            tables[service[3:]] = flow_vectors.table(reals, *service[3:])
        rows, digest = tables[service[3:]]
        report.equal(f"{service}: digest", site.add(service, reals), digest)
        known = flow_vectors.FLOWS[ipaddress.ip_address(service[0]).version]
        found = site.steer(service, known)
        for source, sport in known:
            at = list(reals).index(rows[flow_vectors.row(service, source, sport)])
            report.equal(f"{service}: {source} {sport} went to",
                         found.get((ipaddress.ip_address(source), sport)),
                         [(site.macs + bytes([at])).hex(":")])
            n += 1
    t.nl.do("role-del", dev="lb", role="balancer")
    report.expect(n >= 50, f"{n} flows")
    report.done(f"{n} flows go to the real of the row that flow_vectors.h has for them")


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
    netns = sys.argv[1]
    with Inside(netns):
        t = Table(Dsr())
    for case, *args in ((orders, t), (vectors, t), (flows, netns, t), (seeds, t), (shares, t),
                        (nothing, t), (sizes, t)):
        report.attempt(case.__name__, case, *args)
    # What maglev_table.sh saves and restores.
    t.make([(i, 1 + i) for i in range(7)], 4093, 99)


main()
