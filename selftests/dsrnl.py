# SPDX-License-Identifier: GPL-2.0
"""A small generic netlink client of the dsr family, its names and types read from the spec.

It speaks to the kernel with its own bytes, so that a test can also say what no library would:
attributes of a wrong length, a wrong place, or none of the family's. For the opposite, that the
kernel's own client understands the spec, see netlink_ynl.py.
"""
import ctypes
import errno
import ipaddress
import os
import socket
import struct
import time

import yaml

SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../Documentation/netlink/specs/dsr.yaml")

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 0x1, 0x4, 0x300
NLM_F_CAPPED, NLM_F_ACK_TLVS, NLM_F_DUMP_INTR = 0x100, 0x200, 0x10
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLA_F_NESTED = 0x8000
GENL_ID_CTRL = 16
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 1, 10, 11
NLMSGERR_MSG, NLMSGERR_OFFS, NLMSGERR_MISS_TYPE = 1, 2, 5

_libc = ctypes.CDLL(None, use_errno=True)
_loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def enter(netns):
    """Go into a named network namespace; sockets opened from now on are there."""
    with open(f"/run/netns/{netns}", "rb") as ns:
        if _libc.setns(ns.fileno(), 0x40000000):
            raise OSError(ctypes.get_errno(), f"setns {netns}")


def unshare(flags):
    if _libc.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def addr(text):
    """The 16 bytes that the family uses for an IPv4 or IPv6 address."""
    ip = ipaddress.ip_address(text)
    return b"\0" * 10 + b"\xff\xff" + ip.packed if ip.version == 4 else ip.packed


def addr_text(raw):
    ip = ipaddress.IPv6Address(raw)
    return str(ip.ipv4_mapped or ip)


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def nla(kind, data=b"", length=None):
    """One attribute; length lies about itself if given."""
    raw = struct.pack("=HH", 4 + len(data) if length is None else length, kind) + data
    return raw + b"\0" * (-len(raw) % 4)


def attributes(raw):
    """The (type, bytes) of a list of attributes."""
    at = 0
    while at + 4 <= len(raw):
        length, kind = struct.unpack_from("=HH", raw, at)
        if length < 4:
            return
        yield kind & 0x3fff, raw[at + 4:at + length]
        at += (length + 3) & ~3


class NlError(OSError):
    """A refusal: errno, the kernel's words, offset of the attribute to blame, missing type."""

    def __init__(self, code, tlvs=b""):
        found = dict(attributes(tlvs))
        self.msg = found.get(NLMSGERR_MSG, b"").rstrip(b"\0").decode()
        self.offset = struct.unpack("=I", found.get(NLMSGERR_OFFS, b"\0" * 4))[0]
        self.miss = struct.unpack("=I", found.get(NLMSGERR_MISS_TYPE, b"\0" * 4))[0]
        super().__init__(code, self.msg)

    @property
    def name(self):
        # Two names have one number.
        return "EOPNOTSUPP" if self.errno == errno.EOPNOTSUPP else errno.errorcode[self.errno]


class Spec:
    """Names, numbers and types of the family, from its YAML."""

    def __init__(self, path=SPEC):
        with open(path, encoding="utf-8") as stream:
            self.yaml = yaml.load(stream, _loader)
        self.enums, self.consts = {}, {}
        for d in self.yaml["definitions"]:
            if d["type"] == "const":
                self.consts[d["name"]] = d["value"]
            else:
                self.enums[d["name"]] = [e if isinstance(e, str) else e["name"]
                                         for e in d["entries"]]
        self.sets = {s["name"]: {a["name"]: dict(a, number=n)
                                 for n, a in enumerate(s["attributes"], 1)}
                     for s in self.yaml["attribute-sets"]}
        self.ops = {op["name"]: dict(op, number=n)
                    for n, op in enumerate(self.yaml["operations"]["list"], 1)}
        self.names = {op["number"]: name for name, op in self.ops.items()}

    def attrs_of(self, op):
        """All attributes of the set that an operation speaks."""
        op = self.ops[op]
        return self.sets[self.ops[op.get("notify", op["name"])]["attribute-set"]]

    def request(self, op):
        """The attributes that an operation accepts."""
        return self.ops[op]["do"]["request"]["attributes"]

    def const(self, value):
        return self.consts[value] if isinstance(value, str) else value

    def encode(self, attr, value):
        kind = attr["type"]
        if isinstance(value, bytes):
            return value
        if kind == "string":
            return value.encode() + b"\0"
        if kind == "binary":
            return mac(value) if attr.get("display-hint") == "mac" else addr(value)
        if "enum" in attr and isinstance(value, str):
            value = self.enums[attr["enum"]].index(value)
        return struct.pack({"u8": "=B", "u16": "=H", "u32": "=I", "u64": "=Q"}[kind], value)

    def decode(self, attrs, raw):
        out, by_number = {}, {a["number"]: a for a in attrs.values()}
        for kind, data in attributes(raw):
            a = by_number[kind]
            if a["type"] == "pad":
                continue
            if a["type"] == "nest":
                value = self.decode(self.sets[a["nested-attributes"]], data)
            elif a["type"] == "string":
                # The name of a device may be any bytes.
                value = data.rstrip(b"\0").decode(errors="surrogateescape")
            elif a["type"] == "binary":
                value = data.hex(":") if a.get("display-hint") == "mac" else addr_text(data)
            else:
                value = int.from_bytes(data, "little")
                if "enum" in a:
                    value = self.enums[a["enum"]][value]
            out[a["name"]] = value
        return out


class Dsr:
    """One socket to the family in the namespace the thread is in when it is opened."""

    def __init__(self, spec=None, timeout=60):
        self.spec = spec or Spec()
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.settimeout(timeout)
        self.sock.bind((0, 0))
        for option in (NETLINK_EXT_ACK, NETLINK_CAP_ACK):
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        self.seq, self.interrupted, self.messages = 0, False, 0
        self.pending = []
        self.family, self.groups = GENL_ID_CTRL, {}
        (reply,) = self.talk(3, nla(2, b"dsr\0"))
        found = dict(attributes(reply[20:]))
        self.family = struct.unpack("=H", found[1])[0]
        for _, group in attributes(found[7]):
            g = dict(attributes(group))
            self.groups[g[1].rstrip(b"\0").decode()] = struct.unpack("=I", g[2])[0]

    def message(self, cmd, body, flags, reserved=0):
        self.seq += 1
        payload = struct.pack("=BBH", cmd, 1, reserved) + body
        return struct.pack("=IHHII", 16 + len(payload), self.family,
                           NLM_F_REQUEST | flags, self.seq, 0) + payload

    def talk(self, cmd, body=b"", flags=NLM_F_ACK, reserved=0, raw=None):
        """Send one request; returns the messages of the reply, or raises what the kernel said."""
        self.sock.send(raw if raw is not None else self.message(cmd, body, flags, reserved))
        self.interrupted, self.messages, replies = False, 0, []
        while True:
            data = self.sock.recv(1 << 17)
            self.messages += 1
            at = 0
            while at + 16 <= len(data):
                length, kind, nlflags, seq, _ = struct.unpack_from("=IHHII", data, at)
                one = data[at:at + length]
                at += (length + 3) & ~3
                if seq != self.seq:
                    self.pending.append(one)
                    continue
                self.interrupted |= bool(nlflags & NLM_F_DUMP_INTR)
                if kind == NLMSG_ERROR:
                    code = -struct.unpack_from("=i", one, 16)[0]
                    if not code:
                        return replies
                    inner = struct.unpack_from("=I", one, 20)[0]
                    skip = 16 if nlflags & NLM_F_CAPPED else (inner + 3) & ~3
                    raise NlError(code, one[20 + skip:] if nlflags & NLM_F_ACK_TLVS else b"")
                if kind == NLMSG_DONE:
                    code = -struct.unpack_from("=i", one, 16)[0]
                    if code:
                        raise NlError(code, one[20:] if nlflags & NLM_F_ACK_TLVS else b"")
                    return replies
                replies.append(one)

    def body(self, op, values):
        attrs = self.spec.attrs_of(op)
        return b"".join(nla(attrs[name]["number"], self.spec.encode(attrs[name], value))
                        for name, value in values.items())

    def do(self, op, **values):
        """do("real-add", service="web", ...): underscores stand for dashes."""
        values = {k.replace("_", "-"): v for k, v in values.items()}
        replies = self.talk(self.spec.ops[op]["number"], self.body(op, values))
        return self.spec.decode(self.spec.attrs_of(op), replies[0][20:]) if replies else None

    def dump(self, op, **values):
        values = {k.replace("_", "-"): v for k, v in values.items()}
        replies = self.talk(self.spec.ops[op]["number"], self.body(op, values), NLM_F_DUMP)
        return [self.spec.decode(self.spec.attrs_of(op), r[20:]) for r in replies]

    def subscribe(self, group="events"):
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, self.groups[group])

    def events(self, until, timeout=20):
        """Collect (time, name, attributes) until until(event) is true; all so far are returned."""
        end, seen = time.monotonic() + timeout, []
        while True:
            if not self.pending:
                left = end - time.monotonic()
                if left <= 0:
                    return seen, False
                self.sock.settimeout(left)
                try:
                    data = self.sock.recv(1 << 17)
                except (TimeoutError, BlockingIOError):
                    return seen, False
                at = 0
                while at + 16 <= len(data):
                    length = struct.unpack_from("=I", data, at)[0]
                    self.pending.append(data[at:at + length])
                    at += (length + 3) & ~3
            one = self.pending.pop(0)
            name = self.spec.names[one[16]]
            event = (time.monotonic(), name,
                     self.spec.decode(self.spec.attrs_of(name), one[20:]))
            seen.append(event)
            if until(event):
                return seen, True
