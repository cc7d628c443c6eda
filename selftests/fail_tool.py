# SPDX-License-Identifier: GPL-2.0
"""dsrctl itself has an allocation that fails: see fail_nth.sh."""
import ctypes
import fcntl
import itertools
import os
import select
import struct
import subprocess
import termios

from dsrnet import wait_until
from fail_lab import Lab, Tally, chosen, report
from faults import Settings, Task, read


class Dsrctl:
    """dsrctl itself, one process for many lines. It waits for a line when the fault is set."""

    def __init__(self):
        self.process, self.task = None, None

    def _start(self):
        self.process = subprocess.Popen(
            [os.environ["DSRCTL"], "-force", "-batch", "-"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        for stream in (self.process.stdout, self.process.stderr):
            os.set_blocking(stream.fileno(), False)
        self._wait()
        self.task = Task(self.process.pid)

    def _gone(self):
        # It stays as a zombie until it has been asked how many were left.
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)

    def _waits(self):
        unread = struct.unpack("=i", fcntl.ioctl(self.process.stdin, termios.FIONREAD, b"\0" * 4))[0]
        # Asleep there with nothing to read, it has done all that came before.
        return not unread and read(f"/proc/{self.process.pid}/wchan").endswith("pipe_read")

    def _wait(self):
        if not wait_until(lambda: self._gone() or self._waits()):
            raise RuntimeError("dsrctl does not read")

    def line(self, line, n=0):
        """(what it said, what it complained of, what was left for the fault)."""
        if not self.process:
            self._start()
        self.task.arm(n)
        self.process.stdin.write(line.encode() + b"\n")
        self._wait()
        left = self.task.left()
        said, why = ((stream.read() or b"").decode() for stream in
                     (self.process.stdout, self.process.stderr))
        if self._gone():
            # Reading the line has failed. The end of what it wrote may have been in that line.
            report.expect(self.close(), f"{line}: gone without an error")
            why = why or "gone"
        return said, why, left

    def close(self):
        """Its exit status."""
        self.task.close()
        self.process.stdin.close()
        status = self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()
        self.process = None
        return status


class Tool:
    """A line for dsrctl, and lines that take it back."""
    VIP = "203.0.113.7"

    def __init__(self, line, *back):
        self.line, self.back = line, back

    def state(self, lab):
        """What is configured, and whether the address of the VIP is there."""
        return lab.state(), lab.links.holds(self.VIP)

    def sweep(self, lab, dsrctl):
        tally = Tally(f"dsrctl {self.line}")
        for line in self.back:
            dsrctl.line(line)
        before = self.state(lab)
        said, why, left = dsrctl.line(self.line)
        report.equal("without a fault", why, "")
        want = self.state(lab)
        left = 0
        while not left:
            for line in self.back:
                dsrctl.line(line)
            tally.next()
            got, why, left = dsrctl.line(self.line, tally.n)
            self.judge(tally, (before, want, self.state(lab)), why)
            report.expect(why or got == said, f"fault {tally.n}: not all was said: {got}")
        report.equal("without a fault", why, "")
        for line in self.back:
            dsrctl.line(line)
        tally.end()

    def judge(self, tally, states, why):
        (before, before_addr), (want, want_addr), (now, now_addr) = states
        where = f"fault {tally.n}"
        done = now.config() == want.config() and now_addr == want_addr
        undone = now.config() == before.config() and now_addr == before_addr
        tally.note("done" if not why else "failed, " + ("nothing done" if undone else
                   "but done" if done else "half done: silent, no address"))
        report.expect(done or why, f"{where}: said to be done, but was not")
        silent = any(v["addr"] == self.VIP for v in now.decoded()[3])
        report.expect(done or undone or silent and not now_addr, f"{where}: {why} {now_addr} "
                      f"{now.difference(before)}")
        report.expect(silent or not now_addr, f"{where}: the address is there, and not silent")


class Monitor:
    """dsrctl monitor. The faults begin with its socket: what comes before is the loader's."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    TRACEME, PEEKUSER, DETACH, SYSCALL = 0, 3, 17, 24
    ORIG_RAX, SOCKET = 15 * 8, 41

    def __init__(self, n):
        # pylint: disable-next=subprocess-popen-preexec-fn
        self.process = subprocess.Popen([os.environ["DSRCTL"], "monitor"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        preexec_fn=lambda: self.libc.ptrace(self.TRACEME, 0, 0, 0))
        pid = self.process.pid
        self.task = Task(pid)
        os.waitpid(pid, 0)
        while self.libc.ptrace(self.PEEKUSER, pid, self.ORIG_RAX, 0) != self.SOCKET:
            self.libc.ptrace(self.SYSCALL, pid, 0, 0)
            os.waitpid(pid, 0)
        self.task.arm(n)
        self.libc.ptrace(self.DETACH, pid, 0, 0)
        if not wait_until(lambda: self.gone() or self.listens(), 20):
            raise RuntimeError("dsrctl monitor neither listens nor ends")
        self.left = self.task.left()

    def gone(self):
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)

    def listens(self):
        return read(f"/proc/{self.process.pid}/wchan").endswith("skb_wait_for_more_packets")

    def hears(self, change):
        change()
        out = self.process.stdout
        return bool(wait_until(lambda: select.select([out], [], [], 0)[0]) and out.readline())

    def end(self):
        """What it complained of, if it ended by itself and with an error."""
        self.task.close()
        self.process.terminate()
        status = self.process.wait()
        said = self.process.stderr.read().decode().strip()
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()
        return said if status > 0 else ""


def monitor(lab):
    """It listens and hears, or says why it does not."""
    tally, seeds = Tally("dsrctl monitor"), itertools.count()

    def change():
        lab.do("service-set", name="a", seed=next(seeds) % 2)
    while True:
        tally.next()
        it = Monitor(tally.n)
        said = it.hears(change) if it.listens() else None
        why = it.end()
        tally.note("listens" if said else "failed")
        if it.left:
            break
        report.expect(said or said is None and why, f"fault {tally.n}: {said} {why}")
    report.expect(said, f"without a fault: {said} {why}")
    lab.do("service-set", name="a", seed=0)
    tally.end()


# Whatever half of it is there.
NO_VIP = (f"vip del {Tool.VIP}", f"vip del {Tool.VIP} noaddr")
TOOLS = (
    Tool("service add c 192.0.2.101:80/udp table-size 251", "service del c"),
    Tool("service set a seed 9", "service set a seed 0"),
    Tool("service del c", "service add c 192.0.2.101:80/udp table-size 251"),
    Tool("real add a 198.51.100.99 dev eth1 lladdr 02:00:00:00:02:99", "real del a 198.51.100.99"),
    Tool("real set a 198.51.100.100 weight 3", "real set a 198.51.100.100 weight 1"),
    Tool("real del a 198.51.100.101",
         "real add a 198.51.100.101 dev eth1 lladdr 02:00:00:00:01:01"),
    Tool("role add dev eth1 balancer", "role del dev eth1 balancer"),
    Tool("role set dev eth1 backend arp-ignore 3", "role set dev eth1 backend arp-ignore 1"),
    Tool("role del dev eth0 balancer", "role add dev eth0 balancer"),
    Tool(f"vip add {Tool.VIP}", *NO_VIP),
    Tool(f"vip del {Tool.VIP}", *NO_VIP, f"vip add {Tool.VIP}"),
    Tool("service show"), Tool("real show"), Tool("role show"), Tool("vip show"), Tool("show"),
    Tool("stats"), Tool("save"),
)


def tools(ns):
    lab, dsrctl = Lab(ns), Dsrctl()
    with Settings():
        lab.base()
        for tool in TOOLS:
            if chosen(f"dsrctl {tool.line}"):
                tool.sweep(lab, dsrctl)
        if chosen("dsrctl monitor"):
            monitor(lab)
        for line in NO_VIP:
            dsrctl.line(line)
        report.equal("dsrctl at the end of it", dsrctl.close(), 1)
        report.done("dsrctl has refused what was refused")
        lab.clear()
