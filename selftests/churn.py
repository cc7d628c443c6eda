# SPDX-License-Identifier: GPL-2.0
"""Everything changes at once: see churn.sh.

  churn.py GEN LB REAL

A worker (churn_work.py) that ends before it is told to, or does not when told, is a failure.
"""
import ctypes
import errno
import os
import random
import signal
import sys
import time
import traceback

from churn_work import BESIDES, CYCLES, KINDS, Stop, WORKERS, counts, told
from dsrnet import Report, SLOW

# Without a step of any kind for so long it is stuck, not slow.
PATIENCE = 60 * SLOW
report = Report()


def work(worker, args):
    """The rest of this process."""
    random.seed(os.getpid())
    # Whoever takes the module away must get his turn.
    os.nice(5)
    status = 1
    try:
        signal.signal(signal.SIGTERM, told)
        worker(*args)
    except Stop:
        status = 0
    except BaseException:  # pylint: disable=broad-exception-caught
        traceback.print_exc()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os._exit(status)


def start(worker, args):
    pid = os.fork()
    if not pid:
        work(worker, args)
    return worker.__name__, pid


def collect(name, pid):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        gone, status, used = os.wait4(pid, os.WNOHANG)
        if gone:
            print(f"# {used.ru_utime:.0f} + {used.ru_stime:.0f} s of CPU time: {name}")
            report.expect(status == 0, f"{name}: status {status}")
            return
        time.sleep(0.02)
    report.expect(False, f"{name} does not end")
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


class Module:
    """The system calls as they are, from memory: reading the file takes longer than all the rest."""

    def __init__(self):
        with open(os.environ["DSR_KO"], "rb") as f:
            image = f.read()
        self.image, self.size = ctypes.create_string_buffer(image, len(image)), len(image)
        self.libc = ctypes.CDLL(None, use_errno=True)

    def _call(self, *args):
        if self.libc.syscall(*args) < 0:
            raise OSError(ctypes.get_errno(), "the module")

    def load(self):
        self._call(175, self.image, ctypes.c_ulong(self.size), b"")
        return True

    def unload(self):
        """In use is no failure as long as it ends."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self._call(176, b"dsr", os.O_NONBLOCK)
            except OSError as e:
                if e.errno != errno.EAGAIN or time.monotonic() > end:
                    return False
                time.sleep(0.002)
            else:
                return True

    def cycle(self):
        """It goes after some requests, many or few, and comes after some steps of the others or none."""
        for count, more, change in (
                (lambda: counts.get("requests done"), random.choice((0, 1, 5, 20)), self.unload),
                (counts.all, random.choice((0, 0, 5)), self.load)):
            want, end = count() + more, time.monotonic() + PATIENCE
            while count() < want:
                if not report.expect(time.monotonic() < end, "nothing goes on any more"):
                    return False
                time.sleep(0.002)
            if not change():
                return report.expect(False, "the module does not go away")
        counts.add("module loaded and unloaded")
        return True


def churn(module, workers):
    """Until every kind was done often enough, as long as there is progress."""
    began = said = moved = time.monotonic()
    last = 0
    while counts.missing() and not report.problems:
        if not module.cycle():
            return
        gone, status = os.waitpid(-1, os.WNOHANG)
        if gone:
            name = next(name for name, pid in workers if pid == gone)
            report.expect(False, f"{name} has ended with status {status}")
            workers[:] = [w for w in workers if w[1] != gone]
        now, done = time.monotonic(), counts.progress()
        if done > last:
            last, moved = done, now
        report.expect(now < moved + PATIENCE, f"no progress any more: {counts.missing()}")
        if now > said + 15:
            said = now
            print(f"# {now - began:.0f} s:", ", ".join(f"{counts.get(n)} {n}" for n in KINDS),
                  flush=True)


def main(args):
    module, began = Module(), time.monotonic()
    workers = [start(w, args) for w in WORKERS]
    try:
        churn(module, workers)
    finally:
        for _, pid in workers:
            os.kill(pid, signal.SIGTERM)
    report.done("it goes on and on")
    for name, pid in workers:
        collect(name, pid)
    report.done("all who changed something come to an end")
    print(f"# {time.monotonic() - began:.0f} s;", ", ".join(
        f"{counts.get(name)} {name}" for name in BESIDES))
    for name in BESIDES:
        report.expect(counts.get(name), f"no {name}")
    report.done("and all that goes on besides went on")
    for name in KINDS:
        report.expect(counts.get(name) >= CYCLES, f"only {counts.get(name)} of {CYCLES}")
        report.done(f"{counts.get(name)} times: {name}")


main(sys.argv[1:])
