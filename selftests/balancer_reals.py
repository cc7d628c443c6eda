# SPDX-License-Identifier: GPL-2.0
"""When a real takes packets: balancer_reals.py CLIENT LB FAR REAL1 REAL2 REAL3"""
import socket
import struct
import sys
import time

from dsrnet import (ETH_P_ARP, ETH_P_IPV6, Inside, Report, SLOW, Sender, Sniffer, arp, datagram, eth,
                    icmp6, ip, ipv6, packed, parse, run, sock, wait_until)
from dsrnl import Dsr, NlError

V4, V6, PORT = "192.0.2.100", "2001:db8::100", 7000
LB_MAC, CLIENT_MAC = "02:00:00:00:00:10", "02:00:00:00:00:01"
REALS = ["192.0.2.11", "192.0.2.12", "192.0.2.13"]
NUD = {1: "incomplete", 2: "reachable", 4: "stale", 8: "delay", 16: "probe", 32: "failed",
       128: "permanent"}
report = Report()


class Neighbours:
    """The kernel's own news of neighbours: (time, address, state, MAC)."""

    def __init__(self, netns):
        self.sock = sock(netns, socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self.sock.bind((0, 1 << 2))  # RTMGRP_NEIGH
        self.sock.setblocking(False)
        self.news = []

    def poll(self):
        while True:
            try:
                data = self.sock.recv(1 << 16)
            except BlockingIOError:
                return self.news
            now, at = time.monotonic(), 0
            while at + 16 <= len(data):
                length, kind = struct.unpack_from("=IH", data, at)
                family, state = struct.unpack_from("=BxxxIH", data, at + 16)[0::2]
                addr = lladdr = b""
                a = at + 28
                while kind == 28 and a + 4 <= at + length:
                    n, t = struct.unpack_from("=HH", data, a)
                    addr = data[a + 4:a + n] if t == 1 else addr
                    lladdr = data[a + 4:a + n] if t == 2 else lladdr
                    a += (n + 3) & ~3
                if addr:
                    self.news.append((now, socket.inet_ntop(family, addr), NUD.get(state, state),
                                      lladdr.hex(":")))
                at += (length + 3) & ~3


class Lab:
    def __init__(self, client, lb, far, reals):
        self.client, self.lb, self.far, self.reals = client, lb, far, reals
        with Inside(lb):
            self.nl, self.ears = Dsr(), Dsr()
        self.ears.subscribe()
        self.sender = Sender(client, "eth0")
        self.port = 1000

    def services(self, *names):
        for name, vip in (("web", V4), ("web6", V6)):
            if name in names:
                self.nl.do("service-add", name=name, addr=vip, port=PORT, proto="udp",
                           table_size=251)

    def forget(self):
        for s in self.nl.dump("service-get"):
            self.nl.do("service-del", name=s["name"])

    def real(self, addr, service="web"):
        return self.nl.do("real-get", service=service, addr=addr)

    def active(self, service="web"):
        return self.nl.do("service-get", name=service)["active"]

    def reach_is(self, addr, reach, seconds=10, service="web"):
        wait_until(lambda: self.real(addr, service)["reach"] == reach, seconds)
        return report.equal(f"{addr} is", self.real(addr, service)["reach"], reach)

    def add(self, *addrs, service="web", **values):
        for addr in addrs:
            self.nl.do("real-add", service=service, addr=addr, **values)
        if not values:
            for addr in addrs:
                self.reach_is(addr, "reachable", service=service)

    def reasons(self):
        return {s["reason"]: s["packets"] for s in self.nl.dump("stats-get", dev="eth0")
                if s["role"] == "balancer"}

    def spray(self, n=60, vip=V4, src=None, size=64, smac=CLIENT_MAC, sender=None):
        """n datagrams of n flows; returns what became of them: {real or reason: packets}."""
        sender = sender or self.sender
        src = src or ("192.0.2.1" if vip == V4 else "2001:db8::1")

        def took():
            return {(r["service"], r["addr"]): r["counters"]["packets"]
                    for r in self.nl.dump("real-get")}
        reals, reasons = took(), self.reasons()
        for _ in range(n):
            self.port += 1
            kind, packet = datagram(src, vip, "udp", self.port, PORT, b"x" * size)
            sender.send(eth(LB_MAC, smac, kind, packet))

        def moved(key):
            return self.reasons().get(key, 0) - reasons.get(key, 0)
        kinds = ("steered", "no-real", "loop", "too-big", "dev-down")
        wait_until(lambda: sum(moved(k) for k in kinds) >= n, 5)
        out = {k: moved(k) for k in kinds if moved(k)}
        out.update({addr: p - reals.get((s, addr), 0) for (s, addr), p in took().items()
                    if p != reals.get((s, addr), 0)})
        return out


def weights(lab):
    lab.services("web")
    lab.add(*REALS)
    for i, weight in enumerate((1, 2, 5)):
        lab.nl.do("real-set", service="web", addr=REALS[i], weight=weight)
    rows = {a: lab.real(a)["rows"] for a in REALS}
    got = lab.spray(400)
    report.equal("steered", got.pop("steered", 0), 400)
    report.equal("took", set(got), set(REALS))
    for addr in REALS:
        share = 400 * rows[addr] / 251
        # Four standard deviations of a fair choice: a table that is not used would be far off.
        spread = 4 * (share * (1 - share / 400)) ** 0.5
        report.expect(abs(got.get(addr, 0) - share) < spread,
                      f"{addr}: {got.get(addr, 0)} of 400 flows, {share:.0f} expected")
    report.done("traffic follows weights 1 2 5")
    lab.nl.do("real-set", service="web", addr=REALS[2], weight=0)
    report.equal("real of weight 0", (lab.real(REALS[2])["rows"], lab.active()), (0, 2))
    got = lab.spray(60)
    report.expect(REALS[2] not in got and got["steered"] == 60, f"{got}")
    report.done("weight 0 takes nothing")
    lab.nl.do("real-set", service="web", addr=REALS[1], state="drain")
    got = lab.spray(60)
    report.equal("with one drained and one of weight 0", got, {"steered": 60, REALS[0]: 60})
    lab.nl.do("real-set", service="web", addr=REALS[0], state="down")
    report.equal("reach of one that is down", lab.real(REALS[0])["reach"], "idle")
    report.equal("with none", lab.spray(10), {"no-real": 10})
    report.done("drain and down take nothing")
    for addr in REALS[:2]:
        lab.nl.do("real-set", service="web", addr=addr, state="up")
    for addr in REALS:
        lab.nl.do("real-set", service="web", addr=addr, weight=1)
    report.equal("up again", (lab.reach_is(REALS[0], "reachable"), lab.active()), (True, 3))
    report.done("up again, all take part")


def joins(lab):
    """A real whose host is not there yet."""
    ip(lab.reals[1], "link set eth0 down")
    lab.services("web")
    lab.add(REALS[0])
    ip(lab.lb, f"neigh flush to {REALS[1]} dev eth0")
    lab.nl.do("real-add", service="web", addr=REALS[1])
    report.equal("at first", (lab.real(REALS[1])["reach"], lab.active()), ("resolving", 1))
    lab.reach_is(REALS[1], "unreachable")
    report.equal("rows", lab.real(REALS[1])["rows"], 0)
    report.expect("mac" not in lab.real(REALS[1]), "a MAC address is shown, but none is known")
    report.equal("all go to the other", lab.spray(20), {"steered": 20, REALS[0]: 20})
    ip(lab.reals[1], "link set eth0 up")
    lab.reach_is(REALS[1], "reachable")
    real = lab.real(REALS[1])
    report.equal("MAC and device", (real["mac"], real["egress"]), ("02:00:00:00:00:12", "eth0"))
    report.expect(real["rows"] > 100 and lab.active() == 2, f"rows {real['rows']}")
    report.done("a real joins when its MAC is known")


SILENCE = """table netdev mute {
	chain in {
		type filter hook ingress device "eth0" priority 0; policy drop;
	}
}"""
DEAF_WAYS = (
    ("its link is down", lambda r: ip(r, "link set eth0 down"),
     lambda r: ip(r, "link set eth0 up")),
    ("it answers no ARP", lambda r: ip(r, "link set eth0 arp off"),
     lambda r: ip(r, "link set eth0 arp on")),
    ("it hangs", lambda r: run(r, "nft", SILENCE), lambda r: run(r, "nft", "flush ruleset")),
)


def deaf(lab, family):
    """One that stops to answer: leaves within 3 s of the kernel knowing, comes back by itself."""
    addrs = REALS if family == 4 else ["2001:db8::11", "2001:db8::12", "2001:db8::13"]
    lab.services("web")
    lab.add(*addrs)
    for what, stop, start in DEAF_WAYS if family == 4 else DEAF_WAYS[2:]:
        news, _ = Neighbours(lab.lb), lab.ears.events(lambda e: False, 0)
        began = time.monotonic()
        stop(lab.reals[0])

        def gone(e):
            return e[1] == "real-reach-ntf" and e[2]["addr"] == addrs[0] and \
                e[2]["reach"] == "unreachable"

        def table(e):
            return e[1] == "service-table-ntf" and e[2]["active"] == 2
        seen, good = lab.ears.events(gone, 10 * SLOW)
        more, built = lab.ears.events(table, 5 * SLOW) if not any(map(table, seen)) else (seen, True)
        report.expect(good and built, f"{what}: no event in {10 * SLOW} s")
        failed = [t for t, addr, state, _ in news.poll() if addr == addrs[0] and state == "failed"]
        if good and built and report.expect(failed, f"{what}: the kernel does not know"):
            left = next(t for t, n, e in seen + more if table((t, n, e))) - failed[0]
            report.expect(left <= 3, f"{what}: left {left:.3f} s after the kernel knew")
            print(f"# {what}: unreachable after {seen[-1][0] - began:.1f} s, "
                  f"left {max(left, 0) * 1000:.0f} ms after the kernel knew")
        got = lab.spray(40)
        report.expect(addrs[0] not in got and got.get("steered") == 40, f"{what}: {got}")
        start(lab.reals[0])
        seen, good = lab.ears.events(
            lambda e: e[1] == "real-reach-ntf" and e[2]["addr"] == addrs[0] and
            e[2]["reach"] == "reachable", 10 * SLOW)
        report.expect(good, f"{what}: does not come back")
        wait_until(lambda: lab.active() == 3)
        report.equal(f"{what}: active when back", lab.active(), 3)
        report.done(f"IPv{family} real leaves when {what}, and comes back by itself")
        news.sock.close()


def sorry(lab):
    """With no real left the balancer's own stack gets the packets."""
    lab.services("web")
    lab.add(REALS[0])
    with sock(lab.lb, socket.AF_INET, socket.SOCK_DGRAM) as server, \
            sock(lab.client, socket.AF_INET, socket.SOCK_DGRAM) as client:
        server.bind((V4, PORT))
        server.settimeout(10)
        client.settimeout(10)
        client.connect((V4, PORT))
        lab.nl.do("real-set", service="web", addr=REALS[0], state="down")
        # Whoever looks sees the table that is in use from then on.
        report.equal("active", lab.active(), 0)
        client.send(b"anybody?")
        try:
            data, peer = server.recvfrom(100)
            server.sendto(b"sorry", peer)
            report.equal("client gets", (data, client.recv(100)), (b"anybody?", b"sorry"))
        except TimeoutError:
            report.expect(False, "nothing arrived")
        report.done("with no real left a server on the balancer answers")
    with sock(lab.client, socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(10)
        client.connect((V4, PORT))
        client.send(b"anybody?")
        try:
            client.recv(100)
            report.expect(False, "an answer, but from whom?")
        except ConnectionRefusedError:
            pass
        except TimeoutError:
            report.expect(False, "the client is left waiting")
        report.done("and without one the client is refused at once")


def pinned(lab):
    lab.services("web")
    pin = "02:00:00:00:77:77"
    lab.add(REALS[0], lladdr=pin)
    real = lab.real(REALS[0])
    report.equal("reach, mac", (real["reach"], real["mac"], real["lladdr"]), ("reachable", pin, pin))
    wire = Sniffer(lab.lb, "eth0")
    lab.spray(5)
    report.equal("frames to", {f[:6].hex(":") for f in wire.outgoing(
        lambda f: (parse(f) or (0,) * 5)[2] == V4)}, {pin})
    lab.nl.do("real-set", service="web", addr=REALS[0], lladdr="00:00:00:00:00:00")
    lab.reach_is(REALS[0], "reachable")
    wait_until(lambda: lab.real(REALS[0])["mac"] == "02:00:00:00:00:11")
    real = lab.real(REALS[0])
    report.equal("unpinned", (real["mac"], "lladdr" in real), ("02:00:00:00:00:11", False))
    wire.take()
    lab.spray(5)
    report.equal("frames to", {f[:6].hex(":") for f in wire.outgoing(
        lambda f: (parse(f) or (0,) * 5)[2] == V4)}, {"02:00:00:00:00:11"})
    report.done("lladdr pins the MAC, and unpinned it is learned")


def never_multicast(lab):
    lab.services("web")
    for bad in ("01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "33:33:00:00:00:01"):
        try:
            lab.nl.do("real-add", service="web", addr=REALS[0], lladdr=bad)
            report.expect(False, f"{bad} accepted")
        except NlError as e:
            report.equal(f"{bad}", e.name, "EINVAL")
    report.equal("reals", lab.nl.dump("real-get"), [])
    report.done("a multicast MAC cannot be pinned")
    lab.nl.do("real-add", service="web", addr="192.0.2.200")
    for bad in ("01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff"):
        ip(lab.lb, f"neigh replace 192.0.2.200 lladdr {bad} nud permanent dev eth0")
        wait_until(lambda: lab.real("192.0.2.200")["reach"] == "unreachable", 3)
        real = lab.real("192.0.2.200")
        report.equal(f"{bad} in the neighbour table",
                     (real["reach"], real["rows"], "mac" in real), ("unreachable", 0, False))
        report.equal(f"{bad}: packets", lab.spray(5), {"no-real": 5})
    ip(lab.lb, "neigh del 192.0.2.200 dev eth0")
    report.done("a multicast MAC in the neighbour table is not used")


def own_mac(lab):
    lab.services("web")
    lab.add(REALS[0], lladdr=LB_MAC)
    real = lab.real(REALS[0])
    report.equal("pinned to our own MAC", (real["reach"], real["rows"]), ("own-mac", 0))
    report.equal("packets", lab.spray(5), {"no-real": 5})
    lab.nl.do("real-add", service="web", addr="192.0.2.201")
    ip(lab.lb, "neigh replace 192.0.2.201 lladdr 02:00:00:00:00:90 nud permanent dev eth0")
    lab.reach_is("192.0.2.201", "own-mac")
    ip(lab.lb, "neigh del 192.0.2.201 dev eth0")
    # It stops to be our own.
    ip(lab.lb, "link set eth0 address 02:00:00:00:00:10")
    lab.nl.do("real-set", service="web", addr=REALS[0], lladdr="00:00:00:00:00:00")
    lab.reach_is(REALS[0], "reachable")
    report.done("our own MACs are never sent to")


def other_family(lab):
    lab.services("web", "web6")
    lab.add("2001:db8::11")
    lab.add("192.0.2.12", service="web6")
    report.equal("IPv4 packets to an IPv6 real", lab.spray(10), {"steered": 10, "2001:db8::11": 10})
    report.equal("IPv6 packets to an IPv4 real", lab.spray(10, V6), {"steered": 10, REALS[1]: 10})
    with sock(lab.reals[0], socket.AF_INET, socket.SOCK_DGRAM) as server, \
            sock(lab.client, socket.AF_INET, socket.SOCK_DGRAM) as client:
        server.bind((V4, PORT))
        server.settimeout(10)
        client.settimeout(10)
        client.connect((V4, PORT))
        client.send(b"hello")
        try:
            data, peer = server.recvfrom(100)
            server.sendto(b"there", peer)
            report.equal("exchange", (data, client.recv(100)), (b"hello", b"there"))
        except TimeoutError:
            report.expect(False, "no exchange between client and real")
    report.done("a real of the other family takes the VIP's packets")


def loop(lab):
    lab.services("web")
    lab.add(*REALS[:2])
    lab.nl.do("real-set", service="web", addr=REALS[1], weight=0)
    for i, want in enumerate(({"loop": 5}, {"loop": 5}, {"steered": 5, REALS[0]: 5})):
        report.equal(f"from real{i + 1}", lab.spray(5, smac=f"02:00:00:00:00:{11 + i}",
                                                    sender=Sender(lab.reals[i], "eth0")), want)
    report.done("a frame from a real of the service is not steered, whatever its weight")


def ways_out(lab):
    """Which device leads to a real, and what if it cannot take the packet."""
    far = "198.51.100.9"
    lab.services("web")
    lab.add(far, lladdr="02:00:00:00:00:91", dev="eth9")
    report.equal("egress", lab.real(far).get("egress"), "eth9")
    sniffer = Sniffer(lab.far, "eth0")
    report.equal("out of another device", lab.spray(5), {"steered": 5, far: 5})
    wait_until(lambda: len(sniffer.incoming()) >= 5)
    report.equal("frames", {(f[:6].hex(":"), f[6:12].hex(":")) for f in sniffer.incoming()},
                 {("02:00:00:00:00:91", "02:00:00:00:00:90")})
    report.done("out of another device with that device's MAC")
    ip(lab.lb, "link set eth9 mtu 1000")
    wait_until(lambda: lab.spray(1, size=1200).get("too-big"))
    report.equal("above the MTU", lab.spray(5, size=1200), {"too-big": 5})
    report.equal("at the MTU", lab.spray(5, size=1000 - 28), {"steered": 5, far: 5})
    ip(lab.lb, "link set eth9 mtu 1500")
    report.done("what exceeds the MTU of the way out passes")
    ip(lab.lb, "link set eth9 address 02:00:00:00:00:92")
    wait_until(lambda: sniffer.take() is None or lab.spray(1) and any(
        f[6:12].hex(":") == "02:00:00:00:00:92" for _, f in sniffer.take(1)))
    sniffer.take()
    lab.spray(5)
    wait_until(lambda: len(sniffer.incoming()) >= 5)
    report.equal("source MAC", {f[6:12].hex(":") for f in sniffer.incoming()},
                 {"02:00:00:00:00:92"})
    report.done("the source MAC follows that of the way out")
    ip(lab.lb, "link set eth9 down")
    lab.reach_is(far, "no-device", 3)
    got = lab.spray(5)
    report.expect(set(got) <= {"no-real", "dev-down"} and sum(got.values()) == 5, f"{got}")
    ip(lab.lb, "link set eth9 up")
    lab.reach_is(far, "reachable", 3)
    report.equal("up again", lab.spray(5), {"steered": 5, far: 5})
    report.done("way out down: packets pass; up again: steered")
    lab.nl.do("real-del", service="web", addr=far)
    lab.nl.do("real-add", service="web", addr="198.18.0.11")
    lab.reach_is("198.18.0.11", "no-device", 3)
    ip(lab.lb, "route add 198.18.0.0/24 via 192.0.2.1")
    report.equal("behind a gateway", lab.real("198.18.0.11")["reach"], "no-device")
    ip(lab.lb, "route del 198.18.0.0/24", "addr add 198.18.0.1/24 dev eth0")
    ip(lab.reals[0], "addr add 198.18.0.11/24 dev eth0")
    lab.reach_is("198.18.0.11", "reachable")
    ip(lab.lb, "addr del 198.18.0.1/24 dev eth0")
    lab.reach_is("198.18.0.11", "no-device")
    ip(lab.reals[0], "addr del 198.18.0.11/24 dev eth0")
    report.done("a real without device finds the connected route, no gateway")


def moves(lab, family):
    """Its MAC changes under traffic: the time between the announcement, when the kernel knows, and
    the last frame to the old MAC, both as the kernel stamped them on the balancer's device."""
    addr, vip = (REALS[0], V4) if family == 4 else ("2001:db8::11", V6)
    service = "web" if family == 4 else "web6"
    lab.services(service)
    lab.add(addr, service=service)
    for name in ("ipv4/neigh/eth0/locktime", ):
        with Inside(lab.lb), open(f"/proc/sys/net/{name}", "w", encoding="ascii") as f:
            f.write("0")
    wire = sock(lab.lb, socket.AF_PACKET, socket.SOCK_RAW, 0)
    wire.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)
    wire.setsockopt(socket.SOL_SOCKET, 35, 1)  # SO_TIMESTAMPNS
    wire.bind(("eth0", 3))
    wire.setblocking(False)
    speaker = Sender(lab.reals[0], "eth0")
    worst = 0.0
    for new in ("02:00:00:00:01:11", "02:00:00:00:02:11", "02:00:00:00:00:11"):
        old = lab.real(addr, service)["mac"]
        frames = []

        def read():
            while True:
                try:
                    data, aux, _, source = wire.recvmsg(4096, 64)
                except BlockingIOError:
                    return
                stamp = struct.unpack("=qq", aux[0][2])
                frames.append((stamp[0] + stamp[1] / 1e9, source[2] == 4, data))
        end = time.monotonic() + 3 * SLOW
        announced, after = False, 0
        while time.monotonic() < end and after < 20:
            lab.port += 1
            kind, packet = datagram("192.0.2.1" if family == 4 else "2001:db8::1", vip, "udp",
                                    lab.port, PORT)
            lab.sender.send(eth(LB_MAC, CLIENT_MAC, kind, packet))
            time.sleep(0.002)
            read()
            to_new = [f for f in frames if f[1] and f[2][:6].hex(":") == new]
            after = len(to_new)
            if not announced and len(frames) > 20:
                ip(lab.reals[0], f"link set eth0 address {new}")
                speaker.send(announcement(addr, new))
                announced = True
        known = [t for t, out, f in frames if not out and f[6:12].hex(":") == new and
                 f[12:14] in (b"\x08\x06", b"\x86\xdd")]
        to_old = [t for t, out, f in frames if out and f[:6].hex(":") == old and
                  (parse(f) or (0,) * 5)[2] == vip]
        if report.expect(known and to_old and after, f"{new}: announced {len(known)} times, "
                         f"{len(to_old)} frames to the old MAC, {after} to the new"):
            worst = max(worst, max(to_old) - known[0])
        report.equal(f"{new}: MAC in use", lab.real(addr, service)["mac"], new)
    report.expect(worst <= 0.1, f"the last frame to the old MAC went {worst:.3f} s after")
    print(f"# IPv{family}: the last frame to the old MAC went {1000 * max(worst, 0):.1f} ms after "
          "the kernel knew")
    report.done(f"IPv{family} real's MAC changes: forwarding follows within 100 ms")
    wire.close()


def announcement(addr, mac):
    if ":" not in addr:
        return eth("ff:ff:ff:ff:ff:ff", mac, ETH_P_ARP,
                   arp(1, mac, addr, "00:00:00:00:00:00", addr))
    body = icmp6(addr, "ff02::1", 136, 0, b"\x20\0\0\0",
                 packed(addr) + b"\2\1" + bytes.fromhex(mac.replace(":", "")))
    return eth("33:33:00:00:00:01", mac, ETH_P_IPV6, ipv6(addr, "ff02::1", 58, body, hop=255))


def main():
    client, lb, far, *reals = sys.argv[1:]
    lab = Lab(client, lb, far, reals)
    for real in reals:
        run(real, "sysctl", "-qw", "net.ipv6.conf.all.keep_addr_on_down=1")
    for test, *args in ((weights,), (joins,), (deaf, 4), (deaf, 6), (sorry,), (pinned,),
                        (never_multicast,), (own_mac,), (other_family,), (loop,), (ways_out,),
                        (moves, 4), (moves, 6)):
        report.attempt(test.__name__, test, lab, *args)
        lab.forget()


main()
