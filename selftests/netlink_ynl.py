# SPDX-License-Identifier: GPL-2.0
"""The family through the kernel's own Python client: netlink_ynl.py YNL_DIR NETNS (with d0 in it)."""
import ipaddress
import os
import sys
import time

sys.path.insert(0, sys.argv[1])
from lib import NlError, YnlFamily  # pylint: disable=wrong-import-position

from dsrnet import Inside, Report, SLOW, ip  # pylint: disable=wrong-import-position
from dsrnl import Dsr, NLM_F_DUMP, SPEC  # pylint: disable=wrong-import-position

report = Report()


def addr(text):
    a = ipaddress.ip_address(text)
    return bytes(10) + b"\xff\xff" + a.packed if a.version == 4 else a.packed


def shown(text):
    """As the client prints an address."""
    return format(ipaddress.IPv6Address(addr(text)))


def errno_of(ynl, op, vals, dump=False):
    try:
        (ynl.dump if dump else ynl.do)(op, vals)
    except NlError as e:
        return e.error, e.nl_msg.extack or {}
    return 0, {}


class Listener:
    """Notifications, in order."""

    def __init__(self):
        self.ynl = YnlFamily(SPEC, "")
        self.ynl.ntf_subscribe("events")
        self.seen = []

    def wait(self, *names, about=None):
        """The messages of these names, in this order, others may come between. A real-*-ntf must
        be about one address, if that is given."""
        found, end = [], time.monotonic() + 5 * SLOW
        while len(found) < len(names) and time.monotonic() < end:
            self.ynl.check_ntf()
            self.seen += self.ynl.async_msg_queue
            self.ynl.async_msg_queue.clear()
            while self.seen and len(found) < len(names):
                one = self.seen.pop(0)
                if one["name"] == names[len(found)] and \
                        (not about or one["msg"].get("addr", about) == about):
                    found.append(one["msg"])
            time.sleep(0.005)
        report.equal("notifications", len(found), len(names))
        return found + [{}] * (len(names) - len(found))


def subset(what, got, want):
    report.equal(what, {k: got.get(k) for k in want}, want)


def roles(ynl, ears):
    key = {"dev": "d0", "role": "backend"}
    ynl.do("role-add", dict(key, **{"arp-ignore": 3}))
    want = dict(key, **{"arp-ignore": 3, "arp-announce": 2})
    subset("get", ynl.do("role-get", key), want)
    report.equal("dump", [{k: r.get(k) for k in want} for r in ynl.dump("role-get", {})], [want])
    by_index = {"ifindex": ynl.do("role-get", key)["ifindex"], "role": "backend"}
    ynl.do("role-set", dict(by_index, **{"arp-announce": 0}))
    subset("after set", ynl.do("role-get", by_index), dict(want, **{"arp-announce": 0}))
    ynl.do("role-del", by_index)
    report.equal("get after del", errno_of(ynl, "role-get", key)[0], 2)
    added, changed, gone = ears.wait("role-add-ntf", "role-set-ntf", "role-del-ntf")
    subset("added", added, want)
    subset("changed", changed, dict(want, **{"arp-announce": 0}))
    subset("gone", gone, key)
    report.done("role: add, get, dump, set, del, and a notification of each change")


def services(ynl, ears):
    want = {"name": "web", "addr": shown("198.51.100.1"), "port": 443, "proto": "tcp",
            "sched": "maglev", "table-size": 65537, "seed": 0, "digest": 0, "reals": 0, "active": 0,
            "counters": {"packets": 0, "bytes": 0}}
    ynl.do("service-add", {"name": "web", "addr": addr("198.51.100.1"), "port": 443,
                           "proto": "tcp"})
    subset("get", ynl.do("service-get", {"name": "web"}), want)
    ynl.do("service-add", {"name": "dns", "addr": addr("2001:db8::53"), "port": 53, "proto": "udp",
                           "sched": "maglev", "table-size": 251, "seed": (1 << 64) - 1})
    report.equal("dump", {s["name"]: (s["addr"], s["port"], s["proto"], s["table-size"], s["seed"])
                          for s in ynl.dump("service-get", {})},
                 {"web": (shown("198.51.100.1"), 443, "tcp", 65537, 0),
                  "dns": ("2001:db8::53", 53, "udp", 251, (1 << 64) - 1)})
    ynl.do("service-set", {"name": "web", "seed": 5, "table-size": 509})
    subset("after set", ynl.do("service-get", {"name": "web"}),
           dict(want, **{"seed": 5, "table-size": 509}))
    for name in ("web", "dns"):
        ynl.do("service-del", {"name": name})
    code, extack = errno_of(ynl, "service-get", {"name": "web"})
    report.equal("get after del", (code, extack.get("msg"), extack.get("bad-attr")),
                 (2, "no service has this name", ".name"))
    code, extack = errno_of(ynl, "service-add", {"name": "x"})
    report.equal("missing", (code, extack.get("msg")), (22, "addr is missing"))
    added, _, changed, gone = ears.wait("service-add-ntf", "service-add-ntf", "service-set-ntf",
                                        "service-del-ntf")
    subset("added", added, {"name": "web", "port": 443})
    subset("changed", changed, {"name": "web", "seed": 5, "table-size": 509})
    subset("gone", gone, {"name": "web"})
    report.done("service: add, get, dump, set, del, refusals, and a notification of each change")


def reals(ynl, ears, netns):
    ynl.do("service-add", {"name": "web", "addr": addr("198.51.100.1"), "port": 80, "proto": "tcp",
                           "table-size": 251})
    key = {"service": "web", "addr": addr("192.0.2.11")}
    mac = "02:00:00:00:00:11"
    ynl.do("real-add", dict(key, dev="d0", lladdr=bytes.fromhex(mac.replace(":", "")), weight=7))
    want = {"service": "web", "addr": shown("192.0.2.11"), "dev": "d0", "lladdr": mac, "weight": 7,
            "state": "up", "reach": "reachable", "mac": mac, "egress": "d0", "rows": 251,
            "counters": {"packets": 0, "bytes": 0}}
    subset("get", ynl.do("real-get", key), want)
    ynl.do("real-add", dict(key, addr=addr("192.0.2.12"), dev="d0", state="down"))
    report.equal("dump of a service", {r["addr"]: r["reach"] for r in
                                       ynl.dump("real-get", {"service": "web"})},
                 {shown("192.0.2.11"): "reachable", shown("192.0.2.12"): "idle"})
    added, reach, table = ears.wait("real-add-ntf", "real-reach-ntf", "service-table-ntf")
    subset("added", added, {k: want[k] for k in ("service", "addr", "weight", "state")})
    subset("reach", reach, {"addr": want["addr"], "reach": "reachable"})
    report.expect(table.get("digest") and table.get("active") == 1, f"table {table}")
    ynl.do("real-set", dict(key, weight=0, state="drain"))
    subset("after set", ynl.do("real-get", key), dict(want, weight=0, state="drain", rows=0))
    changed, table = ears.wait("real-set-ntf", "service-table-ntf")
    subset("changed", changed, {"weight": 0, "state": "drain"})
    subset("table", table, {"name": "web", "active": 0, "digest": 0})
    ip(netns, "link set d0 down")
    (lost,) = ears.wait("real-reach-ntf", about=want["addr"])
    subset("device down", lost, {"addr": want["addr"], "reach": "no-device"})
    ip(netns, "link set d0 up")
    (back,) = ears.wait("real-reach-ntf", about=want["addr"])
    subset("device up", back, {"addr": want["addr"], "reach": "reachable"})
    ynl.do("real-del", key)
    report.equal("get after del", errno_of(ynl, "real-get", key)[0], 2)
    (gone,) = ears.wait("real-del-ntf")
    subset("gone", gone, {"addr": want["addr"]})
    ynl.do("service-del", {"name": "web"})
    (gone, _) = ears.wait("real-del-ntf", "service-del-ntf")
    subset("gone with its service", gone, {"addr": shown("192.0.2.12")})
    report.done("real: add, get, dump, set, del, reach, and a notification of each change")


def vips(ynl, ears):
    zero = {f"{a}-{b}": 0 for a, bs in (("arp", ("ignored", "rewritten", "suppressed")),
                                        ("nd", ("ignored", "rewritten", "suppressed"))) for b in bs}
    for text, dev in (("203.0.113.1", "lo"), ("2001:db8::100", None)):
        ynl.do("vip-add", dict({"addr": addr(text)}, **({"dev": dev} if dev else {})))
        got = ynl.do("vip-get", {"addr": addr(text)})
        subset("get", got, {"addr": shown(text), "counters": zero})
        report.equal("dev", got.get("dev"), dev)
    report.equal("dump", [v["addr"] for v in ynl.dump("vip-get", {})],
                 [shown("203.0.113.1"), "2001:db8::100"])
    for text in ("203.0.113.1", "2001:db8::100"):
        ynl.do("vip-del", {"addr": addr(text)})
    report.equal("get after del", errno_of(ynl, "vip-get", {"addr": addr("203.0.113.1")})[0], 2)
    msgs = ears.wait("vip-add-ntf", "vip-add-ntf", "vip-del-ntf", "vip-del-ntf")
    report.equal("notifications", [m.get("addr") for m in msgs],
                 2 * [shown("203.0.113.1"), "2001:db8::100"])
    report.done("vip: add, get, dump, del, and a notification of each change")


def stats(ynl):
    ynl.do("role-add", {"dev": "d0", "role": "balancer"})
    got = ynl.do("stats-get", {"dev": "d0", "role": "balancer", "reason": "steered"})
    subset("get", got, {"dev": "d0", "role": "balancer", "reason": "steered", "packets": 0})
    report.equal("dump of what did not happen",
                 ynl.dump("stats-get", {"dev": "d0", "reason": "loop"}), [])
    ynl.do("role-del", {"dev": "d0", "role": "balancer"})
    report.done("stats: get and filtered dump")


N = 2000


def address(i):
    return f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"


def many(ynl, nl):
    """More than 64 KiB of reals, added one by one as that is what there is."""
    nl.do("service-add", name="big", addr="198.51.100.1", port=80, proto="tcp", table_size=65521)
    for i in range(1, N + 1):
        nl.do("real-add", service="big", addr=address(i), dev="d0",
              lladdr=f"02:00:00:01:{i >> 8:02x}:{i & 255:02x}")
    got = ynl.dump("real-get", {})
    report.equal("reals by the kernel's client", sorted(r["addr"] for r in got),
                 sorted(shown(address(i)) for i in range(1, N + 1)))
    replies = nl.talk(nl.spec.ops["real-get"]["number"], b"", NLM_F_DUMP)
    size = sum(len(r) for r in replies)
    report.expect(size > 65536 and nl.messages > 2, f"{size} bytes in {nl.messages} messages")
    report.equal("rows", sum(r["rows"] for r in got), 65521)
    report.done(f"a dump of {N} reals, {size} bytes in {nl.messages} messages, is whole")


def changing(nl, netns):
    """Reals come and go while a dump is read page by page."""
    with Inside(netns):
        other, spec = Dsr(nl.spec), nl.spec
    number = spec.ops["real-get"]["number"]
    quiet = 0
    for turn in range(3):
        nl.sock.send(nl.message(number, b"", NLM_F_DUMP))
        seen, interrupted, done, pages = [], False, False, 0
        came, went = set(), set()
        while not done:
            data, at = nl.sock.recv(1 << 17), 0
            pages += 1
            while at + 16 <= len(data):
                length = int.from_bytes(data[at:at + 4], "little")
                kind = int.from_bytes(data[at + 4:at + 6], "little")
                interrupted |= bool(int.from_bytes(data[at + 6:at + 8], "little") & 0x10)
                if kind == 3:
                    done = True
                else:
                    seen.append(spec.decode(spec.attrs_of("real-get"),
                                            data[at + 20:at + length])["addr"])
                at += (length + 3) & ~3
            if turn < 2 and pages in (1, 3, 5):
                # Of those already told, of those to come, and new ones.
                for i in range(100 * turn + 10 * pages, 100 * turn + 10 * pages + 5):
                    for gone in (1 + i, N - i):
                        other.do("real-del", service="big", addr=address(gone))
                        went.add(address(gone))
                    other.do("real-add", service="big", addr=address(10000 + i), dev="d0",
                             lladdr="02:00:00:02:00:01")
                    came.add(address(10000 + i))
        now = {r["addr"] for r in other.dump("real-get")}
        stayed = now - came
        counts = {a: seen.count(a) for a in stayed}
        report.expect(interrupted or all(c == 1 for c in counts.values()),
                      f"turn {turn}: not flagged, but {sum(c != 1 for c in counts.values())} wrong")
        # Better than asked for: what was there all the time appears once in any case.
        report.equal(f"turn {turn}: reals that stayed but do not appear once",
                     [a for a, c in counts.items() if c != 1], [])
        report.expect(len(seen) == len(set(seen)), f"turn {turn}: something appears twice")
        report.equal(f"turn {turn}: flagged as interrupted", interrupted, turn < 2)
        report.expect(pages > 6, f"{pages} pages")
        quiet += not interrupted
    report.done("a dump that others change meanwhile has all that stayed once, and is flagged")
    nl.do("service-del", name="big")
    report.equal("left", nl.dump("real-get"), [])
    report.done(f"a service with {N} reals is removed at once")


def namespaces(ynl, other_netns):
    ynl.do("vip-add", {"addr": addr("203.0.113.7")})
    with Inside(other_netns):
        other = YnlFamily(SPEC, "")
    report.equal("VIPs in another namespace", other.dump("vip-get", {}), [])
    report.equal("get there", errno_of(other, "vip-get", {"addr": addr("203.0.113.7")})[0], 2)
    ynl.do("vip-del", {"addr": addr("203.0.113.7")})
    report.done("another namespace sees nothing of it")


def main():
    _, _, netns, other_netns = sys.argv
    with Inside(netns):
        ynl, ears, nl = YnlFamily(SPEC, ""), Listener(), Dsr()
    for test, *args in ((roles, ynl, ears), (services, ynl, ears), (reals, ynl, ears, netns),
                        (vips, ynl, ears), (stats, ynl), (many, ynl, nl), (changing, nl, netns),
                        (namespaces, ynl, other_netns)):
        report.attempt(test.__name__, test, *args)
    os._exit(0)


main()
