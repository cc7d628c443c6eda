# SPDX-License-Identifier: GPL-2.0
"""Frames for services, then spoilt: see Maker."""
# pylint: disable=import-error,too-many-public-methods
import struct

from dsrnet import ETH_P_IP, ETH_P_IPV6, eth, icmp, icmp6, ipv4, ipv6, packed, tcp, udp
from frame_sites import GEN, LB, REALS, SERVICES, V6, VIPS, real_mac

TCPV4, TCPV6 = 1, 4  # of virtio_net_hdr
NO_GSO = (0, 0, 0, 0, 0)
EXTENSIONS = (0, 43, 44, 51, 60)


class Maker:
    """Makes frames: half of them whole, the rest with one to three things changed."""

    def __init__(self, rng):
        self.rng = rng

    def frame(self):
        """(bytes, (gso type, size, csum_start, csum_offset, hdr_len))"""
        if self.rng.random() < 0.08:
            return self.super_packet()
        frame, gso = self.whole()
        if self.rng.random() < 0.5:
            return frame, gso
        for _ in range(self.rng.choice((1, 1, 1, 2, 2, 3))):
            frame = self.spoil(frame)
        return frame, NO_GSO

    # --- whole ones -----------------------------------------------------------------------------

    def bytes(self, n):
        return self.rng.randbytes(n)

    def client(self, vip):
        if ":" in vip:
            return f"2001:db8:9::{self.rng.randrange(1, 0xffff):x}"
        return f"203.0.113.{self.rng.randrange(1, 255)}"

    def l4(self, source, vip, proto, port, size):
        sport, data = self.rng.randrange(1, 0x10000), self.bytes(size)
        if proto == "udp":
            return udp(source, vip, sport, port, data)
        head = tcp(source, vip, sport, port, b"", self.rng.choice((2, 0x10, 0x18, 0x11, 4, 0xc2)),
                   seq=self.rng.getrandbits(32))
        options = self.rng.choice((b"", b"", b"\1\1\1\1", b"\2\4\5\xb4\1\3\3\7"))
        head = head[:12] + bytes([(5 + len(options) // 4) << 4]) + head[13:] + options
        return head + data

    def size(self):
        return self.rng.choice((0, 1, 18, 22, 64, 64, 100, 300, 1000, 1300,
                                self.rng.randrange(1600)))

    def extensions(self, proto):
        """A chain of IPv6 extension headers: (first next-header value, bytes)."""
        chain, out = [], b""
        while self.rng.random() < 0.4 and len(chain) < 6:
            chain.append(self.rng.choice(EXTENSIONS))
        for i, kind in enumerate(chain):
            following = chain[i + 1] if i + 1 < len(chain) else proto
            n = self.rng.choice((0, 0, 0, 1, 3))
            if kind == 44:
                # Mostly of a whole datagram (RFC 6946); the two reserved bits mean nothing.
                field = self.rng.choice((0, 0, 0, 6, 2, 1, 9, 0x1230))
                out += bytes([following, 0]) + struct.pack("!H", field) + self.bytes(4)
            elif kind == 51:
                out += bytes([following, 2 + 2 * n]) + self.bytes(14 + 8 * n)
            else:
                out += bytes([following, n, 1, 4 + 8 * n]) + b"\0" * (4 + 8 * n)
        return (chain + [proto])[0], out

    def whole(self):
        vip, port, proto = self.rng.choice(list(SERVICES))
        source, number = self.client(vip), 17 if proto == "udp" else 6
        l4 = self.l4(source, vip, proto, port, self.size())
        if vip == V6:
            first, chain = self.extensions(number)
            kind, l3 = ETH_P_IPV6, ipv6(source, vip, first, chain + l4,
                                        flow=self.rng.getrandbits(28), hop=self.rng.choice((1, 64)))
        else:
            chain = self.rng.choice((b"",) * 6 + (b"\1" * 4, b"\7\x0b\4" + b"\0" * 9, b"\1" * 40))
            kind, l3 = ETH_P_IP, ipv4(source, vip, number, l4, options=chain,
                                      tos=self.rng.getrandbits(8), id=self.rng.getrandbits(16),
                                      frag=self.rng.choice((0, 0, 0x4000, 0x8000)),
                                      ttl=self.rng.choice((1, 64)))
        tags = self.rng.choice(((),) * 12 + (((0x8100, 0xe000),), ((0x8100, 0),)))
        start = 14 + 4 * len(tags) + len(l3) - len(l4)
        gso = (0, 0, start, 6 if number == 17 else 16, 0)
        frame = eth(LB, GEN, kind, l3, *tags)
        if len(frame) < 60 and self.rng.random() < 0.7:
            frame += self.bytes(60 - len(frame))
        return frame, gso if not tags and self.rng.random() < 0.3 else NO_GSO

    def super_packet(self):
        """What TSO sends or GRO merged, with a checksum that is still to be made."""
        vip, port, _ = self.rng.choice([s for s in SERVICES if s[2] == "tcp"])
        source = self.client(vip)
        mss = self.rng.choice((536, 1000, 1220, 1380, 1430, 1448, 1460, 1480, 1500, 9000))
        data = self.bytes(self.rng.randrange(mss + 1, 20000))
        l4 = self.l4(source, vip, "tcp", port, 0)
        l4 = l4[:13] + bytes([l4[13] & ~6]) + l4[14:]
        # The pseudo header's sum is there, the rest is for who sends it.
        length = len(l4) + len(data)
        pseudo = packed(source) + packed(vip) + struct.pack("!IHBB", length, 0, 0, 6)
        total = sum(struct.unpack(f"!{len(pseudo) // 2}H", pseudo))
        while total >> 16:
            total = (total & 0xffff) + (total >> 16)
        l4 = l4[:16] + struct.pack("!H", total) + l4[18:] + data
        if vip == V6:
            kind, l3 = ETH_P_IPV6, ipv6(source, vip, 6, l4)
        else:
            kind, l3 = ETH_P_IP, ipv4(source, vip, 6, l4, id=self.rng.getrandbits(16), frag=0x4000)
        src = GEN if self.rng.random() < 0.95 else real_mac(1, 0)
        start = 14 + len(l3) - len(l4)
        return eth(LB, src, kind, l3), (TCPV6 if vip == V6 else TCPV4, mss, start, 16,
                                        start + 4 * (l4[12] >> 4))

    # --- and what is wrong with the others ------------------------------------------------------

    def put(self, frame, at, data):
        """Overwrite; nothing where there is nothing."""
        return frame[:at] + data[:max(0, len(frame) - at)] + frame[at + len(data):]

    def bits(self, frame):
        frame = bytearray(frame)
        for _ in range(self.rng.choice((1, 1, 2, 8))):
            if frame:
                at = self.rng.randrange(min(len(frame), self.rng.choice((14, 34, 54, 80, 2000))))
                frame[at] ^= 1 << self.rng.randrange(8)
        return bytes(frame)

    def any_byte(self, frame):
        at = self.rng.randrange(12, min(len(frame), 90)) if len(frame) > 14 else 12
        return self.put(frame, at, self.bytes(1))

    def cut(self, frame):
        """At a boundary of something, or anywhere."""
        at = self.rng.choice((14, 15, 18, 20, 22, 33, 34, 35, 41, 42, 53, 54, 55, 61, 62, 73, 74,
                              self.rng.randrange(14, 100)))
        return frame[:max(at, 14)]

    def pad(self, frame):
        return frame + self.bytes(self.rng.choice((1, 4, 46, 200, 1500)))

    def first_byte(self, frame):
        """Version and header length."""
        return self.put(frame, 14, bytes([self.rng.choice((0x40, 0x44, 0x45, 0x46, 0x4f, 0x55, 0x60,
                                                           0x65, 0, 0xff))]))

    def length(self, frame):
        """The total length of IPv4, or the payload length of IPv6, near what there is."""
        there = len(frame) - 14
        value = self.rng.choice((0, 1, 8, 19, 20, 24, 28, 39, 40, there - 41, there - 40, there - 39,
                                 there - 1, there, there + 1, 0xffff)) & 0xffff
        return self.put(frame, self.rng.choice((16, 18)), struct.pack("!H", value))

    def fragment(self, frame):
        return self.put(frame, 20, struct.pack("!H", self.rng.choice((0x2000, 1, 0x2005, 0x1fff,
                                                                      0x4000, 0x6000, 0x8000))))

    def protocol(self, frame):
        value = self.rng.choice((0, 1, 2, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 132, 255))
        return self.put(frame, self.rng.choice((20, 23, 54)), bytes([value]))

    def destination(self, frame):
        vip = self.rng.choice(sorted(VIPS) + ["198.51.100.9", "2001:db8:1::2"])
        return self.put(frame, 38 if ":" in vip else 30, packed(vip))

    def port(self, frame):
        at = self.rng.choice((36, 40, 56, 60, 64))
        return self.put(frame, at, struct.pack("!H", self.rng.choice((0, 80, 90, 443, 53, 65535))))

    def tag(self, frame):
        """One more VLAN tag."""
        tag = struct.pack("!HH", self.rng.choice((0x8100, 0x8100, 0x88a8)),
                          self.rng.choice((0, 0, 0xe000, 7, 0xffff)))
        return frame[:12] + tag + frame[12:]

    def kind(self, frame):
        value = self.rng.choice((0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8, 0x8864, 46, 1500, 1536))
        return self.put(frame, 12, struct.pack("!H", value))

    def addresses(self, frame):
        real = real_mac(self.rng.randrange(len(SERVICES)), self.rng.randrange(REALS))
        if self.rng.random() < 0.5:
            return self.put(frame, 6, bytes.fromhex(real.replace(":", "")))
        return self.put(frame, 0, self.rng.choice((b"\xff" * 6, b"\1\0\x5e\0\0\1", self.bytes(6),
                                                   bytes.fromhex(real.replace(":", "")))))

    def message(self, frame):
        """An ICMP message to a VIP, with the frame's packet in it, or cut."""
        kind = self.rng.choice((0, 1, 2, 3, 4, 5, 8, 11, 12, 128, 129, 135))
        data = frame[14:14 + self.rng.choice((0, 8, 28, 48, 100))]
        cut = self.rng.choice((None, None, None, 0, 1, 4))
        vip = self.rng.choice(sorted(VIPS))
        if ":" in vip:
            source = self.client(vip)
            body = icmp6(source, vip, kind, data=data)[:cut]
            return eth(LB, GEN, ETH_P_IPV6, ipv6(source, vip, 58, body))
        return eth(LB, GEN, ETH_P_IP, ipv4(self.client(vip), vip, 1, icmp(kind, data=data)[:cut]))

    def spoil(self, frame):
        return self.rng.choice((self.bits, self.bits, self.any_byte, self.cut, self.pad,
                                self.first_byte, self.length, self.length, self.fragment,
                                self.protocol, self.destination, self.port, self.tag, self.kind,
                                self.addresses, self.message))(frame)
