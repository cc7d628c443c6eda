# SPDX-License-Identifier: GPL-2.0
"""Fault injection by number: the nth allocation of one task fails (see fault-injection.rst of the
kernel, /proc/PID/fail-nth). Slab, pages and copying from and to the user count alike.

A kernel without it has no /proc/self/fail-nth; who uses this has looked.
"""
import errno
import os

DEBUGFS = "/sys/kernel/debug"
SETTINGS = {
    # Allocations that may sleep are most of ours.
    "failslab/ignore-gfp-wait": "N",
    "fail_page_alloc/ignore-gfp-wait": "N",
    # Pages of the user's own stay whole: what is tested is the kernel. "highmem" says which they are.
    "fail_page_alloc/ignore-gfp-highmem": "Y",
    "fail_page_alloc/min-order": "0",
    # A stack of each would be a Call Trace in the log. The nth does not depend on the rest.
    "failslab/verbose": "0", "fail_page_alloc/verbose": "0", "fail_usercopy/verbose": "0",
}


def write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def read(path):
    with open(path, encoding="ascii") as f:
        return f.read().strip()


class Settings:
    """with Settings(): faults can be injected by number, in whatever this machine allocates."""

    def __init__(self):
        self.old = []

    def _set(self, path, value):
        self.old.append((path, read(path)))
        write(path, value)

    def __enter__(self):
        for name, value in SETTINGS.items():
            if os.path.exists(f"{DEBUGFS}/{name}"):
                self._set(f"{DEBUGFS}/{name}", value)
        # Some allocations tell the log when they fail: selftests/vm/lib.sh knows where we wanted that.
        write("/dev/kmsg", "selftest: faults begin\n")
        return self

    def __exit__(self, *_):
        write("/dev/kmsg", "selftest: faults end\n")
        while self.old:
            write(*self.old.pop())


class Task:
    """The faults of one task, ours unless a pid is given."""

    def __init__(self, pid="self"):
        self.fd = os.open(f"/proc/{pid}/fail-nth", os.O_RDWR)

    def arm(self, n):
        """From here on the nth fails. What we do ourselves until left() counts as well."""
        os.write(self.fd, b"%d" % n)

    def left(self):
        """Disarm. How many were missing for the fault: 0 if it was injected."""
        try:
            left = int(os.pread(self.fd, 16, 0))
        except OSError as e:
            if e.errno != errno.EFAULT:
                raise
            # Telling us was the one that failed.
            return 1
        if left:
            try:
                os.write(self.fd, b"0")
            except OSError as e:
                # And here it was telling it.
                if e.errno != errno.EFAULT:
                    raise
        return left

    def close(self):
        os.close(self.fd)


class Alone:
    """with Alone(): unbound works, as those of dsr, run on our CPU and wait until we sleep.

    So what is put off by a moment is not done behind our back before we have looked at it.
    """
    MASK = "/sys/devices/virtual/workqueue/cpumask"

    def __init__(self):
        self.mask, self.cpus = read(self.MASK), os.sched_getaffinity(0)

    def __enter__(self):
        write(self.MASK, "1")
        os.sched_setaffinity(0, {0})
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))

    def __exit__(self, *_):
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        os.sched_setaffinity(0, self.cpus)
        write(self.MASK, self.mask)


class Workers:
    """The faults of all workers that unbound works may run on."""

    def __init__(self):
        self.n = 0
        self.tasks = [Task(pid) for pid, _ in self._all()]

    def arm(self, n):
        self.n = n
        for task in self.tasks:
            task.arm(n)

    @staticmethod
    def _all():
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                name = read(f"/proc/{pid}/comm")
            except OSError:
                continue
            if name.startswith("kworker/u"):
                yield pid, name

    def busy(self, queue):
        """Whether any worker, also one that came later, works for it."""
        return any(name.endswith(f"+{queue}") for _, name in self._all())

    def used(self):
        """Whether one of them has come by something that could fail."""
        return any(int(os.pread(t.fd, 16, 0)) != self.n for t in self.tasks)

    def left(self):
        """Disarm. The least that any of them missed for a fault."""
        lefts = [t.left() for t in self.tasks]
        for t in self.tasks:
            t.close()
        return min(lefts)
