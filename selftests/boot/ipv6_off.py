# SPDX-License-Identifier: GPL-2.0
"""Traffic where there is no IPv6: ipv6_off.py CLIENT LB REAL"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# pylint: disable=wrong-import-position
from dsrnet import (ETH_P_ARP, Inside, Report, Sender, Sniffer, arp, datagram, eth, parse, wait_until)
from dsrnl import Dsr, NlError

VIP, VIP6, PORT, N = "192.0.2.100", "2001:db8::100", 7000, 100
CLIENT_MAC, LB_MAC, REAL_MAC = "02:00:00:00:00:01", "02:00:00:00:00:10", "02:00:00:00:00:11"
report = Report()


def refused(nl, op, **values):
    try:
        nl.do(op, **values)
        report.expect(False, f"{op}: done")
    except NlError as e:
        report.equal(op, (e.name, e.msg), ("EAFNOSUPPORT", "IPv6 is disabled on this host"))
        report.expect(e.offset, f"{op}: no attribute is to blame")


def main():
    client, lb, real = sys.argv[1:]
    with Inside(lb):
        nl = Dsr()
    with Inside(real):
        backend = Dsr()
    refused(nl, "service-add", name="web6", addr=VIP6, port=PORT, proto="udp")
    refused(nl, "real-add", service="web", addr="2001:db8::11")
    refused(nl, "vip-add", addr=VIP6)
    report.equal("services", [s["name"] for s in nl.dump("service-get")], ["web"])
    report.equal("reals", [r["addr"] for r in nl.dump("real-get")], ["192.0.2.11"])
    report.equal("VIPs", nl.dump("vip-get"), [])
    report.done("EAFNOSUPPORT, with the address to blame, and nothing was added")

    sender, wire, seen = Sender(client, "eth0"), Sniffer(real, "eth0"), Sniffer(client, "eth0")

    def reasons():
        return {s["reason"]: s["packets"] for s in nl.dump("stats-get", dev="eth0")
                if s["role"] == "balancer"}

    def send(vip, src):
        """What has become of N packets, by reason."""
        before = reasons()
        for i in range(N):
            kind, packet = datagram(src, vip, "udp", 1000 + i, PORT)
            sender.send(eth(LB_MAC, CLIENT_MAC, kind, packet))

        def moved():
            # Whatever the switch floods is counted, too; not these.
            return {k: v - before.get(k, 0) for k, v in reasons().items()
                    if v != before.get(k, 0) and k in ("steered", "not-vip", "no-real", "malformed")}
        wait_until(lambda: sum(moved().values()) >= N)
        return moved()

    report.equal("IPv4", send(VIP, "192.0.2.1"), {"steered": N})
    wait_until(lambda: len(wire.incoming(lambda f: (parse(f) or (0,) * 5)[2] == VIP)) >= N)
    got = wire.incoming(lambda f: (parse(f) or (0,) * 5)[2] == VIP)
    report.equal("arrived at the real", (len(got), {f[:6].hex(":") for f in got}), (N, {REAL_MAC}))
    report.done(f"{N} of {N} IPv4 packets are steered")
    report.equal("IPv6", send(VIP6, "2001:db8::1"), {"not-vip": N})
    report.done(f"{N} of {N} IPv6 packets are left alone")

    seen.take()
    for target in (VIP, "192.0.2.11"):
        for _ in range(N):
            sender.send(eth(REAL_MAC, CLIENT_MAC, ETH_P_ARP,
                            arp(1, CLIENT_MAC, "192.0.2.1", "00:00:00:00:00:00", target)))
    wait_until(lambda: len(seen.incoming(lambda f: f[12:14] == b"\x08\x06")) >= N)
    answers = [f[28:32] for f in seen.incoming(lambda f: f[12:14] == b"\x08\x06" and f[21] == 2)]
    report.equal("answers", (len(answers), set(answers)), (N, {bytes((192, 0, 2, 11))}))
    report.equal("arp-ignored", backend.do("vip-get", addr=VIP)["counters"]["arp-ignored"], N)
    report.done(f"a backend's VIP: 0 of {N} ARP requests answered, of its other address {N}")


main()
