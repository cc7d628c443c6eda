# SPDX-License-Identifier: GPL-2.0
"""Modules and namespaces come and go, and an allocation fails meanwhile: see fail_nth.sh."""
import ctypes
import glob
import os
import socket

from dsrnet import wait_until
from dsrnl import Dsr, NlError, enter, unshare
from fail_lab import DUMPS, Lab, STRIDE, Tally, chosen, report, spec
from faults import Settings, Task, Workers, read, write
from rtnl import Links

KO = os.environ.get("DSR_KO", "")
# Of what a namespace takes before the module has its turn only each so many.
FORMER = int(os.environ.get("FORMER") or 23)
CLONE_NEWNET = 0x40000000
# A new worker in the pool is rare.
TRIES = 20


def memory():
    """KiB that the kernel has for itself, without what KASAN holds back and slabs keep empty."""
    for path in glob.glob("/sys/kernel/slab/*/shrink"):
        write(path, "1")
    lines = dict(line.split(":") for line in read("/proc/meminfo").splitlines())
    return sum(int(lines[k].split()[0]) for k in ("SUnreclaim", "VmallocUsed", "Percpu"))


class Kept:
    """with Kept(what): the kernel has not more memory for itself after it than before."""

    def __init__(self, what):
        self.what, self.before = what, 0

    def __enter__(self):
        self.before = memory()

    def __exit__(self, kind, *_):
        grown = memory() - self.before
        print(f"# {self.what}: the kernel's own memory moved by {grown} KiB")
        report.expect(grown < 16384, f"it has {grown} KiB more")
        if not kind:
            report.done(f"{self.what} keep nothing")


class Module:
    """Its image in memory, and the system calls as they are: reading a file could fail as well."""

    def __init__(self):
        with open(KO, "rb") as f:
            image = f.read()
        self.image, self.size = ctypes.create_string_buffer(image, len(image)), len(image)
        self.libc = ctypes.CDLL(None, use_errno=True)

    def _call(self, *args):
        return ctypes.get_errno() if self.libc.syscall(*args) < 0 else 0

    def load(self):
        return self._call(175, self.image, ctypes.c_ulong(self.size), b"")

    def unload(self):
        return self._call(176, b"dsr", os.O_NONBLOCK)

    @staticmethod
    def there():
        try:
            Dsr(spec).sock.close()
            family = True
        except NlError:
            family = False
        there = os.path.isdir("/sys/module/dsr")
        report.equal("the family is there, and the module", family, there)
        return there


def loading(module, task):
    tally, left = Tally("module load"), 0
    task.arm(10 ** 7)
    module.load()
    print(f"# loading takes {10 ** 7 - task.left()} allocations", flush=True)
    module.unload()
    while not left:
        tally.next()
        task.arm(tally.n)
        err = module.load()
        left = task.left()
        tally.note(os.strerror(err) if err else "done")
        if report.equal(f"fault {tally.n}: it is there", module.there(), not err) and not err:
            report.equal("unload", module.unload(), 0)
    report.equal("without a fault", err, 0)
    tally.end()


def unloading(module, task):
    """With everything configured."""
    tally, left = Tally("module unload"), 0
    while not left:
        tally.next()
        report.equal("load", module.load(), 0)
        lab = Lab(None)
        lab.base(4)
        lab.do("vip-add", addr="203.0.113.1")
        lab.close()
        task.arm(tally.n)
        err = module.unload()
        left = task.left()
        tally.note(os.strerror(err) if err else "done")
        report.equal(f"fault {tally.n}: it is there", module.there(), bool(err))
        if err:
            report.equal("unload once more", module.unload(), 0)
    report.equal("without a fault", err, 0)
    tally.end()


def modules(ns):
    enter(ns)
    module, task = Module(), Task()
    report.equal("load", module.load(), 0)
    report.equal("unload", module.unload(), 0)
    with Settings(), Kept("loading and unloading"):
        if chosen("module load"):
            loading(module, task)
        if chosen("module unload"):
            unloading(module, task)


class Home:
    """with Home(): afterwards we are in the namespace that we were in."""

    def __init__(self):
        self.fd = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.libc = ctypes.CDLL(None, use_errno=True)

    def __enter__(self):
        return self.fd

    def __exit__(self, *_):
        self.libc.setns(self.fd, CLONE_NEWNET)
        os.close(self.fd)


def birth(task):
    """The module comes late in it, so that its own part is in the last of the allocations."""
    tally, left, err = Tally("namespace creation"), 0, 0
    with Home():
        task.arm(10 ** 7)
        unshare(CLONE_NEWNET)
        total = 10 ** 7 - task.left()
    print(f"# a namespace takes {total} allocations", flush=True)
    while not left:
        tally.next(STRIDE if tally.n > total - 100 else STRIDE * FORMER)
        with Home():
            err = 0
            task.arm(tally.n)
            try:
                unshare(CLONE_NEWNET)
            except OSError as e:
                err = e.errno
            left = task.left()
            tally.note(os.strerror(err) if err else "done")
            if not err:
                nl = Dsr(spec)
                report.expect(not any(nl.dump(op) for op in DUMPS), "it is not empty")
                nl.sock.close()
    report.equal("without a fault", err, 0)
    tally.end()


def doomed(last=lambda: None):
    """A namespace that nobody is in any more when this returns. last is what is done in it last."""
    with Home() as home:
        unshare(CLONE_NEWNET)
        links = Links()
        for dev in ("eth0", "eth1"):
            links.dummy(dev)
        links.veth("v0", "doomed", home)
        lab = Lab(None)
        lab.base(4)
        lab.do("vip-add", addr="203.0.113.1")
        # All tables are built then, and no work is due.
        lab.state()
        lab.close()
        links.close()
        last()


def deleted(n):
    """One is deleted in a work of the kernel, so what runs works is armed: the least that is left.

    None if a worker took it that was not there yet.
    """
    workers = Workers()
    doomed(lambda: workers.arm(n))
    report.expect(wait_until(lambda: not workers.busy("netns") and "doomed" not in
                             (name for _, name in socket.if_nameindex()), 20),
                  f"fault {n}: it does not go away")
    used, left = workers.used(), workers.left()
    return left if used else None


def death():
    tally, left = Tally("namespace deletion"), 0
    while not left:
        tally.next()
        for _ in range(TRIES):
            left = deleted(tally.n)
            if left is not None:
                break
            tally.note("once more")
        if not report.expect(left is not None, f"fault {tally.n}: {TRIES} times by a worker not armed"):
            break
        tally.note("done")
    tally.end()


def namespaces(ns):
    enter(ns)
    task = Task()
    doomed()
    with Settings(), Kept("namespaces that come and go"):
        if chosen("namespace creation"):
            birth(task)
        if chosen("namespace deletion"):
            death()
