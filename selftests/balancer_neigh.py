# SPDX-License-Identifier: GPL-2.0
"""Reals whose neighbour entries come and go: balancer_neigh.py CLIENT LB SWITCH DSRCTL REAL1 REAL2"""
import socket
import subprocess
import sys
import threading
import time

from dsrnet import (ETH_P_ARP, ETH_P_IPV6, Inside, arp, eth, icmp6, ip, ipv6, mac, packed, wait_until)
from neigh_lab import EACH, LB_MAC, LIMITS, MACS, REALS, Lab, ours, read, report, write
from rtnl import Links


class Stream:
    """A steady stream to both VIPs. What has become of it is judged when it ends."""

    def __init__(self, lab, name):
        self.lab, self.name = lab, name
        self.sent, self.on = 0, True
        self.since = self.before = None
        self.thread = threading.Thread(target=self.loop, daemon=True)

    def loop(self):
        while self.on:
            self.lab.sender.send(self.lab.frames[self.sent % len(self.lab.frames)])
            self.sent += 1
            time.sleep(0.0005)

    def __enter__(self):
        self.since = self.lab.monitor.mark()
        for w in self.lab.wires:
            w.take()
        self.before = self.lab.counts()
        self.thread.start()
        self.flows(1)
        return self

    def flows(self, rounds=2):
        """Every flow has been sent again."""
        want = self.sent + rounds * len(self.lab.frames)
        wait_until(lambda: self.sent >= want or not self.thread.is_alive(), 20)

    def __exit__(self, kind, *_):
        if not kind:
            self.flows()
        self.on = False
        self.thread.join()
        if kind:
            return
        wait_until(lambda: self.lab.arrived() >= self.sent)
        steered, none = (b - a for a, b in zip(self.before, self.lab.counts()))
        report.expect(self.sent >= 3 * len(self.lab.frames), f"only {self.sent} packets were sent")
        report.equal("no-real", none, 0)
        report.equal("steered", steered, self.sent)
        report.equal("arrived", self.lab.arrived(), self.sent)
        report.equal("active", self.lab.active(), [2, 2])
        self.lab.unblamed(self.since)
        report.done(f"{self.name}: {self.sent} of {self.sent} packets, no event")


def unchanged(lab, what):
    want = {a: ("reachable", MACS[i]) for addrs in REALS.values() for i, a in enumerate(addrs)}
    report.equal(f"reals {what}", lab.reach(), want)


def without(lab, stream, mend=None):
    """All entries of reals are lost and nobody answers; until that is mended."""
    report.equal("entries with a MAC address", lab.known(), set())
    unchanged(lab, "without an entry")
    stream.flows()
    unchanged(lab, "still without")
    if mend:
        mend()
    lab.speak()
    report.expect(wait_until(lambda: len(lab.known()) == len(EACH)), "they are not found again")
    unchanged(lab, "found again")


def lost(lab, name, lose):
    """All entries of reals are lost while nobody answers."""
    with Stream(lab, name) as stream:
        lab.mute()
        lose()
        without(lab, stream)


def flush(lab, *words):
    """ip neigh flush, which goes on until there are no entries, and says so when it gives up: DSR asks
    for a real at once, so that there is one again."""
    subprocess.run(["ip", "-n", lab.lb, *words], capture_output=True, check=False)


def flushed(lab):
    lost(lab, "ip neigh flush dev", lambda: (
        flush(lab, "neigh", "flush", "dev", "eth1"),
        flush(lab, "-6", "neigh", "flush", "dev", "eth1")))


def deleted(lab):
    lost(lab, "ip neigh del", lambda: ip(lab.lb, *(f"neigh del {a} dev eth1" for _, a in EACH)))


def failed(lab):
    """As an entry is left by a deletion while somebody else holds it."""
    lost(lab, "ip neigh change nud failed", lambda: ip(
        lab.lb, *(f"neigh change {a} dev eth1 nud failed" for _, a in EACH)))


def deleted_again(lab):
    """While answers come in, and DSR looks at them, on another CPU if there is one."""
    with Inside(lab.lb):
        links, index = Links(), socket.if_nametoindex("eth1")
    deletions = 0
    with Stream(lab, "entries deleted 200 times"):
        while deletions < 200:
            for _, addr in EACH:
                try:
                    links.forget(index, addr)
                    deletions += 1
                except FileNotFoundError:
                    pass
        report.expect(wait_until(lambda: len(lab.known()) == len(EACH)), "they are not found again")
        unchanged(lab, "after that")
    links.close()


def readdressed(lab):
    new = "02:00:00:00:01:20"
    lost(lab, "ip link set address of the way out", lambda: ip(
        lab.lb, f"link set eth1 address {new}"))
    last = [w.incoming(ours)[-1] for w in lab.wires]
    report.equal("source MAC", {f[6:12].hex(":") for f in last}, {new})
    report.done("the new source MAC is used")


def strangers(n):
    """Requests from n neighbours that the balancer has not met, by ARP and ND each."""
    for i in range(n):
        lladdr = f"02:00:00:00:02:{i:02x}"
        yield eth("ff:ff:ff:ff:ff:ff", lladdr, ETH_P_ARP,
                  arp(1, lladdr, f"192.0.2.{20 + i % 200}", "00:00:00:00:00:00", "192.0.2.10"))
        src, dst = f"2001:db8::2:{i:x}", "2001:db8::10"
        body = icmp6(src, dst, 135, 0, b"\0" * 4, packed(dst) + b"\1\1" + mac(lladdr))
        yield eth(LB_MAC, lladdr, ETH_P_IPV6, ipv6(src, dst, 58, body, hop=255))


def crowded(lab):
    """The table is full of others, so that a lost entry cannot even be made again."""
    before = [read(path) for path in LIMITS]
    with Stream(lab, "a table full of others") as stream:
        lab.mute()
        for frame in strangers(200):
            lab.sender.send(frame)
        for path in LIMITS:
            write(path, 1)
        ip(lab.lb, "link set eth1 address 02:00:00:00:01:21")

        def mend():
            for path, value in reversed(list(zip(LIMITS, before))):
                write(path, value)
        without(lab, stream, mend)


def pinned(lab):
    """lladdr MAC and lladdr none again and again."""
    with Stream(lab, "lladdr and lladdr none, 50 times"):
        for i in range(50):
            service, n = ("web", "web6")[i % 2], i // 2 % 2
            for lladdr in (MACS[n], "00:00:00:00:00:00"):
                lab.nl.do("real-set", service=service, addr=REALS[service][n], lladdr=lladdr)
        unchanged(lab, "after that")
    with Stream(lab, "lladdr none without an entry") as stream:
        for service, addr in EACH:
            lab.nl.do("real-set", service=service, addr=addr,
                      lladdr=MACS[REALS[service].index(addr)])
        lab.mute()
        ip(lab.lb, *(f"neigh del {a} dev eth1" for _, a in EACH))
        for service, addr in EACH:
            lab.nl.do("real-set", service=service, addr=addr, lladdr="00:00:00:00:00:00")
        without(lab, stream)


def shared(lab):
    """Of two services' reals with one address one waits for its neighbour, the other was told."""
    addr = "198.51.100.77"
    for n, name in enumerate("xy", 1):
        lab.nl.do("service-add", name=name, addr=f"203.0.113.{n}", port=1, proto="udp",
                  table_size=251)
    lab.nl.do("real-add", service="x", addr=addr)
    lab.nl.do("real-add", service="y", addr=addr, lladdr=MACS[0])
    for name, want in ("x", ("resolving", 0)), ("y", ("reachable", 251)):
        real = lab.real(name, addr)
        report.equal(name, (real["reach"], real["rows"]), want)
    lab.nl.do("real-set", service="y", addr=addr, lladdr="00:00:00:00:00:00")
    for name in "xy":
        real = lab.real(name, addr)
        report.equal(f"unpinned: {name}", (real["reach"], real["rows"]), ("resolving", 0))
        lab.nl.do("service-del", name=name)
    report.done("where one service's real was said to be, another's is not sent to")


def twins(lab):
    """The same addresses on a device where nobody has them say nothing of those that are there."""
    same = [addrs[0] for addrs in REALS.values()]
    ip(lab.lb, "link add eth2 type veth peer name nobody", "link set nobody up", "link set eth2 up",
       "addr add fe80::20/64 dev eth2 nodad")
    for family in ("ipv4", "ipv6"):
        write(f"/proc/sys/net/{family}/neigh/eth2/retrans_time_ms", 200, lab.lb)
    with Stream(lab, "asked in vain for the same addresses elsewhere, and then lost here") as stream:
        lab.nl.do("service-add", name="twins", addr="203.0.113.9", port=1, proto="udp", table_size=251)
        for addr in same:
            lab.nl.do("real-add", service="twins", addr=addr, dev="eth2")
        report.expect(wait_until(lambda: [lab.real("twins", a)["reach"] for a in same] ==
                                 ["unreachable"] * 2, 20), "the twins are not found unreachable")
        unchanged(lab, "of other devices")
        lab.mute()
        ip(lab.lb, *(f"neigh del {a} dev eth1" for _, a in EACH))
        without(lab, stream)
        ip(lab.lb, *(f"neigh replace {a} lladdr 02:00:00:00:02:02 dev eth2" for a in same))
        report.expect(wait_until(lambda: [lab.real("twins", a).get("mac") for a in same] ==
                                 ["02:00:00:00:02:02"] * 2), "the twins are not found")
        unchanged(lab, "while the twins are elsewhere")
    lab.nl.do("service-del", name="twins")
    ip(lab.lb, "link del eth2")


def gone(lab):
    """By the kernel's asking (the entry is deleted) and by ours (it is not)."""
    write("/sys/module/dsr/parameters/probe_interval", 2000)
    for family in ("ipv4", "ipv6"):
        write(f"/proc/sys/net/{family}/neigh/eth1/mcast_solicit", 3, lab.lb)
    lab.wires.pop()
    ip(lab.reals[1], "link set eth0 down")
    # No flow's packet waits for it: that they go elsewhere is what is seen below.
    ip(lab.lb, f"neigh del {REALS['web'][1]} dev eth1")
    report.expect(wait_until(lambda: lab.active() == [1, 1], 20), f"active: {lab.active()}")
    for service, addrs in REALS.items():
        real = lab.real(service, addrs[1])
        report.equal("the one that is gone", (real["reach"], real["rows"]), ("unreachable", 0))
    before = lab.counts()
    lab.wires[0].take()
    for frame in lab.frames:
        lab.sender.send(frame)
    want = [before[0] + len(lab.frames), before[1]]
    wait_until(lambda: lab.counts() == want)
    report.equal("steered, no-real", lab.counts(), want)
    wait_until(lambda: lab.arrived() >= len(lab.frames))
    report.equal("arrived at the other", lab.arrived(), len(lab.frames))
    # What was failed is not reachable only because nothing is known any more.
    flush(lab, "neigh", "flush", "dev", "eth1", "to", REALS["web"][1])
    report.equal("reach without an entry", lab.real("web", REALS["web"][1])["reach"], "unreachable")
    report.done("a real that is gone leaves, and all packets go to the other")
    ip(lab.reals[1], "link set eth0 up")
    report.expect(wait_until(lambda: lab.active() == [2, 2], 20), f"active: {lab.active()}")
    unchanged(lab, "when back")
    report.done("and when it is back it takes part again")


def main():
    lab = Lab(*sys.argv[1:])
    # The kernel itself has not given up when they speak again, and asks soon.
    for family in ("ipv4", "ipv6"):
        write(f"/proc/sys/net/{family}/neigh/eth1/retrans_time_ms", 200, lab.lb)
        write(f"/proc/sys/net/{family}/neigh/eth1/mcast_solicit", 5000, lab.lb)
    limits = [read(path) for path in LIMITS]
    for test in (crowded, pinned, shared, twins, flushed, deleted, failed, deleted_again, readdressed,
                 gone):
        if not report.attempt(test.__name__, test, lab):
            lab.speak()
            for path, value in reversed(list(zip(LIMITS, limits))):
                write(path, value)
    lab.monitor.end()


main()
