# SPDX-License-Identifier: GPL-2.0
"""Devices, addresses and neighbours by rtnetlink, in the namespace where the socket was opened.

A process for each change costs an emulated CPU a hundred times as much.
"""
import os
import socket
import struct

from dsrnl import attributes, nla

NEWLINK, DELLINK, NEWADDR, GETADDR, NEWNEIGH, DELNEIGH = 16, 17, 20, 22, 28, 29
CREATE, EXCL, REPLACE = 0x400, 0x200, 0x100
IFF_UP, IFF_ALLMULTI = 0x1, 0x200
REACHABLE, STALE, FAILED, PERMANENT = 0x02, 0x04, 0x20, 0x80


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def packed(text):
    """(family, bytes) of an address."""
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    return family, socket.inet_pton(family, text)


class Links:
    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self.seq = 0

    def close(self):
        self.sock.close()

    def _do(self, kind, flags, body):
        self.seq += 1
        self.sock.send(struct.pack("=IHHII", 16 + len(body), kind, 5 | flags, self.seq, 0) + body)
        while True:
            data = self.sock.recv(1 << 16)
            length, what, _, seq, _ = struct.unpack_from("=IHHII", data)
            if seq == self.seq and what == 2:
                err = -struct.unpack_from("=i", data, 16)[0] if length >= 20 else 0
                if err:
                    raise OSError(err, os.strerror(err))
                return

    def _link(self, kind, flags, name, attrs, on=0, off=0, index=0):
        head = struct.pack("=BxHiII", 0, 0, index, on, on | off)
        self._do(kind, flags, head + (nla(3, name.encode() + b"\0") if name else b"") + attrs)

    def dummy(self, name):
        """A device, up."""
        self._link(NEWLINK, CREATE | EXCL, name, nla(18, nla(1, b"dummy")), IFF_UP)

    def veth(self, name, peer, netns):
        """A pair, of which the other is in another namespace, an open file."""
        head = struct.pack("=BxHiII", 0, 0, 0, 0, 0)
        other = head + nla(3, peer.encode() + b"\0") + nla(28, struct.pack("=i", netns))
        self._link(NEWLINK, CREATE | EXCL, name,
                   nla(18, nla(1, b"veth") + nla(2, nla(1, other))), IFF_UP)

    def remove(self, name):
        self._link(DELLINK, 0, name, b"")

    def flags(self, name, on=0, off=0):
        self._link(NEWLINK, 0, name, b"", on, off)

    def address(self, name, text):
        self._link(NEWLINK, 0, name, nla(1, mac(text)))

    def mtu(self, name, value):
        self._link(NEWLINK, 0, name, nla(4, struct.pack("=I", value)))

    def rename(self, index, new):
        self._link(NEWLINK, 0, new, b"", index=index)

    def move(self, name, netns):
        """To another namespace, an open file."""
        self._link(NEWLINK, 0, name, nla(28, struct.pack("=i", netns)))

    def add_address(self, index, text, prefix):
        """At once, without asking whether somebody else has it."""
        family, raw = packed(text)
        head = struct.pack("=BBBBI", family, prefix, 2, 0, index)
        self._do(NEWADDR, CREATE | REPLACE, head + nla(2, raw) + nla(1, raw))

    def holds(self, text):
        """Whether some device has the address."""
        family, raw = packed(text)
        found = False
        self.seq += 1
        self.sock.send(struct.pack("=IHHIIB7x", 24, GETADDR, 0x301, self.seq, 0, family))
        while True:
            data, at = self.sock.recv(1 << 16), 0
            while at + 16 <= len(data):
                length, kind = struct.unpack_from("=IH", data, at)
                if kind in (2, 3):
                    return found
                found |= any(a == 2 and value == raw
                             for a, value in attributes(data[at + 24:at + length]))
                at += (length + 3) & ~3

    def neighbour(self, index, text, state, lladdr=None):
        family, raw = packed(text)
        head = struct.pack("=BxxxiHBB", family, index, state, 0, 0)
        self._do(NEWNEIGH, CREATE | REPLACE,
                 head + nla(1, raw) + (nla(2, mac(lladdr)) if lladdr else b""))

    def forget(self, index, text):
        """A neighbour."""
        family, raw = packed(text)
        self._do(DELNEIGH, 0, struct.pack("=BxxxiHBB", family, index, 0, 0, 0) + nla(1, raw))
