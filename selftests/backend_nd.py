# SPDX-License-Identifier: GPL-2.0
"""What a backend says by itself in neighbour discovery: backend_nd.py ASKER HOST"""
import socket
import sys

from dsrnet import (ETH_P_IPV6, Inside, Report, Sender, Sniffer, eth, icmp6, ip, ipv6, packed, run, sock,
                    wait_until)
from dsrnl import Dsr

NS, NA = 135, 136
ASKER_MAC, HOST_MAC = "02:00:00:00:00:01", "02:00:00:00:00:10"
report = Report()


def nd_of(frame):
    """(type, source, target) of a solicitation or advertisement, or None."""
    if frame[12:14] != b"\x86\xdd" or len(frame) < 78 or frame[20] != 58 or \
            frame[54] not in (NS, NA):
        return None
    return (frame[54], socket.inet_ntop(socket.AF_INET6, frame[22:38]),
            socket.inet_ntop(socket.AF_INET6, frame[62:78]))


class Host:
    def __init__(self, asker, netns):
        self.netns = netns
        with Inside(netns):
            self.nl = Dsr()
        self.sender, self.seen = Sender(asker, "eth0"), Sniffer(asker, "eth0")

    def sysctl(self, name, value):
        with Inside(self.netns), open(f"/proc/sys/net/ipv6/{name}", "w", encoding="ascii") as f:
            f.write(str(value))

    def said(self, kind):
        return [n for n in map(nd_of, self.seen.incoming()) if n and n[0] == kind]

    def send(self, source, target):
        """A packet from SOURCE to a neighbour that has to be asked for."""
        with sock(self.netns, socket.AF_INET6, socket.SOCK_DGRAM) as s:
            s.bind((source, 0))
            s.sendto(b"x", (target, 9))

    def counter(self, vip):
        return self.nl.do("vip-get", addr=vip)["counters"]


def state_of(host, addr):
    return run(host.netns, "ip", "-o", "addr", "show", "to", addr).splitlines()


def no_dad(host):
    """Both addresses are added as a user would who knows nothing of nodad."""
    vip, other = "2001:db8::a6", "2001:db8::b6"
    host.nl.do("vip-add", addr=vip, dev="eth0")
    # Rapid: one probe, and a quarter of a second to listen. The interface's own must be on, too.
    for name, value in (("conf/all/accept_dad", 1), ("conf/eth0/accept_dad", 1),
                        ("conf/eth0/dad_transmits", 1), ("neigh/eth0/retrans_time_ms", 300)):
        host.sysctl(name, value)
    host.seen.take()
    ip(host.netns, f"addr add {vip}/128 dev eth0", f"addr add {other}/128 dev eth0")
    # Somebody else has the VIP and says so: the balancer. That is no conflict.
    claim = icmp6("fe80::99", "ff02::1", NA, 0, b"\x20\0\0\0",
                  packed(vip) + b"\2\1\2\0\0\0\0\x99")
    host.sender.send(eth("33:33:00:00:00:01", ASKER_MAC, ETH_P_IPV6,
                         ipv6("fe80::99", "ff02::1", 58, claim, hop=255)))
    wait_until(lambda: not any("tentative" in line for a in (vip, other)
                               for line in state_of(host, a)), 10)
    probes = [t for _, s, t in host.said(NS) if s == "::"]
    report.equal("probes for the VIP", probes.count(vip), 0)
    report.equal("probes for another address", probes.count(other), 1)
    for a in (vip, other):
        report.expect(state_of(host, a) and
                      not any(w in state_of(host, a)[0] for w in ("tentative", "dadfailed")),
                      f"{a} is {state_of(host, a)}")
    report.equal("nd-suppressed", host.counter(vip)["nd-suppressed"], 1)
    report.expect(host.counter(vip)["nd-ignored"] == 1, "the claim was listened to")
    report.done("no duplicate address detection for a VIP, and none can fail")
    for name in ("conf/all/accept_dad", "conf/eth0/accept_dad"):
        host.sysctl(name, 0)


def no_unsolicited(host):
    """ndisc_notify announces all addresses of a device that comes up or changes its MAC."""
    vip, other = "2001:db8::a1", "2001:db8::b1"
    host.sysctl("conf/eth0/ndisc_notify", 1)
    host.sysctl("conf/eth0/keep_addr_on_down", 1)
    for what, lines in (("goes down and up", ("link set eth0 down", "link set eth0 up")),
                        ("changes its MAC", ("link set eth0 address 02:00:00:00:00:11",
                                             f"link set eth0 address {HOST_MAC}"))):
        host.seen.take()
        before = host.counter(vip)["nd-suppressed"]
        ip(host.netns, *lines)
        wait_until(lambda: any(t == other for _, _, t in host.said(NA)), 10)
        wait_until(lambda: host.counter(vip)["nd-suppressed"] > before, 5)
        told = [t for _, _, t in host.said(NA)]
        report.expect(other in told, f"the control failed: {other} was not announced: {told}")
        report.equal("VIPs announced", [t for t in told if "::a" in t], [])
        report.expect(host.counter(vip)["nd-suppressed"] > before, "nd-suppressed did not count")
        report.done(f"no unsolicited advertisement of a VIP when its NIC {what}")
    host.sysctl("conf/eth0/ndisc_notify", 0)


def source_of_own(host):
    """A packet from the VIP to a neighbour that has to be asked for."""
    for source, number in (("2001:db8::a1", 0x51), ("2001:db8::b1", 0x52)):
        target = f"2001:db8::{number:x}"
        host.seen.take()
        before = host.counter("2001:db8::a1")
        host.send(source, target)
        wait_until(lambda: any(t == target for _, _, t in host.said(NS)), 10)
        sources = {s for _, s, t in host.said(NS) if t == target}
        if source.endswith("a1"):
            report.expect(sources and all(s.startswith("fe80::") for s in sources),
                          f"asked as {sources}")
            frame = next(f for f in host.seen.incoming() if nd_of(f) and nd_of(f)[2] == target)
            report.expect(checksum_holds(frame), f"wrong checksum: {frame.hex()}")
            after = host.counter("2001:db8::a1")
            report.expect(after["nd-rewritten"] > before["nd-rewritten"], f"counters {after}")
            report.done("own solicitations are never in the VIP's name")
        else:
            report.equal("asked as", sources, {source})
            report.done("and other addresses ask as themselves")


def checksum_holds(frame):
    src, dst = (socket.inet_ntop(socket.AF_INET6, frame[a:a + 16]) for a in (22, 38))
    body = frame[54:54 + int.from_bytes(frame[18:20], "big")]
    return icmp6(src, dst, body[0], body[1], body[4:8], body[8:]) == body


def exact(host):
    """Solicitations for a VIP count once each."""
    vip = "2001:db8::a0"
    before = host.counter(vip)
    group = "ff02::1:ff00:a0"
    for i in range(20):
        to, mac = (group, "33:33:ff:00:00:a0") if i % 2 else (vip, HOST_MAC)
        ask = icmp6("fe80::1", to, NS, 0, b"\0\0\0\0", packed(vip) + b"\1\1\2\0\0\0\0\1")
        host.sender.send(eth(mac, ASKER_MAC, ETH_P_IPV6, ipv6("fe80::1", to, 58, ask, hop=255)))
    wait_until(lambda: host.counter(vip)["nd-ignored"] - before["nd-ignored"] >= 10, 5)
    # The group of an address on lo is not one that eth0 listens to, so those may be lost before.
    moved = host.counter(vip)["nd-ignored"] - before["nd-ignored"]
    report.expect(moved in (10, 20), f"nd-ignored moved by {moved}, wanted 10 or 20")
    report.equal("answers", [n for n in host.said(NA) if n[2] == vip], [])
    report.done("each solicitation that comes in is counted once")


def behind_options(host):
    """A solicitation with an extension header is one, to the kernel too."""
    vip, other = "2001:db8::a1", "2001:db8::b1"
    before = host.counter(vip)["nd-ignored"]
    host.seen.take()
    for target in (vip, other):
        ask = icmp6("fe80::1", target, NS, 0, b"\0\0\0\0",
                    packed(target) + b"\1\1\2\0\0\0\0\1")
        # Destination options: one of four bytes that says nothing.
        host.sender.send(eth(HOST_MAC, ASKER_MAC, ETH_P_IPV6,
                             ipv6("fe80::1", target, 60, b"\x3a\0\1\4\0\0\0\0" + ask, hop=255)))
    wait_until(lambda: any(t == other for _, _, t in host.said(NA)) and
               host.counter(vip)["nd-ignored"] > before, 10)
    report.equal("nd-ignored", host.counter(vip)["nd-ignored"] - before, 1)
    report.equal("answered", {t for _, _, t in host.said(NA)}, {other})
    report.done("no answer for a VIP that is asked for behind an extension header")


def nameless(host):
    """Where a device has no link-local address a solicitation in the VIP's name cannot be sent at all."""
    vip, target = "2001:db8:9::a9", "2001:db8:9::5"
    host.nl.do("vip-add", addr=vip, dev="d9")
    ip(host.netns, "link add d9 type dummy", "link set d9 addrgenmode none", "link set d9 arp on up",
       f"addr add {vip}/64 dev d9 nodad")
    seen = Sniffer(host.netns, "d9")
    host.send(vip, target)
    wait_until(lambda: host.counter(vip)["nd-suppressed"] >= 1, 10)
    report.expect(host.counter(vip)["nd-suppressed"] >= 1, "nd-suppressed did not count")
    report.equal("asked", [n for n in map(nd_of, seen.outgoing()) if n and n[0] == NS], [])
    # It is, once there is one.
    ip(host.netns, "addr add fe80::b9/64 dev d9 nodad")
    host.send(vip, target)
    wait_until(lambda: any(n and n[2] == target for n in map(nd_of, seen.outgoing())), 10)
    report.equal("asked as", {n[1] for n in map(nd_of, seen.outgoing()) if n and n[2] == target},
                 {"fe80::b9"})
    host.nl.do("vip-del", addr=vip)
    ip(host.netns, "link del d9")
    report.done("without a link-local address nobody is asked in the VIP's name")


def main():
    host = Host(*sys.argv[1:])
    for test in (no_dad, exact, behind_options, source_of_own, nameless, no_unsolicited):
        report.attempt(test.__name__, test, host)


main()
