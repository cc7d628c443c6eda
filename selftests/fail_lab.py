# SPDX-License-Identifier: GPL-2.0
"""Requests of which one allocation fails, and what is looked at after: see fail_nth.sh.

A case is swept until it is done without a fault. What is to be seen after each: the configuration is
exactly what it was, if the request was refused, or exactly what it would have become. What follows
from it (where a real is, the rows of a table) may come late, by a retry, but comes; how often it did
is said.
"""
import os
import socket
import struct
import time

from dsrnet import Report, wait_until
from dsrnl import Dsr, NLM_F_ACK, NLM_F_DUMP, NLMSG_DONE, NLMSG_ERROR, Spec, enter
from faults import Task
from rtnl import Links

STRIDE = int(os.environ.get("STRIDE") or 1)
ONLY = tuple(filter(None, (os.environ.get("FAULTS") or "").split(",")))
DUMPS = ("role-get", "service-get", "real-get", "vip-get")
# What follows from the configuration and from the state of the network.
DERIVED = {"digest", "active", "reach", "mac", "egress", "rows"}
# Chosen anew each time.
CHOSEN = {"id", "ifindex"}
MANY = 40
report = Report()
spec = Spec()


def chosen(name):
    words = [word for word in ONLY if name.startswith(word)]
    if words:
        with open(os.environ["CHOSEN"], "a", encoding="utf-8") as f:
            f.writelines(f"{word}\n" for word in words)
    return not ONLY or bool(words)


class State:
    """All that the module says of a namespace when it has all the memory that it wants."""

    def __init__(self, nl):
        self.raw = [[r[16:] for r in nl.talk(spec.ops[op]["number"], b"", NLM_F_DUMP)]
                    for op in DUMPS]
        self._decoded = None

    def decoded(self):
        if not self._decoded:
            self._decoded = [[spec.decode(spec.attrs_of(op), r[4:]) for r in replies]
                             for op, replies in zip(DUMPS, self.raw)]
        return self._decoded

    def without(self, *drop):
        """A sorted list of all objects without some of what they say.

        That a neighbour does not answer turns out three seconds after it was asked for the first time.
        """
        drop = set().union(*drop)
        return sorted(repr([(k, "resolving" if v == "unreachable" else v)
                            for k, v in o.items() if k not in drop])
                      for objects in self.decoded() for o in objects)

    def config(self):
        return self.without(CHOSEN, DERIVED)

    def same(self, other):
        return self.raw == other.raw

    def alike(self, other):
        return self.raw == other.raw or self.without(CHOSEN) == other.without(CHOSEN)

    def difference(self, other):
        a, b = self.without(CHOSEN), other.without(CHOSEN)
        return [x for x in a if x not in b] + ["instead of"] + [x for x in b if x not in a]


class Request:
    """Messages that go to the kernel in one system call, on a socket of their own.

    It is opened before the fault. What lies in it unread after one is nobody's concern.
    """
    BUFFERS = [bytearray(8192) for _ in range(64)]

    def __init__(self, nl, steps):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.bind((0, 0))
        # What does not come now does not come any more: the kernel answers while we send.
        self.sock.setblocking(False)
        self.raw = b""
        for op, dump, values in steps:
            if isinstance(op, int):
                body = values
                payload = struct.pack("=BBH", op, 2, 0) + body
                family = 16
            else:
                body = nl.body(op, {k.replace("_", "-"): v for k, v in values.items()})
                payload = struct.pack("=BBH", spec.ops[op]["number"], 1, 0) + body
                family = nl.family
            message = struct.pack("=IHHII", 16 + len(payload), family,
                                  1 | (NLM_F_DUMP if dump else NLM_F_ACK), len(self.raw) + 1, 0)
            message += payload
            self.raw += message + b"\0" * (-len(message) % 4)
        self.lengths = []
        self.err = 0

    def run(self):
        """Send, and take all that comes. Nothing here asks the kernel for memory of its own."""
        got, into, buffers = self.lengths, self.sock.recv_into, self.BUFFERS
        try:
            self.sock.send(self.raw)
            while True:
                got.append(into(buffers[len(got)]))
        except OSError as e:
            self.err = 0 if e.errno in (11,) and got else e.errno

    def result(self):
        """(replies, errnos): of each message that came to an end, and of the system call."""
        replies, ends = [], []
        for buffer, length in zip(self.BUFFERS, self.lengths):
            at = 0
            while at + 16 <= length:
                size, kind = struct.unpack_from("=IH", buffer, at)
                one = bytes(buffer[at:at + size])
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    ends.append(-struct.unpack_from("=i", one, 16)[0] if size >= 20 else 0)
                else:
                    replies.append(one[16:])
                at += (size + 3) & ~3
        self.sock.close()
        return replies, ends


class Lab:
    """The namespace, who configures it, and who listens to what becomes of it."""

    def __init__(self, ns):
        """None is the namespace that we are in."""
        if ns:
            enter(ns)
        self.nl = Dsr(spec)
        self.links = Links()
        self.task = Task()
        self.ears = Dsr(spec)
        self.ears.subscribe()
        self.ears.sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 22)  # SO_RCVBUFFORCE
        self.eth1, self.sysfs = socket.if_nametoindex("eth1"), "/sys"

    def close(self):
        """Sockets would keep the namespace alive."""
        for sock in (self.nl.sock, self.ears.sock, self.links.sock):
            sock.close()
        self.task.close()

    def do(self, op, **values):
        self.nl.do(op, **values)

    def base(self, many=MANY):
        self.do("role-add", dev="eth0", role="balancer")
        self.do("role-add", dev="eth1", role="backend")
        self.do("service-add", name="a", addr="192.0.2.100", port=80, proto="udp", table_size=251)
        self.do("service-add", name="b", addr="2001:db8::100", port=80, proto="tcp", table_size=251)
        for i in range(many):
            self.do("real-add", service="a", addr=f"198.51.100.{100 + i}", dev="eth1",
                    lladdr=f"02:00:00:00:01:{i:02x}")
        for real in ("198.51.100.11", "2001:db8:1::11"):
            self.do("real-add", service="b", addr=real)

    def clear(self):
        for op, del_op, keys in (("service-get", "service-del", ("name",)),
                                 ("vip-get", "vip-del", ("addr",)),
                                 ("role-get", "role-del", ("dev", "role"))):
            for o in self.nl.dump(op):
                self.do(del_op, **{k: o[k] for k in keys})

    def state(self):
        return State(self.nl)

    def heard(self):
        """Names of the events since the last call; None if some were missed."""
        names, missed = [], False
        self.ears.sock.setblocking(False)
        while True:
            try:
                data = self.ears.sock.recv(1 << 17)
            except BlockingIOError:
                return None if missed else names
            except OSError:
                missed = True
                continue
            at = 0
            while at < len(data):
                names.append(spec.names[data[at + 16]])
                at += (struct.unpack_from("=I", data, at)[0] + 3) & ~3


class Tally:
    """What came of a sweep."""

    def __init__(self, name):
        self.name, self.n, self.faults = name, 0, -1
        self.count, self.late = {}, None
        self.began = time.monotonic()

    def next(self, stride=STRIDE):
        """The first, and then each, or each so many."""
        self.n += stride if self.n else 1
        self.faults += 1

    def note(self, what):
        self.count[what] = self.count.get(what, 0) + 1

    def end(self):
        said = ", ".join(f"{v} {k}" for k, v in sorted(self.count.items()))
        print(f"# {self.name}: {self.faults} faults in {time.monotonic() - self.began:.0f} s: {said}")
        if self.late:
            print(f"#   late, for example: {' '.join(self.late)}")
        report.expect(self.faults > 0, "there was nothing that could fail")
        which = "each of its allocations fails once" if STRIDE == 1 else \
            f"one of {STRIDE} of its allocations fails at a time"
        report.done(f"{self.name}: {which}")


class Change:
    """A request that changes something, and how to take it back.

    back is a list of (op, values); before is called before each; asks puts a request that reads into
    the same system call, so that the table is built there and then; steady says that what follows from
    the configuration may not be late either, nor change where that did not.
    """

    def __init__(self, name, op, values, back, **more):
        self.name, self.op, self.values, self.back = name, op, values, back
        self.given, self.before = more.get("given", ()), more.get("before", lambda lab: None)
        self.after, self.asks = more.get("after", lambda lab, tally, done: None), more.get("asks")
        self.steady = more.get("steady", False)

    def request(self, lab):
        steps = [(self.op, False, self.values)]
        if self.asks:
            steps.append((self.asks, True, {}))
        return Request(lab.nl, steps)

    def undo(self, lab):
        for op, values in self.back:
            lab.do(op, **values)

    def sweep(self, lab):
        undoing = []
        for op, values, undo_op, undo_values in self.given:
            lab.do(op, **values)
            undoing.append((undo_op, undo_values))
        tally = Tally(self.name)
        self.before(lab)
        before = lab.state()
        request = self.request(lab)
        request.run()
        request.result()
        want = lab.state()
        self.after(lab, Tally(""), True)
        self.undo(lab)
        # Chosen anew: identifiers.
        report.expect(lab.state().alike(before), f"taking it back: {lab.state().difference(before)}")
        while True:
            tally.next()
            if not self.once(lab, tally, want):
                break
        for op, values in reversed(undoing):
            lab.do(op, **values)
        lab.heard()
        tally.end()

    def once(self, lab, tally, want):
        self.before(lab)
        before = lab.state()
        lab.heard()
        request = self.request(lab)
        lab.task.arm(tally.n)
        request.run()
        left = lab.task.left()
        _, ends = request.result()
        # Not said whether it was done: the answer had no memory either.
        told = request.err if not ends else ends[0]
        events = lab.heard()
        state = lab.state()
        where = f"fault {tally.n}"
        done = state.config() == want.config() and not state.same(before)
        if done:
            tally.note("done" if not told else f"done, but the answer was lost ({os.strerror(told)})")
            report.expect(not told or not ends, f"{where}: said to have failed ({told}), but was done")
            ntf = self.op + "-ntf"
            report.expect(events is None or ntf in events, f"{where}: no word of it: {events}")
            if not state.alike(want):
                tally.note("came late")
                report.expect(not self.steady, f"{where}: {state.difference(want)}")
                tally.late = tally.late or state.difference(want)
                report.expect(wait_until(lambda: lab.state().alike(want), 5),
                              f"{where}: {lab.state().difference(want)}")
        else:
            tally.note(os.strerror(told))
            report.expect(told, f"{where}: said to be done, but was not")
            if report.expect(state.config() == before.config(),
                             f"{where} changed: {state.difference(before)}") and \
                    not state.same(before):
                tally.note("changed for a moment")
                report.expect(not self.steady or state.alike(before),
                              f"{where} left its mark: {state.difference(before)}")
                report.expect(wait_until(lambda: lab.state().alike(before), 5),
                              f"{where}: {lab.state().difference(before)}")
            report.expect(events is None or self.op + "-ntf" not in events,
                          f"{where}: told of, but not done")
        self.after(lab, tally, done)
        if done:
            self.undo(lab)
        if left:
            report.expect(not told and done, f"without a fault: {told}")
        return not left


class Read:
    """A request that only reads."""

    def __init__(self, name, op, dump, values):
        self.name, self.step = name, (op, dump, values)

    def sweep(self, lab):
        tally, want = Tally(self.name), self.once(lab, 0)[0]
        report.expect(want, "nothing to read")
        before = lab.state()
        while True:
            tally.next()
            got, err, left = self.once(lab, tally.n)
            tally.note(os.strerror(err) if err else "done")
            report.expect(err or got == want, f"fault {tally.n}: no error, and not the whole answer")
            if left:
                report.expect(not err, f"without a fault: {err}")
                break
        report.expect(lab.state().same(before), "reading changed something")
        tally.end()

    def once(self, lab, n):
        request = Request(lab.nl, [self.step])
        lab.task.arm(n)
        request.run()
        left = lab.task.left()
        replies, ends = request.result()
        return replies, request.err or (ends[0] if ends else errno_lost(request)), left


def errno_lost(request):
    """No end came, and no error: that must not be."""
    report.expect(False, f"no end of the answer after {request.lengths}")
    return 5


class File:
    """Reading or writing a file of sysfs."""

    def __init__(self, name, path, text=None):
        self.name, self.path, self.text = name, path, text

    def once(self, lab, n):
        err = 0
        lab.task.arm(n)
        try:
            fd = os.open(self.path, os.O_RDWR if self.text else os.O_RDONLY)
            try:
                if self.text:
                    os.write(fd, self.text)
                else:
                    os.read(fd, 64)
            finally:
                os.close(fd)
        except OSError as e:
            err = e.errno
        return err, lab.task.left()

    def sweep(self, lab):
        tally = Tally(self.name)
        before = lab.state()
        with open(self.path, encoding="ascii") as f:
            old = f.read()
        while True:
            tally.next()
            err, left = self.once(lab, tally.n)
            tally.note(os.strerror(err) if err else "done")
            with open(self.path, encoding="ascii") as f:
                now = f.read()
            report.equal(f"fault {tally.n}: what is in it",
                         now, old if err or not self.text else self.text.decode() + "\n")
            with open(self.path, "w" if self.text else "r", encoding="ascii") as f:
                if self.text:
                    f.write(old)
            if left:
                report.expect(not err, f"without a fault: {err}")
                break
        report.expect(lab.state().same(before), "something else changed")
        tally.end()
