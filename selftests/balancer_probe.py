# SPDX-License-Identifier: GPL-2.0
"""Which real is asked for, when and by what frame: balancer_probe.py CLIENT LB SWITCH DSRCTL REAL1 REAL2"""
import socket
import sys
import time

from dsrnet import ETH_P_ARP, ETH_P_IPV6, Sender, Sniffer, arp, eth, ip, run, wait_until
from neigh_lab import MACS, REALS, Lab, report, write

(A4, B4), (A6, B6) = REALS["web"], REALS["web6"]
NOBODY = ("198.51.100.77", "2001:db8:1::77")


class Probes:
    """What the balancer asks for by ARP and ND, on its way out."""

    def __init__(self, lab):
        self.wire = Sniffer(lab.lb, "eth1")

    @staticmethod
    def target(frame):
        """The address that is asked for, or None."""
        if frame[12:14] == ETH_P_ARP.to_bytes(2, "big") and frame[21] == 1:
            return socket.inet_ntop(socket.AF_INET, frame[38:42])
        if frame[12:14] == ETH_P_IPV6.to_bytes(2, "big") and frame[20] == 58 and frame[54] == 135:
            return socket.inet_ntop(socket.AF_INET6, frame[62:78])
        return None

    def forget(self):
        self.wire.take()

    def of(self, addr):
        """Destination MAC addresses of all that asked for this one."""
        return [f[:6].hex(":") for f in self.wire.outgoing() if self.target(f) == addr]

    def wait(self, addr, n, seconds=10):
        return report.expect(wait_until(lambda: len(self.of(addr)) >= n, seconds),
                             f"{addr} was asked for {len(self.of(addr))} times, not {n}")


def interval(ms):
    write("/sys/module/dsr/parameters/probe_interval", ms)


def steady(lab, ms=1000):
    """All are in the table, and asked for once in so long."""
    interval(ms)
    report.expect(wait_until(lambda: lab.active() == [2, 2], 20), f"active: {lab.active()}")


def retimed(_lab, probes):
    """The module was loaded with a minute between two rounds. A slow machine has no longer minutes."""
    for _ in range(2):
        began = time.monotonic()
        probes.forget()
        interval(500)
        probes.wait(A4, 3)
        took = time.monotonic() - began
        report.expect(took < 40, f"three probes after {took:.0f} s")
        interval(60000)
        probes.forget()
        for _ in range(10):
            time.sleep(0.2)
        report.expect(len(probes.of(A4)) <= 1, f"{len(probes.of(A4))} probes in two seconds of a minute")
    report.done("another probe_interval is followed at once")


def states(lab, probes):
    steady(lab, 2000)
    probes.forget()
    for addr in (A4, B4, A6, B6):
        probes.wait(addr, 2)
    for i, addrs in enumerate(((A4, A6), (B4, B6))):
        for addr in addrs:
            report.equal(f"{addr} is asked at", set(probes.of(addr)), {MACS[i]})
    report.done("a real that is known is asked by unicast")

    lab.nl.do("service-add", name="more", addr="203.0.113.20", port=1, proto="udp", table_size=251)
    lab.nl.do("real-add", service="more", addr=B6)
    lab.nl.do("real-set", service="web6", addr=B6, state="drain")
    lab.nl.do("real-set", service="web6", addr=A6, lladdr=MACS[0])
    lab.nl.do("real-set", service="web", addr=B4, state="down")
    probes.forget()
    probes.wait(A4, 4, 20)
    rounds = len(probes.of(A4))
    report.equal("probes of one that is down", probes.of(B4), [])
    report.equal("probes of one that is pinned", probes.of(A6), [])
    report.done("who is down or pinned is not asked")
    report.expect(abs(len(probes.of(B6)) - rounds) <= 1,
                  f"{len(probes.of(B6))} probes in {rounds} rounds")
    report.done("who drains is asked, once for all services")
    lab.nl.do("service-del", name="more")
    lab.nl.do("real-set", service="web6", addr=B6, state="up")
    lab.nl.do("real-set", service="web6", addr=A6, lladdr="00:00:00:00:00:00")
    lab.nl.do("real-set", service="web", addr=B4, state="up")


def in_vain(lab, probes):
    """The kernel asks three times for who is not known, and DSR has it do so once in two seconds."""
    steady(lab, 2000)
    lab.nl.do("service-add", name="nobody", addr="203.0.113.20", port=1, proto="udp", table_size=251)
    for addr in NOBODY:
        lab.nl.do("real-add", service="nobody", addr=addr)
    report.expect(wait_until(lambda: all(lab.real("nobody", a)["reach"] == "unreachable"
                                         for a in NOBODY)), "they are not unreachable")
    probes.forget()
    probes.wait(A4, 3, 20)
    rounds = len(probes.of(A4))
    for addr in NOBODY:
        n = len(probes.of(addr))
        report.expect(3 * (rounds - 1) <= n <= 3 * (rounds + 1), f"{addr}: {n} in {rounds} rounds")
    report.done("who does not answer is looked for three times an interval, no more")
    lab.nl.do("service-del", name="nobody")


def set_down(lab, probes):
    """What went unanswered before does not count when it is up again."""
    steady(lab, 2000)
    probes.forget()
    lab.mute()
    before = len(probes.of(A4))
    wait_until(lambda: probes.of(A4)[-1:] == ["ff:ff:ff:ff:ff:ff"], 20)
    # One may have been under way, and was then not answered, or was.
    asked = probes.of(A4)
    report.expect(asked[-3:] == [MACS[0], MACS[0], "ff:ff:ff:ff:ff:ff"] and len(asked) - before < 4,
                  f"asked at {asked}, at {asked[before:]} since nobody answers")
    report.done("the third is for all to hear")
    report.equal("reach", lab.real("web", A4)["reach"], "reachable")
    lab.nl.do("real-set", service="web", addr=A4, state="down")
    lab.speak()
    since = lab.monitor.mark()
    lab.nl.do("real-set", service="web", addr=A4, state="up")
    report.equal("up again", lab.real("web", A4)["reach"], "reachable")
    probes.forget()
    probes.wait(A4, 2, 10)
    lab.unblamed(since, A4)
    report.done("a real that was down is given three tries")


def said_so(lab, probes):
    """So is one that has another MAC address by its own word, whatever the old one left unanswered."""
    steady(lab, 4000)
    new, claim = "02:00:00:00:01:bb", Sender(lab.reals[0], "eth0")
    since = lab.monitor.mark()
    lab.mute()
    probes.forget()
    report.expect(wait_until(lambda: probes.of(A4)[-1:] == ["ff:ff:ff:ff:ff:ff"], 30),
                  f"asked at {probes.of(A4)}")
    ip(lab.reals[0], f"link set eth0 address {new}")
    # It asks for the balancer, which learns who asks.
    claim.send(eth("ff:ff:ff:ff:ff:ff", new, ETH_P_ARP, arp(1, new, A4, "00:00:00:00:00:00", "198.51.100.10")))
    report.expect(wait_until(lambda: lab.real("web", A4)["mac"] == new), "the balancer has not learnt it")
    probes.forget()
    lab.speak()
    probes.wait(A4, 2, 20)
    lab.unblamed(since, A4)
    ip(lab.reals[0], f"link set eth0 address {MACS[0]}")
    report.expect(wait_until(lambda: lab.real("web", A4)["mac"] == lab.real("web6", A6)["mac"] == MACS[0], 20),
                  "it does not come back")
    report.done("a new MAC address is given three tries")


def forgotten(lab, _probes):
    """While nobody asks, anything may become of a real."""
    steady(lab)
    lab.mute()
    # The kernel does not give up so soon.
    write("/proc/sys/net/ipv4/neigh/eth1/mcast_solicit", 5000, lab.lb)
    for down, up in ({}, {}), ({"lladdr": MACS[0]}, {"lladdr": "00:00:00:00:00:00"}):
        lab.nl.do("real-set", service="web", addr=A4, state="down", **down)
        ip(lab.lb, f"neigh del {A4} dev eth1")
        lab.nl.do("real-set", service="web", addr=A4, state="up", **up)
        real = lab.real("web", A4)
        report.equal("up without an entry", (real["reach"], real["rows"]), ("resolving", 0))
    write("/proc/sys/net/ipv4/neigh/eth1/mcast_solicit", 3, lab.lb)
    lab.speak()
    report.expect(wait_until(lambda: lab.active() == [2, 2]), f"active: {lab.active()}")
    report.done("a real that was down is found anew, pinned meanwhile or not")


def another_card(lab, _probes):
    """The MAC address of a real is another, and nobody says so."""
    steady(lab)
    for new in "02:00:00:00:01:aa", MACS[0]:
        since = lab.monitor.mark()
        ip(lab.reals[0], f"link set eth0 address {new}")
        report.expect(wait_until(lambda n=new: [lab.real(s, a)["mac"] for s, a in
                                                (("web", A4), ("web6", A6))] == [n, n], 20),
                      f"{new} is not found")
        lab.unblamed(since)
    report.done("a new MAC address is found before anything is held against the real")


def flags(lab, _probes):
    """The entry of a real that dies is failed; what else is said of it is not ours."""
    steady(lab)
    for addr in (A4, A6):
        run(lab.lb, "ip", "neigh", "replace", addr, "lladdr", MACS[0], "dev", "eth1", "nud", "reachable",
            "extern_learn")
    lab.mute()
    report.expect(wait_until(lambda: lab.real("web", A4)["reach"] == lab.real("web6", A6)["reach"] ==
                             "unreachable", 20), "it does not die")
    for addr in (A4, A6):
        said = run(lab.lb, "ip", "neigh", "show", addr, "dev", "eth1")
        report.expect("extern_learn" in said, f"{addr}: {said}")
    lab.speak()
    report.done("a failed entry keeps its flags")


def no_link_local(lab, probes):
    """Nobody can be asked from there, so that no answer means nothing."""
    steady(lab, 500)
    ip(lab.lb, "addr del fe80::10/64 dev eth1")
    report.equal("link-local addresses", run(lab.lb, "ip", "-6", "addr", "show", "dev", "eth1", "scope",
                                             "link"), "")
    since = lab.monitor.mark()
    probes.forget()
    probes.wait(A4, 4, 20)
    ip(lab.lb, f"neigh del {A6} dev eth1")
    probes.wait(A4, 8, 20)
    report.equal("solicitations", probes.of(A6) + probes.of(B6), [])
    lab.unblamed(since)
    ip(lab.lb, "addr add fe80::10/64 dev eth1 nodad")
    report.done("without a link-local address no IPv6 real is held to be silent")


def may_not_ask(lab, _probes):
    """The kernel fails an entry at once and tells nobody if it is not to ask."""
    write("/proc/sys/net/ipv4/neigh/eth1/mcast_solicit", 0, lab.lb)
    lab.nl.do("service-add", name="nobody", addr="203.0.113.20", port=1, proto="udp", table_size=251)
    lab.nl.do("real-add", service="nobody", addr=NOBODY[0])
    report.equal("reach", lab.real("nobody", NOBODY[0])["reach"], "unreachable")
    lab.nl.do("service-del", name="nobody")
    since = lab.monitor.mark()
    ip(lab.lb, f"neigh del {A4} dev eth1")
    report.equal("reach without an entry", lab.real("web", A4)["reach"], "reachable")
    lab.unblamed(since)
    write("/proc/sys/net/ipv4/neigh/eth1/mcast_solicit", 3, lab.lb)
    report.done("who may not be asked for is unreachable, but not who was known")


def main():
    lab = Lab(*sys.argv[1:])
    probes = Probes(lab)
    # The kernel asks three times before it gives up, and soon.
    for family in ("ipv4", "ipv6"):
        write(f"/proc/sys/net/{family}/neigh/eth1/retrans_time_ms", 200, lab.lb)
    for test in (retimed, states, in_vain, set_down, said_so, forgotten, another_card, flags, no_link_local,
                 may_not_ask):
        if not report.attempt(test.__name__, test, lab, probes):
            lab.speak()
    lab.monitor.end()


main()
