# SPDX-License-Identifier: GPL-2.0
"""Every attribute of every operation: missing, short, long, out of range, unknown, misplaced.

  netlink_policy.py NETNS      in that namespace, where the devices d0 and d1 exist

What the kernel's validation answers follows from the spec, so those cases are made from it; what
dsr itself answers is written down case by case in SEMANTICS. A refusal must carry the exact errno,
the exact words and the place of the attribute to blame, and must leave the state as it was.
Prints "ok NAME" or "not ok NAME" with "# why" before it; netlink_policy.sh numbers them.
"""
import ctypes
import os
import struct
import sys

from dsrnet import Report
from dsrnl import Dsr, NlError, NLA_F_NESTED, NLM_F_ACK, NLM_F_DUMP, enter, nla, unshare

LENGTH = ("EINVAL", "invalid attribute length")
RANGE = ("ERANGE", "integer out of range")
SIZE = ("ERANGE", "binary attribute size out of range")
STRING = ("EINVAL", "Attribute failed policy validation")
STRING_END = ("ERANGE", "Attribute failed policy validation")
NESTED = ("EINVAL", "NLA_F_NESTED not expected")
UNKNOWN = ("EINVAL", "Unknown attribute type")
UNSUPPORTED = ("EINVAL", "Unsupported attribute")
LEFTOVER = ("EINVAL", "bytes leftover after parsing attributes")

# A request of each operation that would succeed, so that only what a case spoils is refused.
VALID = {
    "role-get": {"dev": "d0", "role": "backend"},
    "role-add": {"dev": "d1", "role": "backend", "arp-ignore": 3, "arp-announce": 1},
    "role-set": {"dev": "d0", "role": "backend", "arp-ignore": 3, "arp-announce": 1},
    "role-del": {"dev": "d0", "role": "backend"},
    "service-get": {"name": "web"},
    "service-add": {"name": "new", "addr": "198.51.100.2", "port": 80, "proto": "tcp",
                    "sched": "maglev", "table-size": 251, "seed": 7},
    "service-set": {"name": "web", "sched": "maglev", "table-size": 509, "seed": 7},
    "service-del": {"name": "web"},
    "real-get": {"service": "web", "addr": "192.0.2.11"},
    "real-add": {"service": "web", "addr": "192.0.2.12", "dev": "d0",
                 "lladdr": "02:00:00:00:00:12", "weight": 2, "state": "drain"},
    "real-set": {"service": "web", "addr": "192.0.2.11", "lladdr": "02:00:00:00:00:13",
                 "weight": 2, "state": "drain"},
    "real-del": {"service": "web", "addr": "192.0.2.11"},
    "vip-get": {"addr": "203.0.113.1"},
    "vip-add": {"addr": "203.0.113.2", "dev": "lo"},
    "vip-del": {"addr": "203.0.113.1"},
    "stats-get": {"dev": "d0", "role": "backend", "reason": "arp-ignored"},
}


report = Report()


def spoilt(spec, attr):
    """The (label, type flags, bytes, expected) that are wrong for one attribute."""
    kind, checks = attr["type"], attr.get("checks", {})
    yield from (("nested flag", NLA_F_NESTED, raw, NESTED) for raw in (valid_bytes(attr),))
    if kind == "string":
        longest = spec.const(checks["max-len"])
        yield "empty", 0, b"", STRING
        yield "unterminated", 0, b"abc", STRING
        yield "one too long", 0, b"a" * (longest + 1) + b"\0", STRING
        yield "far too long", 0, b"a" * 60000 + b"\0", STRING
        yield "bytes after its end", 0, b"a\0" + b"x" * longest, STRING_END
    elif kind == "binary":
        size = spec.const(checks["exact-len"])
        for length in (0, 1, size - 1, size + 1, 4096):
            yield f"{length} bytes", 0, b"\1" * length, SIZE
    else:
        size = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}[kind]
        for length in {0, size - 1, size + 1, 2 * size, 4096} | {1, 2, 4, 8} - {size}:
            if length != size:
                yield f"{length} bytes", 0, b"\1" * length, LENGTH
        low, high = checks.get("min"), checks.get("max")
        if "enum" in attr:
            high = len(spec.enums[attr["enum"]]) - 1
        wrong = []
        if low is not None:
            wrong += [spec.const(low) - 1, 0]
        if high is not None:
            wrong += [spec.const(high) + 1, (1 << 8 * size) - 1]
        for value in dict.fromkeys(wrong):
            yield f"value {value}", 0, value.to_bytes(size, "little"), RANGE


def valid_bytes(attr):
    sizes = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}
    if attr["type"] in sizes:
        return (1).to_bytes(sizes[attr["type"]], "little")
    return b"a\0" if attr["type"] == "string" else b"\2" * attr["checks"]["exact-len"]


class Policy:
    """Sends spoilt requests and compares the answers."""

    def __init__(self, nl):
        self.nl, self.spec = nl, nl.spec
        self.before = self.state()

    def state(self):
        """All that can be configured, as the kernel's own bytes (less the changing header)."""
        numbers = [self.spec.ops[op]["number"]
                   for op in ("role-get", "service-get", "real-get", "vip-get")]
        return [reply[16:] for n in numbers for reply in self.nl.talk(n, b"", NLM_F_DUMP)]

    def refused(self, label, op, parts, want, blame=None, miss=0, flags=NLM_F_ACK):
        """parts: attributes as bytes; blame: index of the one to blame."""
        code, words = want
        cmd = op if isinstance(op, int) else self.spec.ops[op]["number"]
        try:
            self.nl.talk(cmd, b"".join(parts), flags)
        except NlError as e:
            offset = 0 if blame is None else 20 + sum(len(p) for p in parts[:blame])
            got, hoped = ((e.name, e.msg, e.offset, e.miss), (code, words, offset, miss))
            report.expect(got == hoped, f"{label}: {got}, not {hoped}")
        else:
            report.expect(False, f"{label}: accepted, not {want}")
        now = self.state()
        report.expect(now == self.before, f"{label}: refused, but the state changed")
        self.before = now

    def parts(self, op, values):
        attrs = self.spec.attrs_of(op)
        return [nla(attrs[n]["number"], self.spec.encode(attrs[n], v)) for n, v in values.items()]

    def attributes(self, op, flags, what):
        """Each attribute of an operation, spoilt."""
        attrs, base = self.spec.attrs_of(op), VALID[op]
        for name in self.spec.request(op):
            attr = attrs[name]
            rest = self.parts(op, {k: v for k, v in base.items() if k != name})
            for label, bits, raw, want in spoilt(self.spec, attr):
                # Among the others, so that a wrong offset cannot be right by chance.
                at = len(rest) // 2
                parts = rest[:at] + [nla(attr["number"] | bits, raw)] + rest[at:]
                self.refused(f"{name} {label}", op, parts, want, at, flags=flags)
            report.done(f"{op} {what}: {name} short, long, out of range, nested")

    def strangers(self, op, flags, what):
        """Attributes that are not the operation's, and what is no attribute at all."""
        attrs, known = self.spec.attrs_of(op), self.spec.request(op)
        rest, last = self.parts(op, VALID[op]), max(attrs[n]["number"] for n in known)
        for name, attr in attrs.items():
            if name not in known:
                want = UNSUPPORTED if attr["number"] < last else UNKNOWN
                for raw in (b"", b"\1\0\0\0", b"\1" * 16):
                    self.refused(f"{name} in a request", op, rest + [nla(attr["number"], raw)],
                                 want, len(rest), flags=flags)
        for kind in (0, len(attrs) + 1, 200, 0x3fff):
            for junk in (b"", nla(1, nla(1, b"\xff" * 5))):
                self.refused(f"type {kind}", op, [nla(kind | NLA_F_NESTED, junk)] + rest,
                             UNKNOWN, 0, flags=flags)
        for junk in (b"\xff", b"\4\0\1", b"\3\0\1\0", b"\0\0\1\0", b"\xff\xff\1\0"):
            self.refused(f"tail {junk.hex()}", op, rest + [junk], LEFTOVER, flags=flags)
        report.done(f"{op} {what}: unknown, misplaced, nested junk, tails")

    def duplicated(self, op):
        """Of two the last counts, but the first is checked all the same."""
        attrs, rest = self.spec.attrs_of(op), self.parts(op, VALID[op])
        for name in self.spec.request(op):
            label, bits, raw, want = next(s for s in spoilt(self.spec, attrs[name]) if s[1] == 0)
            parts = [nla(attrs[name]["number"] | bits, raw)] + rest
            self.refused(f"{name} twice, first {label}", op, parts, want, 0)
        report.done(f"{op}: duplicates are checked")

    def header(self):
        ops = self.spec.ops
        for op, valid in VALID.items():
            parts = self.parts(op, valid)
            for bit in (0x100, 0x200, 0x400, 0x800) if "dump" not in ops[op] else (0x400, 0x800):
                self.refused(f"{op} flag {bit:#x}", op, parts,
                             ("EINVAL", "ambiguous or reserved bits set in nlmsg_flags"),
                             flags=NLM_F_ACK | bit)
            if "dump" not in ops[op]:
                self.refused(f"{op} dump", op, parts, ("EOPNOTSUPP", ""),
                             flags=NLM_F_ACK | NLM_F_DUMP)
            try:
                self.nl.talk(ops[op]["number"], b"".join(parts), reserved=1)
                report.expect(False, f"{op}: reserved bits accepted")
            except NlError as e:
                report.expect((e.name, e.msg) == ("EINVAL", "genlmsghdr.reserved field is not 0"),
                              f"{op} reserved: {e.name} {e.msg}")
            raw = bytearray(self.nl.message(ops[op]["number"], b"", NLM_F_ACK)[:18])
            raw[0] = 18
            try:
                self.nl.talk(0, raw=bytes(raw) + b"\0\0")
                report.expect(False, f"{op}: a cut header accepted")
            except NlError as e:
                report.expect(e.name == "EINVAL", f"{op} cut header: {e.name}")
        for number in [0, 255] + [o["number"] for o in ops.values() if "notify" in o]:
            self.refused(f"command {number}", number, [], ("EOPNOTSUPP", ""))
        report.done("headers: flags, reserved bits, cut, commands that are none")


def refuses(op, flags, raw, nl, want="EPERM"):
    try:
        nl.talk(nl.spec.ops[op]["number"], raw, flags)
    except NlError as e:
        return "" if e.name == want else f"{op}: {e.name} {e.msg}, not {want}"
    return f"{op}: accepted, not {want}"


def permissions(spec, netns, who, become):
    """All operations as somebody who may not."""
    end, other = os.pipe()
    child = os.fork()
    if not child:
        try:
            enter(netns)
            become()
            nl = Dsr(spec)
            wrong = [refuses(op, flags, nl.body(op, values), nl)
                     for op, values in VALID.items()
                     for flags in ((NLM_F_ACK, NLM_F_DUMP) if "dump" in spec.ops[op]
                                   else (NLM_F_ACK,))]
            # Without attributes the answer must not tell more.
            wrong += [refuses(op, NLM_F_ACK, b"", nl) for op in VALID]
            text = "\n".join(w for w in wrong if w)
        except Exception as e:  # pylint: disable=broad-except
            text = f"{type(e).__name__}: {e}"
        os.write(other, text.encode()[:4000])
        os._exit(0)
    os.close(other)
    with os.fdopen(end) as stream:
        for line in stream.read().splitlines():
            report.expect(False, line)
    os.waitpid(child, 0)
    report.done(f"permissions: {who} is refused every operation")


def nobody():
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)


def root_of_userns():
    """Root, with every capability, of a user namespace: in the given network namespace."""
    unshare(0x10000000)
    for name, text in (("setgroups", "deny"), ("uid_map", "0 0 1"), ("gid_map", "0 0 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as f:
            f.write(text)


def root_of_userns_and_netns():
    root_of_userns()
    unshare(0x40000000)


def no_net_admin():
    """Root, less CAP_NET_ADMIN (12)."""
    libc = ctypes.CDLL(None)
    header = struct.pack("=II", 0x20080522, 0)
    low, high = 0xffffffff & ~(1 << 12), 0x1ff
    if libc.syscall(126, header, struct.pack("=6I", low, low, 0, high, high, 0)):
        raise OSError("capset")


NOT_NAME = 'a name is letters, digits and "._-", not "-" first'
NOT_UNICAST = ("EINVAL", "not a unicast address")
NO_SERVICE = ("ENOENT", "no service has this name")
NO_DEV = ("ENODEV", "no device has this name")
WEB = {"addr": "198.51.100.1", "port": 80, "proto": "tcp"}

# (operation, attributes, (errno, words), the attribute to blame or that is missing). A name with "!"
# is of an attribute that is missing.
SEMANTICS = [
    ("role-get", {}, ("EINVAL", "dev is missing"), "!dev"),
    ("role-get", {"dev": "d0"}, ("EINVAL", "role is missing"), "!role"),
    ("role-get", {"role": "backend"}, ("EINVAL", "dev is missing"), "!dev"),
    ("role-get", {"dev": "d0", "role": "balancer"},
     ("ENOENT", "the device does not have this role"), "role"),
    ("role-add", {}, ("EINVAL", "dev is missing"), "!dev"),
    ("role-add", {"role": "backend"}, ("EINVAL", "dev is missing"), "!dev"),
    ("role-add", {"dev": "d1"}, ("EINVAL", "role is missing"), "!role"),
    ("role-add", {"dev": "d1", "ifindex": 1, "role": "backend"},
     ("EINVAL", "give dev or ifindex, not both"), "dev"),
    ("role-add", {"dev": "none", "role": "backend"}, NO_DEV, "dev"),
    ("role-add", {"dev": "", "role": "backend"}, NO_DEV, "dev"),
    ("role-add", {"ifindex": 4000, "role": "backend"},
     ("ENODEV", "no device has this index"), "ifindex"),
    ("role-add", {"ifindex": 0xffffffff, "role": "backend"},
     ("ENODEV", "no device has this index"), "ifindex"),
    ("role-add", {"dev": "d1", "role": "balancer", "arp-ignore": 1},
     ("EINVAL", "only a backend has this"), "arp-ignore"),
    ("role-add", {"dev": "d1", "role": "balancer", "arp-announce": 1},
     ("EINVAL", "only a backend has this"), "arp-announce"),
    ("role-add", {"dev": "d0", "role": "backend"},
     ("EEXIST", "the device has this role already"), ""),
    ("role-add", {"dev": "lo", "role": "balancer"}, ("EINVAL", "not an Ethernet device"), ""),
    ("role-add", {"dev": "tun0", "role": "backend"}, ("EINVAL", "not an Ethernet device"), ""),
    ("role-add", {"dev": "port", "role": "balancer"},
     ("EBUSY", "the device is a port of a bridge: give the bridge the role"), ""),
    ("role-add", {"dev": "slave", "role": "balancer"},
     ("EBUSY", "the device is a port of a bond: give the bond the role"), ""),
    ("role-set", {}, ("EINVAL", "dev is missing"), "!dev"),
    ("role-set", {"dev": "d0"}, ("EINVAL", "role is missing"), "!role"),
    ("role-set", {"dev": "d1", "role": "backend", "arp-ignore": 1},
     ("ENOENT", "the device does not have this role"), "role"),
    ("role-del", {}, ("EINVAL", "dev is missing"), "!dev"),
    ("role-del", {"dev": "d0"}, ("EINVAL", "role is missing"), "!role"),
    ("role-del", {"dev": "d0", "role": "balancer"},
     ("ENOENT", "the device does not have this role"), "role"),
    ("role-del", {"dev": "none", "role": "balancer"}, NO_DEV, "dev"),

    ("service-get", {}, ("EINVAL", "name is missing"), "!name"),
    ("service-get", {"name": "none"}, NO_SERVICE, "name"),
    ("service-get", {"name": "WEB"}, NO_SERVICE, "name"),
    ("service-get", {"name": ""}, NO_SERVICE, "name"),
    ("service-add", {}, ("EINVAL", "name is missing"), "!name"),
    ("service-add", WEB, ("EINVAL", "name is missing"), "!name"),
    ("service-add", {"name": "new", "port": 80, "proto": "tcp"},
     ("EINVAL", "addr is missing"), "!addr"),
    ("service-add", {"name": "new", "addr": "198.51.100.2", "proto": "tcp"},
     ("EINVAL", "port is missing"), "!port"),
    ("service-add", {"name": "new", "addr": "198.51.100.2", "port": 80},
     ("EINVAL", "proto is missing"), "!proto"),
    *(("service-add", dict(WEB, port=81, name=bad), ("EINVAL", NOT_NAME), "name")
      for bad in ("", "-web", "a b", "a/b", "a\tb", 'a"b', "a\x7f", "caf\u00e9", "a\nb", "*",
                  b"caf\xe9\0", b"\xdb\0")),
    *(("service-add", {"name": "new", "addr": bad, "port": 80, "proto": "tcp"}, NOT_UNICAST, "addr")
      for bad in ("0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::1",
                  "239.1.2.3")),
    ("service-add", dict(WEB, name="web", port=81),
     ("EEXIST", "a service has this name already"), "name"),
    ("service-add", dict(WEB, name="new"),
     ("EEXIST", "another service has this address, port and protocol"), "addr"),
    *(("service-add", dict(WEB, name="new", port=81, **{"table-size": bad}),
       ("EINVAL", "the table size is not a prime number"), "table-size")
      for bad in (252, 253, 65536, 655372, 65535)),
    ("service-set", {}, ("EINVAL", "name is missing"), "!name"),
    ("service-set", {"seed": 1}, ("EINVAL", "name is missing"), "!name"),
    ("service-set", {"name": "none", "seed": 1}, NO_SERVICE, "name"),
    ("service-set", {"name": "web", "table-size": 65536},
     ("EINVAL", "the table size is not a prime number"), "table-size"),
    ("service-del", {}, ("EINVAL", "name is missing"), "!name"),
    ("service-del", {"name": "none"}, NO_SERVICE, "name"),

    ("real-get", {}, ("EINVAL", "service is missing"), "!service"),
    ("real-get", {"addr": "192.0.2.11"}, ("EINVAL", "service is missing"), "!service"),
    ("real-get", {"service": "web"}, ("EINVAL", "addr is missing"), "!addr"),
    ("real-get", {"service": "none", "addr": "192.0.2.11"}, NO_SERVICE, "service"),
    ("real-get", {"service": "web", "addr": "192.0.2.99"},
     ("ENOENT", "the service has no real with this address"), "addr"),
    ("real-add", {}, ("EINVAL", "service is missing"), "!service"),
    ("real-add", {"service": "web"}, ("EINVAL", "addr is missing"), "!addr"),
    ("real-add", {"service": "none", "addr": "192.0.2.12"}, NO_SERVICE, "service"),
    ("real-add", {"service": "web", "addr": "192.0.2.11"},
     ("EEXIST", "the service has a real with this address already"), "addr"),
    ("real-add", {"service": "web", "addr": "198.51.100.1"},
     ("EINVAL", "that is the VIP: a real has an address of its own"), "addr"),
    *(("real-add", {"service": "web", "addr": bad}, NOT_UNICAST, "addr")
      for bad in ("0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::1",
                  "192.0.2.255")),
    *(("real-add", {"service": "web", "addr": own},
       ("EINVAL", "that is an address of this host"), "addr")
      for own in ("192.0.2.1", "2001:db8::1")),
    ("real-add", {"service": "web", "addr": "fe80::1"},
     ("EINVAL", "a link-local address needs dev"), "addr"),
    ("real-add", {"service": "web", "addr": "192.0.2.12", "dev": "none"}, NO_DEV, "dev"),
    ("real-add", {"service": "web", "addr": "192.0.2.12", "dev": "lo"},
     ("EINVAL", "not an Ethernet device"), "dev"),
    ("real-add", {"service": "web", "addr": "192.0.2.12", "dev": "tun0"},
     ("EINVAL", "not an Ethernet device"), "dev"),
    *(("real-add", {"service": "web", "addr": "192.0.2.12", "lladdr": bad},
       ("EINVAL", "not a unicast MAC address"), "lladdr")
      for bad in ("01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "33:33:00:00:00:01")),
    ("real-set", {}, ("EINVAL", "service is missing"), "!service"),
    ("real-set", {"service": "web", "weight": 2}, ("EINVAL", "addr is missing"), "!addr"),
    ("real-set", {"service": "none", "addr": "192.0.2.11"}, NO_SERVICE, "service"),
    ("real-set", {"service": "web", "addr": "192.0.2.99", "weight": 2},
     ("ENOENT", "the service has no real with this address"), "addr"),
    ("real-set", {"service": "web", "addr": "192.0.2.11", "lladdr": "01:00:5e:00:00:01"},
     ("EINVAL", "not a unicast MAC address"), "lladdr"),
    ("real-del", {}, ("EINVAL", "service is missing"), "!service"),
    ("real-del", {"service": "web"}, ("EINVAL", "addr is missing"), "!addr"),
    ("real-del", {"service": "web", "addr": "192.0.2.99"},
     ("ENOENT", "the service has no real with this address"), "addr"),

    ("vip-get", {}, ("EINVAL", "addr is missing"), "!addr"),
    ("vip-get", {"addr": "203.0.113.9"}, ("ENOENT", "no VIP has this address"), "addr"),
    ("vip-add", {}, ("EINVAL", "addr is missing"), "!addr"),
    ("vip-add", {"dev": "lo"}, ("EINVAL", "addr is missing"), "!addr"),
    ("vip-add", {"addr": "203.0.113.1"}, ("EEXIST", "a VIP has this address already"), "addr"),
    *(("vip-add", {"addr": bad}, NOT_UNICAST, "addr")
      for bad in ("0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::1")),
    *(("vip-add", {"addr": "203.0.113.9", "dev": bad}, ("EINVAL", "not a name of a device"), "dev")
      for bad in (".", "..", "a b", "a/b", "a:b", "a\nb", b"a\xa0\0")),
    ("vip-del", {}, ("EINVAL", "addr is missing"), "!addr"),
    ("vip-del", {"addr": "203.0.113.9"}, ("ENOENT", "no VIP has this address"), "addr"),

    ("stats-get", {}, ("EINVAL", "dev is missing"), "!dev"),
    ("stats-get", {"dev": "d0"}, ("EINVAL", "role is missing"), "!role"),
    ("stats-get", {"dev": "d0", "role": "backend"}, ("EINVAL", "reason is missing"), "!reason"),
    ("stats-get", {"dev": "d0", "ifindex": 1, "role": "backend", "reason": "steered"},
     ("EINVAL", "give dev or ifindex, not both"), "dev"),
    ("stats-get", {"dev": "d1", "role": "backend", "reason": "steered"},
     ("ENOENT", "no such device has this role"), "dev"),
    ("stats-get", {"ifindex": 4000, "role": "backend", "reason": "steered"},
     ("ENOENT", "no such device has this role"), "ifindex"),
]

# The message that ends a dump has room for the words only, in an old kernel: netlink_dump_done().
OLD = tuple(int(n) for n in os.uname().release.split(".")[:2]) < (6, 12)

# The same for dumps, which are filtered by few attributes.
DUMPS = [
    ("role-get", {"dev": "d0"}, ("EINVAL", "a dump shows all roles: do not name one"), "dev"),
    ("role-get", {"role": "backend"},
     ("EINVAL", "a dump shows all roles: do not name one"), "role"),
    ("service-get", {"name": "web"},
     ("EINVAL", "a dump shows all services: do not name one"), "name"),
    ("real-get", {"service": "web", "addr": "192.0.2.11"},
     ("EINVAL", "a dump shows all reals of a service: do not name one"), "addr"),
    ("real-get", {"service": "none"}, NO_SERVICE, "service"),
    ("vip-get", {"addr": "203.0.113.1"},
     ("EINVAL", "a dump shows all VIPs: do not name one"), "addr"),
]


def semantics(policy):
    """What dsr itself refuses, and why."""
    for cases, flags, what in ((SEMANTICS, NLM_F_ACK, "do"), (DUMPS, NLM_F_DUMP, "dump")):
        for op in VALID:
            mine = [c for c in cases if c[0] == op]
            for _, values, want, blame in mine:
                attrs = policy.spec.attrs_of(op)
                miss = attrs[blame[1:]]["number"] if blame.startswith("!") else 0
                at = list(values).index(blame) if blame and not miss else None
                if what == "dump" and OLD:
                    at = None
                policy.refused(f"{values}", op, policy.parts(op, values), want, at, miss, flags)
            if mine:
                report.done(f"{op} {what}: {len(mine)} requests that make no sense")


def accepted(policy):
    """Of two the last counts, and what is at the edge of a range is in it."""
    nl, web = policy.nl, {"service": "web", "addr": "192.0.2.11"}
    attrs = policy.spec.attrs_of("real-set")
    twice = nl.body("real-set", web) + nla(attrs["weight"]["number"], struct.pack("=H", 3)) + \
        nla(attrs["weight"]["number"], struct.pack("=H", 4))
    nl.talk(policy.spec.ops["real-set"]["number"], twice)
    report.equal("weight given twice", nl.do("real-get", **web)["weight"], 4)
    for weight in (0, 65535, 1):
        nl.do("real-set", weight=weight, **web)
        report.equal("weight", nl.do("real-get", **web)["weight"], weight)
    for size in (251, 655373):
        nl.do("service-set", name="web", table_size=size)
        report.equal("size", nl.do("service-get", name="web")["table-size"], size)
    for seed in (0, (1 << 64) - 1):
        nl.do("service-set", name="web", seed=seed)
        report.equal("seed", nl.do("service-get", name="web")["seed"], seed)
    nl.do("service-set", name="web", table_size=251, seed=0)
    for ignore, announce in ((0, 0), (8, 2), (1, 2)):
        nl.do("role-set", dev="d0", role="backend", arp_ignore=ignore, arp_announce=announce)
        role = nl.do("role-get", dev="d0", role="backend")
        report.equal("values", (role["arp-ignore"], role["arp-announce"]), (ignore, announce))
    name = "a" * 31
    nl.do("service-add", name=name, addr="198.51.100.3", port=65535, proto="udp", table_size=251)
    report.equal("longest name", nl.do("service-get", name=name)["port"], 65535)
    nl.do("service-del", name=name)
    # A name need not fill its attribute: what is behind its end within the limit does not count.
    number = policy.spec.attrs_of("service-get")["name"]["number"]
    report.equal("name with a tail", len(nl.talk(policy.spec.ops["service-get"]["number"],
                                                 nla(number, b"web\0tail\0"))), 1)
    report.equal("state", policy.state(), policy.before)
    report.done("what is allowed is accepted up to the edges of its range")


def main():
    netns = sys.argv[1]
    enter(netns)
    nl = Dsr()
    spec = nl.spec
    missing = set(op for op in spec.ops if "do" in spec.ops[op]) ^ set(VALID)
    if missing:
        sys.exit(f"the spec and this test differ in their operations: {missing}")
    nl.do("role-add", dev="d0", role="backend")
    nl.do("service-add", name="web", addr="198.51.100.1", port=80, proto="tcp", table_size=251)
    nl.do("real-add", service="web", addr="192.0.2.11", dev="d0", lladdr="02:00:00:00:00:11")
    nl.do("vip-add", addr="203.0.113.1", dev="lo")
    policy = Policy(nl)
    for op in VALID:
        policy.attributes(op, NLM_F_ACK, "do")
        policy.strangers(op, NLM_F_ACK, "do")
        policy.duplicated(op)
        if "dump" in spec.ops[op]:
            policy.attributes(op, NLM_F_DUMP, "dump")
            policy.strangers(op, NLM_F_DUMP, "dump")
    policy.header()
    semantics(policy)
    accepted(policy)
    permissions(spec, netns, "an unprivileged user", nobody)
    permissions(spec, netns, "root of a user namespace", root_of_userns)
    permissions(spec, netns, "root of a user and network namespace", root_of_userns_and_netns)
    permissions(spec, netns, "root without CAP_NET_ADMIN", no_net_admin)
    report.expect(policy.state() == policy.before, "the state changed")
    report.done("permissions: nothing changed")


main()
