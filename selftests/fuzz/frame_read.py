# SPDX-License-Identifier: GPL-2.0
"""What is to become of a frame, as scapy reads it.

The rules are those of Documentation/networking/dsr.rst, "By reason", and the standards' own; nothing
is taken from the code that is tested. What fields a header has is asked of scapy.
"""
# pylint: disable=import-error,wrong-import-position,too-many-return-statements
import logging

logging.getLogger("scapy").setLevel(logging.CRITICAL)

from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import (IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
                                IPv6ExtHdrRouting)
from scapy.layers.ipsec import AH
from scapy.layers.l2 import Dot1Q, Dot3, Ether

from frame_sites import LB, LEAST_TAGGED, LOST, MTU, REALS, SERVICES, VIPS, real_mac

EXT = {0: IPv6ExtHdrHopByHop, 43: IPv6ExtHdrRouting, 44: IPv6ExtHdrFragment, 51: AH,
       60: IPv6ExtHdrDestOpt}


class Found(Exception):
    """A service for the frame."""


class Reader:
    """Says of a frame ("reason", service number); the reason is LOST for what no hook ever sees."""

    def __init__(self, reasons):
        self.reasons = reasons

    def read(self, frame, gso_size=0):
        """The reason's number and the service, 0 if there is none."""
        try:
            reason, service = self.link(frame, gso_size), 0
        except Found as found:
            reason, service = found.args
        return reason if isinstance(reason, int) else self.reasons.index(reason), service

    def link(self, frame, gso_size):
        eth = Ether(frame)
        kind = None if isinstance(eth, Dot3) else eth.type
        l3, tagged = frame[14:], False
        if kind in (0x8100, 0x88a8):
            # A tag too short to say what follows it is dropped by the kernel's own VLAN code.
            if len(frame) < LEAST_TAGGED:
                return LOST
            tag = Dot1Q(frame[14:18])
            kind, l3, tagged = tag.type, frame[18:], tag.vlan != 0
        if eth.dst != LB:
            return "not-host"
        if tagged:
            return "vlan"
        if kind == 0x0800:
            return self.ipv4(l3, eth.src, gso_size)
        if kind == 0x86dd:
            return self.ipv6(l3, eth.src, gso_size)
        return "not-ip"

    def ipv4(self, l3, source, gso_size):
        if len(l3) < 20:
            return "malformed"
        ip = IP(l3[:20])
        if ip.dst not in VIPS:
            return "not-vip"
        head, total = 4 * ip.ihl, ip.len
        if not total and gso_size:
            total = len(l3)
        if ip.version != 4 or head < 20 or total < head or total > len(l3):
            return "malformed"
        if ip.frag or ip.flags.MF:
            return "fragment"
        return self.transport(ip.dst, ip.proto, l3[head:total], l3, source, gso_size)

    def ipv6(self, l3, source, gso_size):
        if len(l3) < 40:
            return "malformed"
        ip = IPv6(l3[:40])
        if ip.dst not in VIPS:
            return "not-vip"
        total = 40 + ip.plen
        if not ip.plen and gso_size:
            total = len(l3)
        if ip.version != 6 or total > len(l3):
            return "malformed"
        data, kind = l3[40:total], ip.nh
        while kind in EXT:
            if len(data) < 8:
                return "malformed"
            head = EXT[kind](data[:8])
            if kind == 44:
                if head.offset or head.m:
                    return "fragment"
                length = 8
            elif kind == 51:
                length = 4 * (head.payloadlen + 2)
            else:
                length = 8 * (head.len + 1)
            if length > len(data):
                return "malformed"
            kind, data = head.nh, data[length:]
        return self.transport(ip.dst, kind, data, l3, source, gso_size)

    @staticmethod
    def transport(vip, proto, data, l3, source, gso_size):
        """data is what the IP header calls the packet's, l3 all there is."""
        if proto == 1:
            return "icmp-error" if data and data[0] in (3, 4, 5, 11, 12) else "icmp"
        if proto == 58:
            return "icmp-error" if data and data[0] in (1, 2, 3, 4) else "icmp"
        if proto not in (6, 17):
            return "protocol"
        need, layer = (20, TCP) if proto == 6 else (8, UDP)
        if len(data) < need:
            return "malformed"
        head = layer(data[:need])
        name = (vip, head.dport, "tcp" if proto == 6 else "udp")
        if name not in SERVICES:
            return "no-service"
        number = list(SERVICES).index(name)
        if not SERVICES[name]:
            return "no-real"
        if source in {real_mac(number, i) for i in range(REALS)}:
            return "loop"
        length = len(l3)
        if gso_size and length > MTU:
            length = length - len(data) + (4 * head.dataofs if proto == 6 else 8) + gso_size
        if length > MTU:
            return "too-big"
        raise Found("steered", number)
