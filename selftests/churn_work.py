# SPDX-License-Identifier: GPL-2.0
"""Who changes what, over and over: see churn.sh.

Each worker is a function that runs in a process of its own and ends by Stop. What the kernel refuses
is no failure, and not counted.
"""
import ctypes
import mmap
import os
import random
import socket
import struct
import subprocess
import time

from dsrnet import SLOW, Sender, arp, datagram, eth, wait_until
from dsrnl import Dsr, NlError, NLM_F_DUMP, Spec, enter, nla, unshare
from rtnl import FAILED, IFF_ALLMULTI, IFF_UP, Links, REACHABLE, STALE

CYCLES = int(os.environ.get("CYCLES") or 10)
LB_MAC, GEN_MAC = "02:00:00:00:00:10", "02:00:00:00:00:01"
VIPS = ("192.0.2.100", "2001:db8::100", "192.0.2.101")
REALS = ("198.51.100.11", "198.51.100.12", "198.51.100.99", "2001:db8:1::11", "2001:db8:1::99")
CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
# What is done at least CYCLES times, and what goes on besides.
KINDS = ("module loaded and unloaded", "namespace made and deleted", "device made and deleted",
         "device renamed", "device moved to another namespace", "MAC address changed",
         "flags changed", "neighbour changed", "policy dumped")
if os.environ.get("LISTS_HOOKS"):
    KINDS += ("hooks listed by nft",)
BESIDES = ("packets sent", "requests done", "requests refused", "roles of the device that changes",
           "namespaces made with everything", "sysfs walked", "listeners come and gone")
# Seconds after which a request has got none. All wait for RTNL, and those who have it for grace periods.
ANSWER = 30 * SLOW
spec = Spec()


class Counts:
    """Counters that all processes share; each is moved on by one of them, or loses a step."""

    def __init__(self):
        self.names = KINDS + BESIDES
        self.memory = mmap.mmap(-1, 8 * len(self.names))

    def get(self, name):
        return struct.unpack_from("=Q", self.memory, 8 * self.names.index(name))[0]

    def add(self, name, n=1):
        struct.pack_into("=Q", self.memory, 8 * self.names.index(name), self.get(name) + n)

    def all(self):
        return sum(self.get(name) for name in self.names)

    def progress(self):
        return sum(min(CYCLES, self.get(name)) for name in KINDS) + \
            sum(min(1, self.get(name)) for name in BESIDES)

    def missing(self):
        return [name for name in KINDS if self.get(name) < CYCLES] + \
            [name for name in BESIDES if not self.get(name)]


counts = Counts()


class Stop(Exception):
    """Told to."""


def told(*_):
    raise Stop


def refusals(step):
    """Do a step; what the kernel has against it is normal here: True if it was nothing."""
    try:
        step()
        return True
    except TimeoutError as e:
        raise RuntimeError("a request got no answer") from e
    except (NlError, OSError):
        # Also: no module at this moment, hence no family, or a socket of the one before.
        return False


def over(step, kind=None, rest=6):
    """For ever. Who is ahead of others rests, so that those get the CPU, and the locks."""
    while True:
        began = time.monotonic()
        refusals(step)
        ahead = not kind or counts.get(kind) > min(counts.get(name) for name in KINDS) + 2
        # Not for as long as a step may take that had to wait for all the others.
        time.sleep(0.002 + (min(4, rest * (time.monotonic() - began)) if ahead else 0))


class Again:
    """The family's socket in the namespace we are in, opened anew when the module has come back."""

    def __init__(self):
        self.nl = None

    def open(self):
        try:
            return Dsr(spec, ANSWER)
        except NlError:
            # Without the module. Whoever loads it needs the CPU.
            time.sleep(0.1)
            raise

    def use(self, step):
        try:
            if not self.nl:
                self.nl = self.open()
            step(self.nl)
            counts.add("requests done")
        except NlError as e:
            counts.add("requests refused")
            # Another family may have our number now.
            if e.name in ("ENOENT", "EINVAL", "EOPNOTSUPP"):
                self.nl = random.choice((self.nl, None))
            raise
        except OSError:
            self.nl = None
            raise


def netns(name):
    return os.open(f"/run/netns/{name}", os.O_RDONLY)


class Away:
    """with Away(): in a new namespace, which nobody is in afterwards."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    libc = ctypes.CDLL(None, use_errno=True)

    def __init__(self, back):
        self.back = back

    def __enter__(self):
        unshare(CLONE_NEWNET)

    def __exit__(self, *_):
        if self.libc.setns(self.back, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def packets(gen, _lb, _real):
    frames = []
    for i in range(64):
        for vip in VIPS:
            kind, packet = datagram("2001:db8::1" if ":" in vip else "192.0.2.1", vip, "udp",
                                    1000 + i, 80)
            frames.append(eth(LB_MAC, GEN_MAC, kind, packet))
        frames.append(eth("ff:ff:ff:ff:ff:ff", GEN_MAC, 0x0806,
                          arp(1, GEN_MAC, "192.0.2.1", "00:00:00:00:00:00", VIPS[i % 3 & 2])))
    sender = Sender(gen, "eth0")

    def step():
        for frame in random.sample(frames, 8):
            sender.send(frame)
            counts.add("packets sent")
    over(step)


def configure(nl):
    service, vip = random.choice((("a", VIPS[0]), ("b", VIPS[1]), ("c", VIPS[2])))
    dev = random.choice(("eth0", "eth1", "d0"))
    role = random.choice(("balancer", "backend"))
    pick = random.randrange(16)
    if pick < 2:
        nl.do("service-add", name=service, addr=vip, port=80, proto="udp", table_size=251)
    elif pick == 2:
        nl.do("service-set", name=service, table_size=random.choice((251, 1021)),
              seed=random.getrandbits(64))
    elif pick == 3:
        nl.do("service-del", name=service)
    elif pick < 7:
        more = random.choice(({}, {"dev": "eth1"}, {"lladdr": "02:00:00:00:00:11", "dev": "eth1"}))
        nl.do("real-add", service=service, addr=random.choice(REALS), **more)
    elif pick == 7:
        nl.do("real-set", service=service, addr=random.choice(REALS),
              weight=random.randrange(4), state=random.choice(("up", "drain", "down")))
    elif pick == 8:
        nl.do("real-del", service=service, addr=random.choice(REALS))
    elif pick < 11:
        nl.do("role-add", dev=dev, role=role)
    elif pick == 11:
        nl.do("role-del", dev=dev, role=role)
    elif pick == 12:
        nl.do("vip-add", addr=vip)
    elif pick == 13:
        nl.do("vip-del", addr=vip)
    else:
        for op in ("service-get", "real-get", "role-get", "vip-get"):
            nl.dump(op)


def configuring(_gen, lb, _real):
    enter(lb)
    again = Again()
    over(lambda: again.use(configure), rest=1)


def neighbours(_gen, lb, _real):
    enter(lb)
    links = Links()

    def step():
        index = socket.if_nametoindex("eth1")
        for real in random.sample(REALS, 3):
            pick, lladdr = random.randrange(4), f"02:00:00:00:00:{random.choice((11, 12, 20))}"
            if pick < 2:
                links.neighbour(index, real, random.choice((REACHABLE, STALE)), lladdr)
            elif pick == 2:
                links.neighbour(index, real, FAILED)
            else:
                links.forget(index, real)
            counts.add("neighbour changed")
    over(step, "neighbour changed")


class Device:
    """One that is made, given roles, renamed, moved, changed and deleted; and those of the traffic."""

    def __init__(self, lb, real):
        enter(real)
        self.there = Links()
        enter(lb)
        self.here, self.again = Links(), Again()
        self.lb, self.real = netns(lb), netns(real)

    def role(self):
        for role in random.sample(("balancer", "backend"), random.randrange(1, 3)):
            if refusals(lambda r=role: self.again.use(lambda nl: nl.do("role-add", dev="d0", role=r))):
                counts.add("roles of the device that changes")

    def rename(self):
        # While it is up, if this kernel can (since 6.2).
        if not refusals(lambda: self.here.rename(socket.if_nametoindex("d0"), "d1")):
            self.here.flags("d0", off=IFF_UP)
            self.here.rename(socket.if_nametoindex("d0"), "d1")
        self.here.flags("d1", off=IFF_UP)
        self.here.rename(socket.if_nametoindex("d1"), "d0")
        self.here.flags("d0", on=IFF_UP)
        counts.add("device renamed")

    def move(self):
        self.here.move("d0", self.real)
        self.there.flags("d0", on=IFF_UP)
        self.there.move("d0", self.lb)
        self.here.flags("d0", on=IFF_UP)
        counts.add("device moved to another namespace")

    def mac(self):
        self.here.address("d0", f"02:00:00:00:01:{random.randrange(100):02}")
        self.here.address("eth1", f"02:00:00:00:00:{random.choice((20, 21))}")
        counts.add("MAC address changed")

    def flags(self):
        for dev, flag in random.choice(((("d0", IFF_UP),), (("eth1", IFF_UP), ("d0", IFF_ALLMULTI)))):
            self.here.flags(dev, off=flag)
            self.here.flags(dev, on=flag)
        self.here.mtu("eth0", random.choice((1400, 1500)))
        self.here.add_address(socket.if_nametoindex("eth1"), "2001:db8:1::1", 64)
        counts.add("flags changed")

    def clean(self):
        for links, name in ((self.here, "d0"), (self.here, "d1"), (self.there, "d0")):
            refusals(lambda li=links, n=name: li.remove(n))

    def step(self):
        self.clean()
        self.here.dummy("d0")
        changes = [self.rename, self.move, self.mac, self.flags]
        random.shuffle(changes)
        for change in changes:
            self.role()
            refusals(change)
        self.role()
        self.here.remove("d0")
        counts.add("device made and deleted")


def devices(_gen, lb, real):
    device = Device(lb, real)
    try:
        over(device.step, "device made and deleted")
    finally:
        device.clean()


def everything():
    """Configure all there is in the namespace we are in."""
    links = Links()
    for dev in ("eth0", "eth1"):
        links.dummy(dev)
    links.add_address(socket.if_nametoindex("eth0"), "198.51.100.1", 24)
    links.close()
    nl = Dsr(spec, ANSWER)
    try:
        nl.do("role-add", dev="eth0", role="balancer")
        nl.do("role-add", dev="eth0", role="backend")
        nl.do("role-add", dev="eth1", role="balancer")
        nl.do("vip-add", addr=VIPS[1])
        nl.do("service-add", name="a", addr=VIPS[0], port=80, proto="udp", table_size=251)
        for real in REALS[1:4]:
            nl.do("real-add", service="a", addr=real, dev="eth0")
    finally:
        nl.sock.close()
    counts.add("namespaces made with everything")


def namespaces(_gen, lb, _real):
    enter(lb)
    home = netns(lb)

    def step():
        # The kernel deletes several as fast as one.
        for n in range(4):
            with Away(home):
                links = Links()
                links.veth("v0", f"gone{n}", home)
                links.close()
                refusals(everything)
        # Each goes with the last who is in it; that it has gone shows here.
        if not wait_until(lambda: not any(name.startswith("gone") for _, name in
                                          socket.if_nameindex()), 60):
            raise RuntimeError("a namespace does not go away")
        counts.add("namespace made and deleted", 4)
    over(step, "namespace made and deleted")


def hooks(_gen, lb, _real):
    enter(lb)

    def step():
        done = subprocess.run(["nft", "list", "hooks"], check=False, capture_output=True)
        if done.returncode == 0:
            counts.add("hooks listed by nft")
    over(step, "hooks listed by nft")


def policies(_gen, lb, _real):
    """The controller's dumps of families and of our policy."""
    enter(lb)

    def talk(ctrl, cmd, body):
        ctrl.send(struct.pack("=IHHIIBBH", 20 + len(body), 16, 1 | NLM_F_DUMP, 1, 0, cmd, 2, 0) + body)
        while True:
            data, at = ctrl.recv(1 << 16), 0
            # Its end may come with the last of what it is the end of.
            while at + 16 <= len(data):
                length, kind = struct.unpack_from("=IH", data, at)
                if kind == 2:
                    return -struct.unpack_from("=i", data, at + 16)[0]
                if kind == 3:
                    return 0
                at += (length + 3) & ~3

    def step():
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as ctrl:
            ctrl.settimeout(ANSWER)
            talk(ctrl, 3, b"")
            if not talk(ctrl, 10, nla(2, b"dsr\0")):
                counts.add("policy dumped")
    over(step, "policy dumped")


def in_sysfs(_gen, lb, _real):
    unshare(CLONE_NEWNS)
    enter(lb)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mount(b"none", b"/", None, 0x44000, None)
    if libc.mount(b"sysfs", b"/sys", b"sysfs", 0, None):
        raise RuntimeError("mount sysfs")

    def look(dev):
        folder = f"/sys/class/net/{dev}/dsr"
        for name in os.listdir(folder):
            with open(f"{folder}/{name}", encoding="ascii") as f:
                f.read()
        counts.add("sysfs walked")
        with open(f"{folder}/arp_ignore", "w", encoding="ascii") as f:
            f.write(str(random.randrange(4)))

    def step():
        for dev in ("eth0", "eth1", "d0"):
            refusals(lambda d=dev: look(d))
    over(step)


def listeners(_gen, lb, _real):
    enter(lb)

    def step():
        nl = Dsr(spec, ANSWER)
        nl.subscribe()
        nl.events(lambda _: False, random.uniform(0, 0.3))
        nl.sock.close()
        counts.add("listeners come and gone")
    over(step)


WORKERS = [packets, configuring, configuring, neighbours, devices, namespaces, policies, in_sysfs,
           listeners]
if os.environ.get("LISTS_HOOKS"):
    WORKERS.append(hooks)
