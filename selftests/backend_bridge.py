# SPDX-License-Identifier: GPL-2.0
"""What of neighbour discovery and ARP passes a backend's bridge: backend_bridge.py LEFT RIGHT EARLY LATE"""
import re
import sys

from dsrnet import (ETH_P_ARP, ETH_P_IPV6, Inside, Report, Sender, Sniffer, arp, eth, icmp6, ipv6, mac,
                    packed, run, wait_until)
from dsrnl import Dsr

V4, V6, OWN4, OWN6 = "192.0.2.100", "2001:db8::100", "192.0.2.10", "2001:db8::10"
MACS = {"left": "02:00:00:00:00:01", "right": "02:00:00:00:00:02"}
HOST_MAC, ALL, ZERO = "02:00:00:00:00:10", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"
# left is a client, right the balancer that has the VIP.
IP4 = {"left": "192.0.2.1", "right": "192.0.2.2"}
IP6 = {"left": "2001:db8::1", "right": "2001:db8::2"}
NS, NA, N = 135, 136, 50
report = Report()


def ns(who, target, dst=None, dmac=None):
    """A solicitation, to the target's group if not said."""
    if not dst:
        raw = packed("ff02::1:ff00:0")[:13] + packed(target)[13:]
        dst, dmac = raw.hex(":", 2), (b"\x33\x33" + raw[12:]).hex(":")
    body = icmp6(IP6[who], dst, NS, 0, b"\0" * 4, packed(target) + b"\1\1" + mac(MACS[who]))
    return eth(dmac, MACS[who], ETH_P_IPV6, ipv6(IP6[who], dst, 58, body, hop=255))


def na(who, target, dst, dmac):
    body = icmp6(IP6[who], dst, NA, 0, b"\x60\0\0\0", packed(target) + b"\2\1" + mac(MACS[who]))
    return eth(dmac, MACS[who], ETH_P_IPV6, ipv6(IP6[who], dst, 58, body, hop=255))


def arp_frame(who, op, spa, tpa, dmac, tha=ZERO):
    return eth(dmac, MACS[who], ETH_P_ARP, arp(op, MACS[who], spa, tha, tpa))


# What is sent by whom, and whether the host's own stack gets it, too.
CASES = (
    ("a solicitation for the VIP", "left", ns("left", V6), True),
    ("a unicast solicitation for the VIP", "left", ns("left", V6, V6, MACS["right"]), False),
    ("the balancer's advertisement", "right", na("right", V6, IP6["left"], MACS["left"]), False),
    ("the balancer's advertisement to all", "right", na("right", V6, "ff02::1", "33:33:00:00:00:01"),
     True),
    ("an ARP request for the VIP", "left", arp_frame("left", 1, IP4["left"], V4, ALL), True),
    ("a unicast ARP request for the VIP", "left",
     arp_frame("left", 1, IP4["left"], V4, MACS["right"], MACS["right"]), False),
    ("the balancer's ARP reply", "right",
     arp_frame("right", 2, V4, IP4["left"], MACS["left"], MACS["left"]), False),
    ("the balancer's gratuitous ARP", "right", arp_frame("right", 1, V4, V4, ALL), True),
)
CONTROLS = (
    ("a solicitation for the host's other address", "left", ns("left", OWN6), 1),
    ("an ARP request for the host's other address", "left",
     arp_frame("left", 1, IP4["left"], OWN4, ALL), 1),
    # Sent last: whatever the host has to say about what came before, it has said by now.
    ("a unicast solicitation for the host's other address", "left", ns("left", OWN6, OWN6, HOST_MAC), 0),
    ("a unicast ARP request for the host's other address", "left",
     arp_frame("left", 1, IP4["left"], OWN4, HOST_MAC, HOST_MAC), 0),
)


class Lab:
    def __init__(self, left, right, host, dev):
        self.host = host
        with Inside(host):
            self.nl = Dsr()
        self.senders = {"left": Sender(left, dev), "right": Sender(right, dev)}
        self.seen = {"left": Sniffer(left, dev, True), "right": Sniffer(right, dev, True)}

    def counters(self):
        return {a: self.nl.do("vip-get", addr=a)["counters"] for a in (V4, V6)}

    def hooks_saw(self):
        out = run(self.host, "nft", "list", "counter", "ip6", "seen", "every")
        return int(re.search(r"packets (\d+)", out)[1])

    def said(self, side):
        """What came from the host itself."""
        return [f for f in self.seen[side].incoming() if f[6:12] == mac(HOST_MAC)]


def passes(lab, order):
    for what, who, frame, local in CASES:
        other = "right" if who == "left" else "left"
        for sniffer in lab.seen.values():
            sniffer.take()
        before = lab.counters()
        for _ in range(N):
            lab.senders[who].send(frame)
        got = [f for kind, f in lab.seen[other].take(N, 1) if kind != 4]
        report.equal("passed, unchanged", (len(got), set(got) - {frame}), (N, set()))
        vip = V4 if frame[12:14] == b"\x08\x06" else V6
        key = "arp-ignored" if vip == V4 else "nd-ignored"
        after = lab.counters()
        report.equal(f"{key} of the VIP", after[vip][key] - before[vip][key], N * local)
        # Whoever answers does so at once, in the sender's own context.
        for side in ("left", "right"):
            report.equal(f"said by the host itself to {side}", len(lab.said(side)), 0)
        report.done(f"{order}: {what} passes, {N} of {N}")


def controls(lab, order):
    for what, who, frame, passed in CONTROLS:
        for sniffer in lab.seen.values():
            sniffer.take()
        for _ in range(N):
            lab.senders[who].send(frame)
        # Left sees its own frames as well.
        own = [f for kind, f in lab.seen["left"].take(2 * N) if kind != 4]
        report.equal("answers", (len(own), {f[6:12].hex(":") for f in own}), (N, {HOST_MAC}))
        got = [f for kind, f in lab.seen["right"].take(N * passed) if kind != 4 and f == frame]
        report.equal("passed", len(got), N * passed)
        report.done(f"{order}: {what} is answered, {N} of {N}")


def br_netfilter(lab, order):
    """Else all that follows says nothing."""
    frame = ns("left", IP6["right"], IP6["right"], MACS["right"])
    before = lab.hooks_saw()
    for _ in range(N):
        lab.senders["left"].send(frame)
    # The bridge itself may still have something to say about its groups.
    wait_until(lambda: lab.seen["right"].incoming().count(frame) >= N)
    report.equal("bridged", lab.seen["right"].incoming().count(frame), N)
    report.equal("seen by an IPv6 hook", lab.hooks_saw() - before, N)
    report.done(f"{order}: br_netfilter shows bridged packets to IPv6 hooks, {N} of {N}")


def main():
    left, right, *hosts = sys.argv[1:]
    for i, order in enumerate(("bridge before VIPs", "VIPs before bridge")):
        lab = Lab(left, right, hosts[i], f"eth{i}")
        for test in (br_netfilter, passes, controls):
            test(lab, order)


main()
