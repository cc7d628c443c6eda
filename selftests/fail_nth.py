# SPDX-License-Identifier: GPL-2.0
"""The nth allocation fails, for every n: see fail_nth.sh.

  fail_nth.py requests|tools|module|namespaces LB
"""
import ctypes
import os
import sys
import tempfile

from dsrnet import Sender, eth
from dsrnl import nla, unshare
from fail_lab import Change, File, Lab, Read, chosen
from fail_life import modules, namespaces
from fail_tool import tools
from faults import Alone, Settings


def remove(lab, dev):
    if os.path.isdir(f"{lab.sysfs}/class/net/{dev}"):
        lab.links.remove(dev)


def fresh(lab):
    """A device that has never had a role."""
    remove(lab, "fresh")
    lab.links.dummy("fresh")


def fresh_balancer(lab):
    fresh(lab)
    lab.do("role-add", dev="fresh", role="balancer")


def has_folder(lab, tally, done):
    """The folder in sysfs is a convenience: without memory there is none, and a line in the log."""
    if done and not os.path.isdir(f"{lab.sysfs}/class/net/fresh/dsr"):
        tally.note("without its folder in sysfs")
    lab.heard()


def unknown(text):
    """The neighbour has never been asked for."""
    def forget(lab):
        try:
            lab.links.forget(lab.eth1, text)
        except OSError:
            pass
    return forget


# Nobody is there.
SHARED = {"addr": "198.51.100.51"}


def waits(lab):
    """A real has just begun to wait for its neighbour, on a hop of its own."""
    lab.do("real-del", service="a", **SHARED)
    # The table without it lets go of the hop.
    lab.state()
    unknown(SHARED["addr"])(lab)
    lab.do("real-add", service="a", **SHARED)


def uncached(_lab):
    """No route is remembered."""
    with open("/proc/sys/net/ipv4/route/flush", "w", encoding="ascii") as f:
        f.write("1")


def add(kind, **values):
    """(values, how to take it back) of something that is added."""
    keys = {"service": ("name",), "real": ("service", "addr"), "vip": ("addr",),
            "role": ("dev", "role")}[kind]
    return values, [(f"{kind}-del", {k: values[k] for k in keys})]


def changes():
    service = {"name": "c", "addr": "192.0.2.101", "port": 80, "proto": "udp", "table_size": 251}
    pinned = {"addr": "198.51.100.99", "dev": "eth1", "lladdr": "02:00:00:00:02:99"}
    v4, v6 = "203.0.113.1", "2001:db8:2::1"
    real = {"service": "a", "addr": "198.51.100.100"}
    other = {"service": "b", "addr": "198.51.100.11"}
    given = (("service-add", service, "service-del", {"name": "c"}),)
    given_reals = given + tuple(("real-add", {"service": "c", "addr": f"198.51.100.{n}"},
                                 "real-del", {"service": "c", "addr": f"198.51.100.{n}"})
                                for n in (11, 12))
    again = [("service-add", service)] + [("real-add", v) for _, v, _, _ in given_reals[1:]]

    for role in ("balancer", "backend"):
        values, back = add("role", dev="fresh", role=role)
        yield Change(f"role-add {role}", "role-add", values, back, before=fresh, after=has_folder)
    values, back = add("role", dev="fresh", role="backend")
    yield Change("role-add of a second role", "role-add", values, back, before=fresh_balancer,
                 after=has_folder)
    yield Change("role-set", "role-set", {"dev": "eth1", "role": "backend", "arp_ignore": 3},
                 [("role-set", {"dev": "eth1", "role": "backend", "arp_ignore": 1})])
    for dev, role in (("eth0", "balancer"), ("eth1", "backend")):
        values = {"dev": dev, "role": role}
        yield Change(f"role-del {role}", "role-del", values, [("role-add", values)])
    values, back = add("service", **service)
    yield Change("service-add", "service-add", values, back)
    values, back = add("service", **{**service, "addr": "192.0.2.100", "port": 81})
    yield Change("service-add to a VIP that has one", "service-add", values, back)
    yield Change("service-set", "service-set", {"name": "a", "seed": 7},
                 [("service-set", {"name": "a", "seed": 0})])
    yield Change("service-set with its new table", "service-set",
                 {"name": "a", "table_size": 65537}, [("service-set", {"name": "a", "table_size": 251})],
                 asks="service-get")
    yield Change("service-del", "service-del", {"name": "c"}, again, given=given_reals)
    for name, more, before in (("pinned", pinned, None),
                               ("by a route", {"addr": "198.51.100.12"}, uncached),
                               ("by an IPv6 route", {"addr": "2001:db8:1::12"}, None),
                               ("that is elsewhere too", {"addr": "198.51.100.100", "dev": "eth1",
                                                          "lladdr": "02:00:00:00:01:00"}, None),
                               ("of an unknown neighbour", {"addr": "198.51.100.50"},
                                unknown("198.51.100.50")),
                               ("of an unknown IPv6 neighbour", {"addr": "2001:db8:1::50"},
                                unknown("2001:db8:1::50"))):
        values, back = add("real", service="b", **more)
        more = {"before": before} if before else {}
        yield Change(f"real-add {name}", "real-add", values, back, **more)
    values, back = add("real", service="b", **pinned)
    yield Change("real-add with the new table", "real-add", values, back, asks="real-get")
    yield Change("real-set weight", "real-set", dict(real, weight=3),
                 [("real-set", dict(real, weight=1))])
    # The same hop, which is looked at anew: what is known of it must not be lost.
    yield Change("real-set weight where no route is remembered", "real-set", dict(other, weight=3),
                 [("real-set", dict(other, weight=1))], before=uncached, steady=True)
    yield Change("real-set state with the new table", "real-set", dict(real, state="drain"),
                 [("real-set", dict(real, state="up"))], asks="real-get")
    yield Change("real-set to another MAC", "real-set", dict(real, lladdr="02:00:00:00:02:01"),
                 [("real-set", dict(real, lladdr="02:00:00:00:01:00"))], steady=True)
    yield Change("real-set to a pinned MAC", "real-set", dict(other, lladdr="02:00:00:00:02:02"),
                 [("real-set", dict(other, lladdr="00:00:00:00:00:00"))], steady=True)
    pinned = dict(SHARED, service="b", lladdr="02:00:00:00:02:51")
    yield Change("real-set to no pinned MAC where another waits", "real-set",
                 dict(pinned, lladdr="00:00:00:00:00:00"),
                 [("real-set", pinned), ("real-del", dict(SHARED, service="a")),
                  ("service-get", {"name": "a"}), ("real-add", dict(SHARED, service="a"))],
                 given=tuple(("real-add", values, "real-del", dict(SHARED, service=values["service"]))
                             for values in (dict(SHARED, service="a"), pinned)),
                 before=waits, steady=True)
    yield Change("real-del", "real-del", {"service": "c", "addr": "198.51.100.12"},
                 [("real-add", {"service": "c", "addr": "198.51.100.12"})], given=given_reals)
    yield Change("real-del with the new table", "real-del",
                 {"service": "c", "addr": "198.51.100.12"},
                 [("real-add", {"service": "c", "addr": "198.51.100.12"})], given=given_reals,
                 asks="real-get")
    given_vip = (("vip-add", {"addr": v4}, "vip-del", {"addr": v4}),)
    for first, given in (("", ()), (" of a second one", given_vip)):
        values, back = add("vip", addr=v6, dev="eth1")
        yield Change(f"vip-add{first}", "vip-add", values, back, given=given)
    for first, given in (("", given_vip), (" of one of two", given_vip + (
            ("vip-add", {"addr": v6}, "vip-del", {"addr": v6}),))):
        yield Change(f"vip-del{first}", "vip-del", {"addr": v4}, [("vip-add", {"addr": v4})],
                     given=given)


def reads(sysfs):
    for op, values in (
            ("role-get", {"dev": "eth1", "role": "backend"}),
            ("service-get", {"name": "a"}),
            ("real-get", {"service": "b", "addr": "2001:db8:1::11"}),
            ("vip-get", {"addr": "203.0.113.9"}),
            ("stats-get", {"dev": "eth0", "role": "balancer", "reason": "steered"})):
        yield Read(f"{op} of one", op, False, values)
        yield Read(f"{op} of all", op, True, {})
    yield Read("real-get of one service", "real-get", True, {"service": "a"})
    yield Read("the controller's getfamily", 3, False, nla(2, b"dsr\0"))
    yield Read("the controller's getpolicy", 10, True, nla(2, b"dsr\0"))
    backend = f"{sysfs}/class/net/eth1/dsr"
    for name in ("roles", "arp_ignore", "arp_ignored"):
        yield File(f"sysfs {name} read", f"{backend}/{name}")
    yield File("sysfs arp_ignore written", f"{backend}/arp_ignore", b"5")
    yield File("module parameter written", "/sys/module/dsr/parameters/table_size", b"1021")


class Sysfs:
    """with Sysfs() as folder: that of the namespace we are in, in a folder of its own."""

    def __init__(self):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.folder = tempfile.mkdtemp()

    def __enter__(self):
        unshare(0x00020000)
        self.libc.mount(b"none", b"/", None, 0x44000, None)
        if self.libc.mount(b"sysfs", self.folder.encode(), b"sysfs", 0, None):
            raise OSError(ctypes.get_errno(), "mount sysfs")
        return self.folder

    def __exit__(self, *_):
        self.libc.umount2(self.folder.encode(), 2)
        os.rmdir(self.folder)


def requests(ns):
    lab = Lab(ns)
    with Settings(), Alone(), Sysfs() as folder:
        lab.sysfs = folder
        lab.base()
        for case in changes():
            if chosen(case.name):
                case.sweep(lab)
        lab.do("vip-add", addr="203.0.113.9")
        # One packet, or there is nothing to count.
        Sender("", "gen0").send(eth("02:00:00:00:00:01", "02:00:00:00:00:02", 0x88b5, b"\0" * 46))
        for case in reads(lab.sysfs):
            if chosen(case.name):
                case.sweep(lab)
        lab.clear()
        remove(lab, "fresh")


def main():
    what, ns = sys.argv[1:]
    {"requests": requests, "tools": tools, "module": modules, "namespaces": namespaces}[what](ns)


main()
