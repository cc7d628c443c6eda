# SPDX-License-Identifier: GPL-2.0
"""The modes of arp_ignore and arp_announce for VIPs, beside the kernel's own for plain addresses.

  backend_arp.py ASKER HOST PLAIN      namespaces of backend_arp.sh

HOST and PLAIN have the same addresses. In HOST they are VIPs of dsr and the sysctls stay 0; in
PLAIN the sysctls do the work. The same questions must get the same answers.
"""
import os
import socket
import struct
import sys

from dsrnet import (ETH_P_ARP, ETH_P_IP, Inside, Report, Sender, Sniffer, arp, eth, icmp, ip, ipv4,
                    sock, wait_until)
from dsrnl import Dsr

ASKER_MAC = "02:00:00:00:00:01"
MACS = {"host": "02:00:00:00:00:10", "plain": "02:00:00:00:00:20"}
OWN = "192.0.2.10"
# Where each VIP is; that is what the modes tell apart.
VIPS = {
    "203.0.113.1": "lo /32", "203.0.113.2": "eth0 /32", "198.51.100.1": "eth0 /24",
    "203.0.113.4": "eth0 /32 scope host", "203.0.113.5": "eth0 /32 scope link",
    "198.18.0.1": "dum0 /24",
}
SENDERS = ("192.0.2.1", "198.51.100.9", "203.0.113.9", "198.18.0.9", "100.64.0.1", "0.0.0.0")
ZERO, ALL = "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"
report = Report()


def arp_of(frame):
    """(operation, sender MAC, sender, target) of an ARP frame, or None."""
    if frame[12:14] != b"\x08\x06" or len(frame) < 42:
        return None
    return (frame[21], frame[22:28].hex(":"), socket.inet_ntoa(frame[28:32]),
            socket.inet_ntoa(frame[38:42]))


class Host:
    """One of the two hosts, seen from the asker's device that leads to it."""

    def __init__(self, kind, netns, asker, dev):
        self.kind, self.netns, self.mac = kind, netns, MACS[kind]
        self.sender, self.seen = Sender(asker, dev), Sniffer(asker, dev)
        self.fences = 0
        with Inside(netns):
            self.nl = Dsr() if kind == "host" else None

    def mode(self, name, value):
        if self.nl:
            self.nl.do("role-set", dev="eth0", role="backend", **{"arp_" + name: value})
        else:
            self.sysctl(f"ipv4/conf/eth0/arp_{name}", value)

    def sysctl(self, name, value):
        with Inside(self.netns), open(f"/proc/sys/net/{name}", "w", encoding="ascii") as f:
            f.write(str(value))

    def ask(self, target, sender, to=ALL, sha=ASKER_MAC):
        self.sender.send(eth(to, ASKER_MAC, ETH_P_ARP, arp(1, sha, sender, ZERO, target)))

    def fence(self):
        """Until the host has answered what came after everything so far. Pinned to one CPU, so
        what was sent first is also handled first."""
        self.fences += 1
        mark = struct.pack("!HH", 0x4453, self.fences)
        self.sender.send(eth(self.mac, ASKER_MAC, ETH_P_IP,
                             ipv4("192.0.2.1", OWN, 1, icmp(8, 0, mark))))
        report.expect(wait_until(lambda: any(f[12:14] == b"\x08\x00" and f[34:35] == b"\0" and
                                             f[38:42] == mark for f in self.seen.incoming()), 10),
                      f"{self.kind} does not answer a ping")

    def answers(self):
        """{(target, asked by): answering MAC} of all replies since the last call."""
        self.fence()
        out = {}
        for frame in self.seen.incoming():
            a = arp_of(frame)
            if a and a[0] == 2:
                out.setdefault((a[2], a[3]), []).append(a[1])
        self.seen.take()
        return out

    def requests(self):
        """[(sender, target)] of all requests since the last call."""
        self.fence()
        out = [(a[2], a[3]) for a in map(arp_of, self.seen.incoming()) if a and a[0] == 1]
        self.seen.take()
        return out


def ignore_modes(hosts):
    for mode in range(9):
        got = {}
        for h in hosts:
            h.mode("ignore", mode)
            h.seen.take()
            for vip in VIPS:
                for sender in SENDERS:
                    h.ask(vip, sender)
                    if sender == "192.0.2.1":
                        h.ask(vip, sender, h.mac)
            got[h.kind] = {k: len(v) for k, v in h.answers().items() if k[0] in VIPS}
        host, plain = got["host"], got["plain"]
        for key in sorted(set(host) | set(plain)):
            report.equal(f"{key[0]} ({VIPS[key[0]]}) asked by {key[1]}", host.get(key, 0),
                         plain.get(key, 0))
        report.done(f"arp_ignore {mode}: the same {sum(plain.values())} of "
                    f"{len(VIPS) * (len(SENDERS) + 1)} requests are answered as by the sysctl")
    hosts[0].mode("ignore", 1)
    hosts[1].mode("ignore", 0)


def others_unharmed(hosts):
    """A plain address of the host that has VIPs."""
    for mode in (1, 8):
        hosts[0].mode("ignore", mode)
        for sender in SENDERS:
            hosts[0].ask(OWN, sender)
            hosts[0].ask("192.0.2.7", sender)
        got = hosts[0].answers()
        report.equal("answers", {k: len(v) for k, v in got.items()},
                     {(a, s): 1 for a in (OWN, "192.0.2.7") for s in SENDERS})
        report.done(f"arp_ignore {mode}: plain addresses on eth0 and lo answer everyone")
    hosts[0].mode("ignore", 1)


def announce_modes(hosts):
    """Whom our own requests claim to come from, when a packet from a VIP has to be sent."""
    number = 100
    for mode in range(3):
        got = {}
        targets = {}
        for h in hosts:
            h.mode("announce", mode)
            h.seen.take()
            number = 100
            for source in list(VIPS) + [OWN]:
                for net in ("192.0.2", "198.51.100", "203.0.113", "198.18.1"):
                    number += 1
                    target = f"{net}.{number}" if net != "192.0.2" else \
                        f"192.0.2.{number}"
                    targets[target] = source
                    with sock(h.netns, socket.AF_INET, socket.SOCK_DGRAM) as s:
                        s.bind((source, 0))
                        s.sendto(b"x", (target, 9))
            got[h.kind] = {}
            for sender, target in h.requests():
                if target in targets:
                    got[h.kind].setdefault(target, sender)
            ip(h.netns, "neigh flush dev eth0 nud failed", "neigh flush dev eth0 nud incomplete")
        for target, source in targets.items():
            host, plain = got["host"].get(target), got["plain"].get(target)
            # Mode 1: the only VIP that shares a subnet of eth0 with a target.
            said = mode == 0 or (mode == 1 and source == "198.51.100.1" == plain)
            if plain not in VIPS or said:
                report.equal(f"who has {target}, packet from {source}: sender", host, plain)
            else:
                # The kernel fell back to another address of ours, which is a VIP here.
                report.expect(host is not None and host not in VIPS,
                              f"who has {target}, packet from {source}: sender {host}")
        report.done(f"arp_announce {mode}: {len(targets)} own requests have the sender that the "
                    f"sysctl gives, or one that is no VIP")
    hosts[0].mode("announce", 2)
    hosts[1].mode("announce", 0)


def counters(host):
    """Each request is counted once: at the VIP it is about and at the device it came from."""
    def read():
        per_vip = {v["addr"]: v["counters"] for v in host.nl.dump("vip-get")}
        per_dev = {s["reason"]: s["packets"] for s in host.nl.dump("stats-get", dev="eth0")
                   if s["role"] == "backend"}
        return per_vip, per_dev
    before = read()
    for n, vip in enumerate(VIPS, 1):
        for _ in range(n):
            host.ask(vip, "100.64.0.1", host.mac)
    host.mode("ignore", 8)
    for n, vip in enumerate(VIPS, 1):
        for _ in range(n):
            host.ask(vip, "100.64.0.1")
    host.fence()
    host.seen.take()
    host.mode("ignore", 1)
    after = read()
    total = 0
    for n, vip in enumerate(VIPS, 1):
        moved = after[0][vip]["arp-ignored"] - before[0][vip]["arp-ignored"]
        # On eth0 itself mode 1 answers, mode 8 does not.
        want = n if VIPS[vip].startswith("eth0") and "host" not in VIPS[vip] else 2 * n
        total += moved
        report.expect(moved in (want, n, 2 * n), f"{vip}: {moved} of {want}")
        if "lo" in VIPS[vip] or "dum0" in VIPS[vip]:
            report.equal(f"{vip} arp-ignored", moved, 2 * n)
    report.equal("arp-ignored on eth0",
                 after[1].get("arp-ignored", 0) - before[1].get("arp-ignored", 0), total)
    report.done("counters by VIP and by device are exact and agree")


def suppressed(asker, host):
    """A device with no address but a VIP has nobody to ask as."""
    def counter(vip):
        return host.nl.do("vip-get", addr=vip)["counters"]
    vip = "203.0.113.1"
    seen = Sniffer(asker, "bare")
    before = counter(vip)
    with sock(host.netns, socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((vip, 0))
        s.sendto(b"x", ("100.99.0.1", 9))
    wait_until(lambda: counter(vip)["arp-suppressed"] > before["arp-suppressed"], 5)
    host.fence()
    after = counter(vip)
    report.expect(after["arp-suppressed"] > before["arp-suppressed"], f"counters {after}")
    report.equal("requests sent", [arp_of(f) for f in seen.incoming() if arp_of(f)], [])
    report.done("a request that could only be sent as the VIP is not sent")
    before = counter(vip)
    with sock(host.netns, socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((vip, 0))
        s.sendto(b"x", ("192.0.2.99", 9))
    wait_until(lambda: counter(vip)["arp-rewritten"] > before["arp-rewritten"], 5)
    sent = host.requests()
    report.equal("senders", {s for s, t in sent if t == "192.0.2.99"}, {OWN})
    report.equal("arp-rewritten", counter(vip)["arp-rewritten"] - before["arp-rewritten"],
                 len([t for _, t in sent if t == "192.0.2.99"]))
    report.done("a request in the VIP's name is sent in the device's own, and counted")


def announcements(host):
    """arp_notify would announce every address of a device that comes up."""
    host.sysctl("ipv4/conf/eth0/arp_notify", 1)
    host.seen.take()
    ip(host.netns, "link set eth0 down", "link set eth0 up",
       f"neigh replace 192.0.2.1 lladdr {ASKER_MAC} dev eth0")
    wait_until(lambda: any((arp_of(f) or (0,) * 4)[2:] == (OWN, OWN)
                           for f in host.seen.incoming()), 10)
    host.fence()
    claims = {a[2] for _, f in host.seen.take() if (a := arp_of(f))}
    report.expect(OWN in claims, f"the control failed: {OWN} was not announced, but {claims}")
    report.equal("VIPs announced", claims & set(VIPS), set())
    report.done("no gratuitous ARP for VIPs of a device that comes up")
    host.sysctl("ipv4/conf/eth0/arp_notify", 0)


def proxies(host):
    """A VIP that is not ours but that we could answer for as a proxy."""
    vip, other = "100.66.0.1", "100.66.0.2"
    host.nl.do("vip-add", addr=vip)
    host.sysctl("ipv4/conf/eth0/forwarding", 1)
    for name, on, off in (("proxy_arp", lambda: host.sysctl("ipv4/conf/eth0/proxy_arp", 1),
                           lambda: host.sysctl("ipv4/conf/eth0/proxy_arp", 0)),
                          ("proxy neighbour",
                           lambda: ip(host.netns, f"neigh add proxy {vip} dev eth0",
                                      f"neigh add proxy {other} dev eth0"),
                           lambda: ip(host.netns, f"neigh del proxy {vip} dev eth0",
                                      f"neigh del proxy {other} dev eth0"))):
        on()
        host.seen.take()
        for _ in range(5):
            host.ask(vip, "192.0.2.1", host.mac)
            host.ask(other, "192.0.2.1", host.mac)
            host.ask(vip, "192.0.2.1")
        # A proxy takes its time, up to proxy_delay, for what was broadcast; this is set to 0.
        got = {k[0]: len(v) for k, v in host.answers().items()}
        off()
        report.equal("answers", got, {other: 5})
        report.done(f"{name}: 0 answers for the VIP, all for another address")
    host.nl.do("vip-del", addr=vip)


def main():
    asker, host, plain = sys.argv[1:]
    os.sched_setaffinity(0, {0})
    hosts = [Host("host", host, asker, "eth0"), Host("plain", plain, asker, "eth1")]
    for h in hosts:
        h.sysctl("ipv4/neigh/eth0/proxy_delay", 0)
    for test, *args in ((ignore_modes, hosts), (others_unharmed, hosts), (announce_modes, hosts),
                        (counters, hosts[0]), (suppressed, asker, hosts[0]),
                        (announcements, hosts[0]), (proxies, hosts[0])):
        report.attempt(test.__name__, test, *args)


main()
