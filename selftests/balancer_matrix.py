# SPDX-License-Identifier: GPL-2.0
"""Both truths for one device of the balancer: IPv4 and IPv6, TCP and UDP.

  balancer_matrix.py KIND CLIENT LB DUT REAL...     the namespaces of dsr_lib.sh's LAN
"""
import hashlib
import socket
import struct
import sys
import threading
from collections import Counter

from dsrnet import (Inside, Report, Sender, Sniffer, datagram, eth, parse, sock,
                    wait_until)
from dsrnl import Dsr

VIP = {4: "192.0.2.100", 6: "2001:db8::100"}
PORT = 8080
CONNECTIONS, RAW = 24, 12
SIZES = (1, 700, 4000, 30000)
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
CLIENT_MAC, LB_MAC = "02:00:00:00:00:01", "02:00:00:00:00:10"

report = Report()


def read_all(conn, n):
    data = b""
    while len(data) < n:
        piece = conn.recv(n - len(data))
        if not piece:
            return data
        data += piece
    return data


def answer_tcp(conn, name):
    with conn:
        size = struct.unpack("!I", read_all(conn, 4))[0]
        conn.sendall(name + hashlib.sha256(read_all(conn, size)).digest())


def serve_tcp(listener, name):
    while True:
        try:
            conn, _ = listener.accept()
        except OSError:
            return
        conn.settimeout(60)
        threading.Thread(target=answer_tcp, args=(conn, name), daemon=True).start()


def serve_udp(server, name):
    while True:
        try:
            data, peer = server.recvfrom(65536)
        except OSError:
            return
        server.sendto(name + hashlib.sha256(data).digest(), peer)


def serve(netns, name, family, proto):
    s = sock(netns, FAMILY[family], socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((VIP[family], PORT))
    if proto == "tcp":
        s.listen(64)
    threading.Thread(target=serve_tcp if proto == "tcp" else serve_udp, args=(s, name),
                     daemon=True).start()


def ask(netns, family, proto, port, size):
    """One request from a source port of its own; returns the name of the real that answered."""
    data = bytes((port + i) & 0xff for i in range(size))
    with sock(netns, FAMILY[family],
              socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM) as s:
        s.settimeout(30)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("0.0.0.0" if family == 4 else "::", port))
        s.connect((VIP[family], PORT))
        if proto == "tcp":
            s.sendall(struct.pack("!I", size) + data)
            reply = read_all(s, 33)
            # The real closes first, so that no port waits on our side.
            report.expect(s.recv(1) == b"", f"port {port}: bytes too many")
        else:
            s.send(data)
            reply = s.recv(100)
    report.expect(reply[1:] == hashlib.sha256(data).digest(), f"port {port}: damaged at the real")
    return reply[:1].decode()


def counters(netns, dev):
    """(received, sent) frames of a device, as the kernel counts them."""
    with Inside(netns), open("/proc/thread-self/net/dev", encoding="ascii") as f:
        for line in f:
            name, _, rest = line.partition(":")
            if name.strip() == dev:
                values = rest.split()
                return int(values[1]), int(values[9])
    raise KeyError(dev)


def agree(netns, sniffer):
    """The counters of eth0 and what was captured by then, with nothing in between."""
    while True:
        before = counters(netns, "eth0")
        seen = len(sniffer.incoming()), len(sniffer.outgoing())
        if counters(netns, "eth0") == before:
            return before[0] - seen[0], before[1] - seen[1]


def untagged(frame):
    return frame[:12] + frame[16:] if frame[12:14] == b"\x81\x00" else frame


class Cell:
    def __init__(self, kind, client, lb, dut, reals):
        self.kind, self.client, self.lb, self.dut, self.reals = kind, client, lb, dut, reals
        with Inside(lb):
            self.nl = Dsr()
        self.macs = {f"02:00:00:00:00:{11 + i}": str(1 + i) for i in range(len(reals))}
        self.sender = Sender(client, "eth0")
        self.sent = []

    def raw(self, family, proto):
        """Frames that no stack would send, from addresses that are nobody's."""
        for i in range(RAW):
            source = "192.0.2.77" if family == 4 else "2001:db8::77"
            odd = {"ttl": 1 + i, "tos": 0xb9, "id": 0x4000 + i, "frag": 0x4000} if family == 4 \
                else {"hop": 1 + i, "flow": 0xb9 << 20 | 0x12345}
            if proto == "tcp":
                odd["flags"] = 0x10
            ethertype, packet = datagram(source, VIP[family], proto, 30000 + i, PORT, **odd)
            frame = eth(LB_MAC, CLIENT_MAC, ethertype, packet)
            self.sent.append(frame)
            self.sender.send(frame)

    def steered(self, dump):
        return sum(s["packets"] for s in dump if s.get("dev") == self.dut and
                   s["role"] == "balancer" and s["reason"] == "steered")

    def mac_of_port(self, frames):
        """Source port -> names of the reals its frames went to."""
        out = {}
        for frame in frames:
            port = struct.unpack_from("!H", parse(frame)[4])[0]
            out.setdefault(port, set()).add(self.macs.get(frame[:6].hex(":"), frame[:6].hex(":")))
        return out

    def run(self, family, proto):
        vip, number = VIP[family], {"tcp": 6, "udp": 17}[proto]
        name = f"{proto}{family}"
        self.sent = []
        for i, real in enumerate(self.reals):
            serve(real, str(1 + i).encode(), family, proto)
        service = self.nl.do("service-get", name=name)
        before = (self.steered(self.nl.dump("stats-get")), service["counters"]["packets"])
        wire = Sniffer(self.lb, "eth0")
        at_real = [Sniffer(real, "eth0") for real in self.reals]
        offset = agree(self.lb, wire)
        answered = {}
        for i in range(CONNECTIONS):
            size = SIZES[i % len(SIZES)] if proto == "tcp" else 1 + 60 * i
            answered[20000 + i] = ask(self.client, family, proto, 20000 + i, size)
        self.raw(family, proto)

        def to_vip(frame):
            p = parse(frame)
            return p and p[2] == vip and p[3] == number

        def from_vip(frame):
            p = parse(frame)
            return p and p[1] == vip and p[3] == number
        # The last to come in are the raw ones, and all is over when the last of them went out.
        last = self.sent[-1][14:]
        wait_until(lambda: any(f.endswith(last) for f in wire.outgoing(to_vip)), 5)
        wait_until(lambda: len(wire.incoming(to_vip)) == len(wire.outgoing(to_vip)) ==
                   sum(len(s.incoming(to_vip)) for s in at_real), 5)
        ins, outs = wire.incoming(to_vip), wire.outgoing(to_vip)

        # 1: only the two MAC addresses differ.
        report.expect(len(ins) >= CONNECTIONS + RAW, f"{len(ins)} frames in")
        report.expect(Counter(f[12:] for f in ins) == Counter(f[12:] for f in outs),
                      f"{len(ins)} frames in and {len(outs)} out differ beyond the MAC addresses")
        report.equal("MACs in", {(f[:6].hex(":"), f[6:12].hex(":")) for f in ins},
                     {(LB_MAC, CLIENT_MAC)})
        report.equal("source MAC out", {f[6:12].hex(":") for f in outs}, {LB_MAC})
        report.equal("MACs out", {f[:6].hex(":") for f in outs}, set(self.macs))
        report.equal("tagged", {f[12:14] == b"\x81\x00" for f in ins + outs},
                     {self.kind == "vlan"})
        report.expect(not Counter(self.sent) - Counter(untagged(f) for f in ins),
                      "a raw frame came in changed")
        for i, sniffer in enumerate(at_real):
            mine = [untagged(f) for f in outs if self.macs[f[:6].hex(":")] == str(1 + i)]
            report.expect(Counter(sniffer.incoming(to_vip)) == Counter(mine),
                          f"real{1 + i} got other frames than the balancer sent it")
        went = self.mac_of_port(outs)
        for port, real in answered.items():
            report.equal(f"port {port} went to", went.get(port), {real})

        # 2: the reply bypasses the balancer.
        crossed = wire.incoming(from_vip) + wire.outgoing(from_vip)
        report.equal("reply frames that crossed the balancer", len(crossed), 0)
        replies = sum(len(s.outgoing(from_vip)) for s in at_real)
        report.expect(replies >= CONNECTIONS, f"{replies} reply frames left the reals")
        report.equal("frames by the device's counters less those captured, at the end and at first",
                     agree(self.lb, wire), offset)
        service = self.nl.do("service-get", name=name)
        after = (self.steered(self.nl.dump("stats-get")), service["counters"]["packets"])
        report.equal("steered by the counters", (after[0] - before[0], after[1] - before[1]),
                     (len(outs), len(outs)))
        report.done(f"{self.kind}: {proto} IPv{family}, "
                    f"only MACs differ and replies bypass the balancer")
        for s in [wire] + at_real:
            s.close()


def main():
    kind, client, lb, dut, *reals = sys.argv[1:]
    cell = Cell(kind, client, lb, dut, reals)
    for family in (4, 6):
        for proto in ("tcp", "udp"):
            report.attempt(f"{kind}: {proto} IPv{family},", cell.run, family, proto)
    sys.stdout.flush()


main()
