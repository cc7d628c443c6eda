# SPDX-License-Identifier: GPL-2.0
"""One frame after another into the balancer, each with its one reason.

  balancer_malformed.py GEN LB REAL      namespaces of balancer_malformed.sh

A case is (name, frame, reason). "steered" must reach the real with nothing but its MACs changed and
must not go up the stack; every other reason must go up the stack with not a byte changed and must
not reach the real. What goes up the stack is seen behind dsr's hook: nft copies it to mon0.
"""
import sys

from dsrnet import (ETH_P_ARP, ETH_P_IP, ETH_P_IPV6, Inside, PACKET_OUTGOING, Report, Sender,
                    Sniffer, arp, eth, icmp, icmp6, ipv4, ipv6, tcp, udp, wait_until)
from dsrnl import Dsr

LB, GEN, REAL, LB1 = (f"02:00:00:00:00:{n:02}" for n in (10, 1, 11, 20))
C4, V4, OTHER4 = "192.0.2.1", "192.0.2.100", "192.0.2.10"
C6, V6, OTHER6 = "2001:db8::1", "2001:db8::100", "2001:db8::10"
PORT, TAGGED = 80, 100
OPT_NOP = b"\1\1\1\1"
RECORD_ROUTE = b"\7\x0b\4" + b"\0" * 8 + b"\0"
HBH, ROUTING, FRAGMENT, DEST, NONE, ESP, AH = 0, 43, 44, 60, 59, 50, 51


def ip4(packet, *tags, dst=LB, src=GEN):
    return eth(dst, src, ETH_P_IP, packet, *tags)


def ip6(packet, *tags, dst=LB, src=GEN):
    return eth(dst, src, ETH_P_IPV6, packet, *tags)


def u4(data=b"u" * 40, sport=1000, dport=PORT, **o):
    return udp(C4, V4, sport, dport, data, **o)


def t4(data=b"", **o):
    return tcp(C4, V4, 1000, PORT, data, **o)


def u6(data=b"u" * 40, dport=PORT, **o):
    return udp(C6, V6, 1000, dport, data, **o)


def t6(data=b"", **o):
    return tcp(C6, V6, 1000, PORT, data, **o)


def ext(following, length=0, fill=b"\1\4\0\0\0\0"):
    """An IPv6 extension header of 8 * (1 + length) bytes, padded by an option."""
    body = fill if not length else b"\1" + bytes([6 + 8 * length - 2]) + b"\0" * (6 + 8 * length - 2)
    return bytes([following, length]) + body[:6 + 8 * length]


def v4_cases():
    whole = ipv4(C4, V4, 17, u4())
    for proto, l4 in ((17, u4()), (6, t4()), (6, t4(b"d" * 100, flags=0x18))):
        yield f"v4 {len(l4)} bytes of {proto}", ip4(ipv4(C4, V4, proto, l4)), "steered"
    yield "v4 options", ip4(ipv4(C4, V4, 17, u4(), options=OPT_NOP)), "steered"
    yield "v4 record route", ip4(ipv4(C4, V4, 6, t4(), options=RECORD_ROUTE)), "steered"
    yield "v4 40 bytes of options", ip4(ipv4(C4, V4, 17, u4(), options=OPT_NOP * 10)), "steered"
    yield "v4 padded UDP", ip4(ipv4(C4, V4, 17, u4(b"abc")) + b"\xa5" * 15), "steered"
    yield "v4 padded TCP", ip4(ipv4(C4, V4, 6, t4()) + b"\x5a" * 6), "steered"
    yield "v4 zero UDP checksum", ip4(ipv4(C4, V4, 17, u4(check=0))), "steered"
    yield "v4 wrong UDP checksum", ip4(ipv4(C4, V4, 17, u4(check=0xdead))), "steered"
    yield "v4 DF", ip4(ipv4(C4, V4, 17, u4(), frag=0x4000)), "steered"
    yield "v4 reserved flag", ip4(ipv4(C4, V4, 17, u4(), frag=0x8000)), "steered"
    yield "v4 TOS and ECN", ip4(ipv4(C4, V4, 17, u4(), tos=0xbb)), "steered"
    yield "v4 TTL 1", ip4(ipv4(C4, V4, 17, u4(), ttl=1)), "steered"
    yield "v4 TTL 255", ip4(ipv4(C4, V4, 6, t4(), ttl=255)), "steered"
    yield "v4 full size", ip4(ipv4(C4, V4, 17, u4(b"f" * 1472))), "steered"
    yield "v4 empty UDP", ip4(ipv4(C4, V4, 17, u4(b""))), "steered"
    for n in (0, 1, 8, 19):
        yield f"v4 header cut to {n} bytes", ip4(whole[:n]), "malformed"
    yield "v4 version 6", ip4(ipv4(C4, V4, 17, u4(), version=6)), "malformed"
    yield "v4 version 0", ip4(ipv4(C4, V4, 17, u4(), version=0)), "malformed"
    for ihl in (0, 1, 4):
        yield f"v4 ihl {ihl}", ip4(ipv4(C4, V4, 17, u4(), ihl=ihl)), "malformed"
    yield "v4 ihl beyond the packet", ip4(ipv4(C4, V4, 17, b"x" * 12, ihl=15)), "malformed"
    yield "v4 ihl beyond the frame", \
        ip4(ipv4(C4, V4, 17, b"x" * 12, ihl=15, tot_len=80)), "malformed"
    for total in (0, 1, 19):
        yield f"v4 length {total}", ip4(ipv4(C4, V4, 17, u4(), tot_len=total)), "malformed"
    yield "v4 length beyond the frame", ip4(ipv4(C4, V4, 17, u4(), tot_len=69)), "malformed"
    yield "v4 length 65535", ip4(ipv4(C4, V4, 17, u4(), tot_len=65535)), "malformed"
    yield "v4 length below ihl", \
        ip4(ipv4(C4, V4, 17, u4(), options=OPT_NOP * 2, tot_len=24)), "malformed"
    for n in (0, 4, 7):
        yield f"v4 UDP header cut to {n} bytes", ip4(ipv4(C4, V4, 17, u4()[:n])), "malformed"
    for n in (0, 4, 13, 19):
        yield f"v4 TCP header cut to {n} bytes", ip4(ipv4(C4, V4, 6, t4()[:n])), "malformed"
    yield "v4 UDP header behind the packet's end, in the padding", \
        ip4(ipv4(C4, V4, 17, u4(), tot_len=24)), "malformed"
    yield "v4 first fragment", ip4(ipv4(C4, V4, 17, u4(), frag=0x2000)), "fragment"
    yield "v4 later fragment", ip4(ipv4(C4, V4, 17, u4(), frag=0x2005)), "fragment"
    yield "v4 last fragment", ip4(ipv4(C4, V4, 6, b"x" * 32, frag=0x0005)), "fragment"
    yield "v4 tiny fragment", ip4(ipv4(C4, V4, 6, b"x" * 8, frag=0x2000)), "fragment"
    yield "v4 ping", ip4(ipv4(C4, V4, 1, icmp(8))), "icmp"
    for kind, code in ((3, 1), (3, 3), (3, 4), (4, 0), (5, 1), (11, 0), (12, 0)):
        yield f"v4 ICMP {kind}.{code}", \
            ip4(ipv4(C4, V4, 1, icmp(kind, code, b"\0\0\5\xdc", whole[:28]))), \
            "icmp-error"
    yield "v4 ICMP error in the padding", \
        ip4(ipv4(C4, V4, 1, b"\3" * 8, tot_len=20)), "icmp"
    for proto in (0, 2, 4, 33, 41, 47, 50, 51, 89, 132, 136, 255):
        yield f"v4 protocol {proto}", ip4(ipv4(C4, V4, proto, u4())), "protocol"
    yield "v4 other port", ip4(ipv4(C4, V4, 17, u4(dport=81))), "no-service"
    yield "v4 port 0", ip4(ipv4(C4, V4, 17, u4(dport=0))), "no-service"
    yield "v4 other address", ip4(ipv4(C4, OTHER4, 17, u4())), "not-vip"
    yield "v4 from the VIP", ip4(ipv4(V4, C4, 17, u4())), "not-vip"
    yield "v4 service without reals", ip4(ipv4(C4, V4, 17, u4(dport=90))), "no-real"
    yield "v4 from the real", ip4(ipv4(C4, V4, 17, u4()), src=REAL), "loop"
    yield "v4 other MAC", ip4(whole, dst="02:00:00:00:00:77"), "not-host"
    yield "v4 broadcast MAC", ip4(whole, dst="ff:ff:ff:ff:ff:ff"), "not-host"
    yield "v4 multicast MAC", ip4(whole, dst="01:00:5e:00:00:01"), "not-host"
    yield "v4 the real's MAC", ip4(whole, dst=REAL), "not-host"
    yield "v4 priority tag", ip4(whole, (0x8100, 0xe000)), "steered"
    yield "v4 tagged", ip4(whole, (0x8100, 7)), "vlan"
    yield "v4 tagged 802.1ad", ip4(whole, (0x88a8, 7)), "vlan"
    yield "v4 VLAN in VLAN", ip4(whole, (0x8100, 7), (0x8100, 8)), "vlan"
    yield "v4 VLAN in 802.1ad", ip4(whole, (0x88a8, 7), (0x8100, 8)), "vlan"
    yield "v4 as IPv6", eth(LB, GEN, ETH_P_IPV6, whole), "not-vip"
    yield "v4 as ARP", eth(LB, GEN, ETH_P_ARP, whole), "not-ip"
    yield "ARP for the VIP", eth("ff:ff:ff:ff:ff:ff", GEN, ETH_P_ARP,
                                 arp(1, GEN, "192.0.2.77", "00:00:00:00:00:00", V4)), "not-host"
    yield "ARP reply", eth(LB, GEN, ETH_P_ARP, arp(2, GEN, "192.0.2.77", LB, OTHER4)), "not-ip"
    yield "unknown ethertype", eth(LB, GEN, 0x88b5, b"z" * 60), "not-ip"
    yield "802.3 LLC", eth(LB, GEN, 46, b"\x42\x42\3" + b"z" * 43), "not-ip"
    yield "PPPoE", eth(LB, GEN, 0x8864, whole), "not-ip"
    yield "MPLS", eth(LB, GEN, 0x8847, b"\0\1\1\x40" + whole), "not-ip"


def v6_cases():
    whole = ipv6(C6, V6, 17, u6())
    for proto, l4 in ((17, u6()), (6, t6()), (6, t6(b"d" * 100, flags=0x18))):
        yield f"v6 {len(l4)} bytes of {proto}", ip6(ipv6(C6, V6, proto, l4)), "steered"
    yield "v6 flow label and class", ip6(ipv6(C6, V6, 6, t6(), flow=0xbb54321)), "steered"
    yield "v6 hop limit 1", ip6(ipv6(C6, V6, 17, u6(), hop=1)), "steered"
    yield "v6 padded", ip6(ipv6(C6, V6, 17, u6(b"")) + b"\xa5" * 4), "steered"
    yield "v6 full size", ip6(ipv6(C6, V6, 17, u6(b"f" * 1452))), "steered"
    yield "v6 hop-by-hop", ip6(ipv6(C6, V6, HBH, ext(17) + u6())), "steered"
    yield "v6 destination options", ip6(ipv6(C6, V6, DEST, ext(6) + t6())), "steered"
    yield "v6 hop-by-hop and destination options", \
        ip6(ipv6(C6, V6, HBH, ext(DEST) + ext(17, 3) + u6())), "steered"
    for n in (0, 8, 39):
        yield f"v6 header cut to {n} bytes", ip6(whole[:n]), "malformed"
    yield "v6 version 4", ip6(ipv6(C6, V6, 17, u6(), version=4)), "malformed"
    yield "v6 version 0", ip6(ipv6(C6, V6, 17, u6(), version=0)), "malformed"
    yield "v6 length beyond the frame", ip6(ipv6(C6, V6, 17, u6(), length=49)), "malformed"
    yield "v6 length 65535", ip6(ipv6(C6, V6, 17, u6(), length=65535)), "malformed"
    yield "v6 length 0", ip6(ipv6(C6, V6, 17, u6(), length=0)), "malformed"
    for n in (0, 4, 7):
        yield f"v6 UDP header cut to {n} bytes", ip6(ipv6(C6, V6, 17, u6()[:n])), "malformed"
    for n in (0, 13, 19):
        yield f"v6 TCP header cut to {n} bytes", ip6(ipv6(C6, V6, 6, t6()[:n])), "malformed"
    yield "v6 UDP header behind the packet's end", \
        ip6(ipv6(C6, V6, 17, u6(), length=4)), "malformed"
    yield "v6 fragment, first", \
        ip6(ipv6(C6, V6, FRAGMENT, b"\x11\0\0\1\0\0\0\1" + u6())), "fragment"
    yield "v6 fragment, later", \
        ip6(ipv6(C6, V6, FRAGMENT, b"\x11\0\0\x29\0\0\0\1" + u6())), "fragment"
    # RFC 6946: a whole datagram, whatever the header says it is.
    yield "v6 fragment, atomic", \
        ip6(ipv6(C6, V6, FRAGMENT, b"\x11\0\0\0\0\0\0\1" + u6())), "steered"
    # RFC 8200, section 4.5: two bits are reserved and ignored.
    yield "v6 fragment, atomic, reserved bits", \
        ip6(ipv6(C6, V6, FRAGMENT, b"\x11\0\0\6\0\0\0\1" + u6())), "steered"
    yield "v6 fragment, atomic behind a first one", \
        ip6(ipv6(C6, V6, FRAGMENT, b"\x2c\0\0\1\0\0\0\1\x11\0\0\0\0\0\0\1" + u6())), "fragment"
    yield "v6 fragment behind hop-by-hop", \
        ip6(ipv6(C6, V6, HBH, ext(FRAGMENT) + b"\x11\0\0\1\0\0\0\1" + u6())), "fragment"
    yield "v6 fragment header cut", ip6(ipv6(C6, V6, FRAGMENT, b"\x11\0")), "malformed"
    for n in (0, 1, 7):
        yield f"v6 hop-by-hop cut to {n} bytes", ip6(ipv6(C6, V6, HBH, ext(17)[:n])), "malformed"
    yield "v6 hop-by-hop longer than the packet", \
        ip6(ipv6(C6, V6, HBH, bytes([17, 200]) + b"\1\4\0\0\0\0" + u6())), "malformed"
    yield "v6 routing header", ip6(ipv6(C6, V6, ROUTING, ext(17) + u6())), "steered"
    yield "v6 no next header", ip6(ipv6(C6, V6, NONE, b"")), "protocol"
    yield "v6 no next header behind hop-by-hop", ip6(ipv6(C6, V6, HBH, ext(NONE))), "protocol"
    yield "v6 fragment header in the padding", \
        ip6(ipv6(C6, V6, HBH, ext(FRAGMENT) + b"\x11\0\0\1\0\0\0\1", length=8)), "malformed"
    yield "v6 ICMP error in the padding", \
        ip6(ipv6(C6, V6, 58, b"\1" * 8, length=0)), "icmp"
    for proto in (2, 4, 41, 47, ESP, 132, 253):
        yield f"v6 protocol {proto}", ip6(ipv6(C6, V6, proto, u6())), "protocol"
    yield "v6 long chain", \
        ip6(ipv6(C6, V6, DEST, ext(DEST) * 30 + ext(17) + u6())), "steered"
    yield "v6 ping", ip6(ipv6(C6, V6, 58, icmp6(C6, V6, 128))), "icmp"
    for kind in (1, 2, 3, 4):
        yield f"v6 ICMP {kind}", ip6(ipv6(C6, V6, 58, icmp6(C6, V6, kind, 0, b"\0\0\5\0",
                                                            whole[:48]))), "icmp-error"
    yield "v6 ICMP 129", ip6(ipv6(C6, V6, 58, icmp6(C6, V6, 129))), "icmp"
    yield "v6 solicitation", ip6(ipv6(C6, V6, 58, icmp6(
        C6, V6, 135, 0, b"\0\0\0\0", bytes(16) + b"\1\1\2\0\0\0\0\1"), hop=255)), "icmp"
    yield "v6 other port", ip6(ipv6(C6, V6, 17, u6(dport=81))), "no-service"
    yield "v6 other address", ip6(ipv6(C6, OTHER6, 17, u6())), "not-vip"
    yield "v6 mapped VIP", ip6(ipv6(C6, "::ffff:" + V4, 17, u6())), "not-vip"
    yield "v6 service without reals", ip6(ipv6(C6, V6, 17, u6(dport=90))), "no-real"
    yield "v6 from the real", ip6(ipv6(C6, V6, 17, u6()), src=REAL), "loop"
    yield "v6 other MAC", ip6(whole, dst="02:00:00:00:00:77"), "not-host"
    yield "v6 multicast MAC", ip6(whole, dst="33:33:00:00:00:01"), "not-host"
    yield "v6 tagged", ip6(whole, (0x8100, 7)), "vlan"
    yield "v6 VLAN in VLAN", ip6(whole, (0x88a8, 7), (0x8100, 8)), "vlan"
    yield "v6 as IPv4", eth(LB, GEN, ETH_P_IP, whole), "not-vip"


class Balancer:
    def __init__(self, gen, lb, real):
        with Inside(lb):
            self.nl = Dsr()
        self.report, self.sent = Report(), 0
        self.sender = Sender(gen, "eth0")
        self.up, self.real = Sniffer(lb, "mon0"), Sniffer(real, "eth0", promiscuous=True)
        self.counts = self.reasons()
        self.first = dict(self.counts)

    def reasons(self):
        return {s["reason"]: s["packets"] for s in self.nl.dump("stats-get")
                if s.get("dev") == "eth0" and s["role"] == "balancer"}

    def case(self, name, frame, reason):
        self.sender.send(frame)
        self.sent += 1
        wait_until(lambda: sum(self.reasons().values()) > sum(self.counts.values()), 3)
        now = self.reasons()
        moved = {r: now[r] - self.counts.get(r, 0) for r in now
                 if now[r] != self.counts.get(r, 0)}
        self.counts = now
        wait_until(lambda: self.up.poll() or self.real.poll(), 3)
        up = [f for kind, f in self.up.take() if kind == PACKET_OUTGOING]
        out = [f for kind, f in self.real.take() if kind != PACKET_OUTGOING]
        good = self.report.expect(moved == {reason: 1},
                                  f"counted as {moved}, wanted 1 {reason}")
        if good and "steered" in moved:
            self.report.expect(out == [mac_only(frame)] and not up,
                               f"steered: {[f.hex() for f in out]} to the real, {len(up)} up the "
                               f"stack, of {frame.hex()}")
        elif good:
            self.report.expect(up == [frame] and not out,
                               f"passed: {[f.hex() for f in up]} up the stack, {len(out)} to the "
                               f"real, of {frame.hex()}")
        self.report.done(f"{name}: {reason}")

    def total(self):
        moved = sum(self.counts.values()) - sum(self.first.values())
        self.report.equal("sum of all reasons", moved, self.sent)
        self.report.done(f"{self.sent} frames, each under one reason")


def mac_only(frame):
    """What the real must get."""
    return bytes.fromhex((REAL + LB1).replace(":", "")) + frame[12:]


def pings(b, lb_answers):
    """The balancer itself answers a ping to the VIP."""
    for name, frame, kind in (("v4", ip4(ipv4(C4, V4, 1, icmp(8, 0, b"\x12\x34\0\1"))), 0),
                              ("v6", ip6(ipv6(C6, V6, 58, icmp6(C6, V6, 128, 0,
                                                                b"\x12\x34\0\1"))), 129)):
        lb_answers.take()
        b.sender.send(frame)
        b.sent += 1
        at = 34 if name == "v4" else 54

        def answer():
            return [f for f in lb_answers.incoming() if len(f) >= at + 6 and f[at] == kind and
                    f[at + 4:at + 6] == b"\x12\x34"]
        wait_until(answer, 3)
        b.report.equal("answers", len(answer()), 1)
        b.report.done(f"{name} ping to the VIP is answered by the balancer")
    b.counts = b.reasons()


def way_out_with_a_tag(b):
    """A priority tag that a packet came with is not also inside the VLAN that it goes to."""
    whole = ipv4(C4, V4, 17, u4(dport=TAGGED))
    for name, frame in ("a frame", ip4(whole)), ("a frame with a priority tag", ip4(whole, (0x8100, 0xe000))):
        b.sender.send(frame)
        b.sent += 1
        wait_until(lambda: [k for k, _ in b.real.poll() if k != PACKET_OUTGOING], 3)
        out = [f for kind, f in b.real.take() if kind != PACKET_OUTGOING]
        b.report.equal("out", [f.hex() for f in out], [mac_only(ip4(whole, (0x8100, 5))).hex()])
        b.report.done(f"{name} leaves by a VLAN device with one tag")
    b.counts = b.reasons()


def main():
    gen, lb, real = sys.argv[1:]
    b = Balancer(gen, lb, real)
    for name, frame, reason in list(v4_cases()) + list(v6_cases()):
        b.case(name, frame, reason)
    pings(b, Sniffer(gen, "eth0"))
    way_out_with_a_tag(b)
    b.total()


main()
