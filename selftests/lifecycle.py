# SPDX-License-Identifier: GPL-2.0
"""Devices, namespaces and the module go under traffic: see lifecycle.sh.

  lifecycle.py devices|namespaces|cycles GEN LB REAL SPARE
"""
import os
import subprocess
import sys
import threading
import time

from dsrnet import Inside, Report, Sender, Sniffer, datagram, eth, ip, run, wait_until
from dsrnl import Dsr, NlError, Spec

KO = os.environ.get("DSR_KO", "")
CYCLES, ROUNDS = int(os.environ.get("CYCLES", 200)), int(os.environ.get("ROUNDS", 3))
GEN_MAC, LB_MAC, LB1_MAC, REAL_MAC = (f"02:00:00:00:00:{n:02}" for n in (1, 10, 20, 11))
V4, V6, PORT = "192.0.2.100", "2001:db8::100", 80
LISTS_HOOKS = os.environ.get("LISTS_HOOKS")
report = Report()


class Traffic:
    """A thread that sends to both VIPs until it is stopped, whatever becomes of its device."""

    def __init__(self, netns, frames, pause=0.0005):
        self.netns, self.frames, self.pause = netns, frames, pause
        self.sent, self.run = 0, True
        self.thread = threading.Thread(target=self._loop, daemon=True)
        self.sender = Sender(netns, "eth0")
        self.thread.start()

    def _loop(self):
        n = 0
        while self.run:
            n += 1
            try:
                self.sender.send(self.frames[n % len(self.frames)])
                self.sent += 1
            except OSError:
                # The device is down or gone: another one of its name may come.
                self._again()
            time.sleep(self.pause)

    def _again(self):
        try:
            self.sender.sock.close()
            # Not through Inside: that is the main thread's.
            self.sender = Sender(self.netns, "eth0")
        except OSError:
            time.sleep(0.002)

    def stop(self):
        self.run = False
        self.thread.join()


def all_frames():
    out = []
    for i in range(32):
        for vip, src in ((V4, "192.0.2.1"), (V6, "2001:db8::1")):
            kind, packet = datagram(src, vip, "udp", 1000 + i, PORT)
            out.append(eth(LB_MAC, GEN_MAC, kind, packet))
    return out


def rename(netns, old, new):
    """While it is up, if this kernel can (since 6.2)."""
    try:
        ip(netns, f"link set {old} name {new}")
    except RuntimeError:
        ip(netns, f"link set {old} down", f"link set {old} name {new}", f"link set {new} up")


class Lab:
    def __init__(self, gen, lb, real, spare):
        self.gen, self.lb, self.real, self.spare = gen, lb, real, spare
        self.spec = Spec()
        self.nl = self.traffic = None

    def open(self):
        with Inside(self.lb):
            self.nl = Dsr(self.spec)

    def cable(self, dev):
        """lb's eth0 or eth1 as it was."""
        mac, other, ns = (LB_MAC, GEN_MAC, self.gen) if dev == "eth0" else \
            (LB1_MAC, REAL_MAC, self.real)
        ip(self.lb, f"link add {dev} address {mac} type veth peer name eth0 netns {ns} "
           f"address {other}", f"link set {dev} up")
        ip(ns, "link set eth0 arp off up")

    def configure(self):
        self.nl.do("role-add", dev="eth0", role="balancer")
        for name, vip in (("w4", V4), ("w6", V6)):
            self.nl.do("service-add", name=name, addr=vip, port=PORT, proto="udp", table_size=251)
            self.nl.do("real-add", service=name, addr="198.51.100.11", dev="eth1", lladdr=REAL_MAC)

    def clear(self):
        for s in self.nl.dump("service-get"):
            self.nl.do("service-del", name=s["name"])
        for v in self.nl.dump("vip-get"):
            self.nl.do("vip-del", addr=v["addr"])
        for r in self.nl.dump("role-get"):
            self.nl.do("role-del", dev=r["dev"], role=r["role"])

    def steered(self):
        return sum(s["counters"]["packets"] for s in self.nl.dump("service-get"))

    def steers(self):
        """More is steered from now on."""
        before = self.steered()
        return wait_until(lambda: self.steered() > before + 5, 5)

    def rests(self):
        """Nothing is steered from now on, while traffic goes on."""
        before = self.steered()
        sent = self.traffic.sent
        wait_until(lambda: self.traffic.sent > sent + 20 or not self.traffic.run, 2)
        return report.equal("steered meanwhile", self.steered() - before, 0)

    def roles(self):
        return sorted((r["dev"], r["role"]) for r in self.nl.dump("role-get"))


def role_device(lab):
    """What becomes of the device that has the role."""
    def down():
        ip(lab.lb, "link set eth0 down")
        report.equal("roles when down", lab.roles(), [("eth0", "balancer")])
        ip(lab.lb, "link set eth0 up")

    def renamed():
        rename(lab.lb, "eth0", "wan0")
        report.equal("roles when renamed", lab.roles(), [("wan0", "balancer")])
        report.expect(lab.steers(), "a renamed device does not steer")
        rename(lab.lb, "wan0", "eth0")

    def mac():
        ip(lab.lb, "link set eth0 address 02:00:00:00:00:77")
        lab.rests()
        ip(lab.lb, f"link set eth0 address {LB_MAC}")

    def deleted():
        ip(lab.lb, "link del eth0")
        report.equal("roles when deleted", lab.roles(), [])
        lab.cable("eth0")
        lab.nl.do("role-add", dev="eth0", role="balancer")

    def moved():
        ip(lab.lb, f"link set eth0 netns {lab.spare}")
        report.equal("roles when moved", lab.roles(), [])
        ip(lab.spare, "link set eth0 up", f"link set eth0 netns {lab.lb}")
        ip(lab.lb, "link set eth0 up")
        report.equal("roles when back", lab.roles(), [])
        lab.rests()
        lab.nl.do("role-add", dev="eth0", role="balancer")

    for change in (down, renamed, mac, deleted, moved):
        for _ in range(ROUNDS):
            change()
            report.expect(lab.steers(), "steering does not go on")
        report.done(f"role device {change.__name__} {ROUNDS} times under traffic")


def egress_device(lab):
    """What becomes of the device that leads to the real."""
    def reach():
        return lab.nl.do("real-get", service="w4", addr="198.51.100.11")["reach"]

    def is_now(want):
        wait_until(lambda: reach() == want, 3)
        report.equal("reach", reach(), want)

    def down():
        ip(lab.lb, "link set eth1 down")
        is_now("no-device")
        ip(lab.lb, "link set eth1 up")

    def renamed():
        rename(lab.lb, "eth1", "dmz0")
        is_now("no-device")
        rename(lab.lb, "dmz0", "eth1")

    def mac():
        seen = Sniffer(lab.real, "eth0")
        ip(lab.lb, "link set eth1 address 02:00:00:00:00:78")
        report.expect(wait_until(lambda: any(f[6:12].hex(":") == "02:00:00:00:00:78"
                                             for f in seen.incoming()), 3), "the old source MAC")
        ip(lab.lb, f"link set eth1 address {LB1_MAC}")
        seen.close()

    def deleted():
        ip(lab.lb, "link del eth1")
        is_now("no-device")
        lab.cable("eth1")

    def moved():
        ip(lab.lb, f"link set eth1 netns {lab.spare}")
        is_now("no-device")
        ip(lab.spare, f"link set eth1 netns {lab.lb}")
        ip(lab.lb, "link set eth1 up")

    for change in (down, renamed, mac, deleted, moved):
        for _ in range(ROUNDS):
            change()
            is_now("reachable")
            report.expect(lab.steers(), "steering does not go on")
        report.done(f"egress device {change.__name__} {ROUNDS} times under traffic")


def backend_device(lab):
    """A backend's device, asked for the VIP all the time."""
    lab.nl.do("vip-add", addr="203.0.113.1", dev="eth0")
    lab.nl.do("vip-add", addr="2001:db8:1::1", dev="eth0")
    for change in (("link set eth0 down", "link set eth0 up"),
                   ("link set eth0 down", "link set eth0 name b0", "link set b0 name eth0"),
                   ("link set eth0 address 02:00:00:00:00:77", f"link set eth0 address {LB_MAC}"),
                   (f"link set eth0 netns {lab.spare}", None), ("link del eth0", None)):
        for _ in range(ROUNDS):
            lab.nl.do("role-add", dev="eth0", role="backend")
            ip(lab.lb, "addr replace 203.0.113.1/32 dev eth0",
               "addr replace 2001:db8:1::1/128 dev eth0 nodad")
            if change[1]:
                ip(lab.lb, *change)
                ip(lab.lb, "link set eth0 up")
                lab.nl.do("role-del", dev="eth0", role="backend")
                continue
            ip(lab.lb, change[0])
            report.equal("roles", lab.roles(), [])
            if "netns" in change[0]:
                ip(lab.spare, f"link set eth0 netns {lab.lb}")
                ip(lab.lb, "link set eth0 up")
            else:
                lab.cable("eth0")
        report.done(f"backend's device: {', '.join(c for c in change if c)}: {ROUNDS} times "
                    "under traffic")


def devices(lab):
    for dev in ("eth0", "eth1"):
        lab.cable(dev)
    lab.open()
    lab.configure()
    lab.traffic = Traffic(lab.gen, all_frames())
    role_device(lab)
    egress_device(lab)
    lab.clear()
    backend_device(lab)
    lab.clear()
    lab.traffic.stop()
    ip(lab.lb, "link del eth0", "link del eth1")


def doomed(lab):
    """A namespace with everything in it, deleted under traffic, and all of it is gone."""
    name = f"doomed-{os.getpid()}"
    try:
        for _ in range(ROUNDS):
            subprocess.run(["ip", "netns", "add", name], check=True)
            doom(lab, name)
    finally:
        if os.path.exists(f"/run/netns/{name}"):
            subprocess.run(["ip", "netns", "del", name], check=True)
    report.done(f"a namespace with everything configured deleted {ROUNDS} times under traffic")


def doom(lab, name):
    """One such. Its lo stays down, so that it has not even 127.0.0.1."""
    victim = Lab(lab.gen, name, lab.real, lab.spare)
    victim.spec = lab.spec
    with Inside(name):
        with open("/proc/sys/net/ipv6/conf/default/addr_gen_mode", "w", encoding="ascii") as f:
            f.write("1")
    for dev in ("eth0", "eth1"):
        victim.cable(dev)
    victim.open()
    victim.configure()
    victim.nl.do("role-add", dev="eth0", role="backend")
    victim.nl.do("role-add", dev="eth1", role="backend")
    for vip in ("203.0.113.1", "2001:db8:1::1"):
        victim.nl.do("vip-add", addr=vip)
    # A real that is still asked for, and one that never answers.
    ip(name, "addr add 198.51.100.1/24 dev eth1")
    victim.nl.do("real-add", service="w4", addr="198.51.100.99")
    traffic = Traffic(lab.gen, all_frames())
    victim.traffic = traffic
    report.expect(victim.steers(), "nothing is steered")
    # Our own socket would keep it alive.
    victim.nl.sock.close()
    victim.nl = None
    subprocess.run(["ip", "netns", "del", name], check=True)
    began = time.monotonic()
    gone = wait_until(lambda: not os.path.exists(f"/run/netns/{name}") and
                      "eth0" not in ip(lab.gen, "link show"), 10)
    report.expect(gone, "its devices are still there")
    print(f"# gone after {time.monotonic() - began:.1f} s")
    traffic.stop()


def listed(lab):
    return run(lab.lb, "nft", "list", "hooks", "netdev", "device", "eth0")


def hooks(lab):
    """nft lists hooks while they come and go."""
    for dev in ("eth0", "eth1"):
        lab.cable(dev)
    lab.open()
    lab.configure()
    lab.traffic = Traffic(lab.gen, all_frames())
    lister = None
    if LISTS_HOOKS:
        report.expect("dsr" in listed(lab), f"nft does not list the hook: {listed(lab)}")
        lister = subprocess.Popen(
            ["ip", "netns", "exec", lab.lb, "sh", "-c", "while nft list hooks netdev device eth0 "
             ">/dev/null && nft list hooks >/dev/null; do :; done"])
    for _ in range(50):
        lab.nl.do("role-del", dev="eth0", role="balancer")
        lab.nl.do("role-add", dev="eth0", role="balancer")
        lab.nl.do("vip-add", addr="203.0.113.1")
        lab.nl.do("vip-del", addr="203.0.113.1")
    report.expect(lab.steers(), "steering does not go on")
    lab.nl.do("role-del", dev="eth0", role="balancer")
    lab.rests()
    report.done("hooks come and go 50 times under traffic")
    name = "and nft, which lists them all the time, finds none left"
    if lister:
        report.expect(lister.poll() is None, "nft failed")
        lister.terminate()
        lister.wait()
        report.expect("dsr" not in listed(lab), f"a hook is left: {listed(lab)}")
        report.done(name)
    else:
        print("# this kernel cannot list its hooks (no nfnetlink_hook), so nobody looks for one")
    lab.clear()
    lab.traffic.stop()
    ip(lab.lb, "link del eth0", "link del eth1")


def namespaces(lab):
    doomed(lab)
    hooks(lab)


def memory():
    """KiB that the kernel has for itself."""
    with open("/proc/meminfo", encoding="ascii") as f:
        lines = dict(line.split(":") for line in f)
    return sum(int(lines[k].split()[0]) for k in ("SUnreclaim", "VmallocUsed", "Percpu"))


def cycles(lab):
    for dev in ("eth0", "eth1"):
        lab.cable(dev)
    traffic = Traffic(lab.gen, all_frames(), 0.001)
    seen, bad, grown = Sniffer(lab.real, "eth0"), 0, 0
    began, took = time.monotonic(), [0, 0, 0]
    for i in range(CYCLES):
        # What is loaded once stays: not counted are the first cycles.
        if i == min(20, CYCLES // 2):
            grown = memory()
        t0 = time.monotonic()
        subprocess.run(["insmod", KO], check=True)
        t1 = time.monotonic()
        lab.open()
        lab.configure()
        lab.nl.do("role-add", dev="eth1", role="backend")
        lab.nl.do("vip-add", addr="203.0.113.1")
        seen.take()
        bad += not wait_until(lambda: sum(f[:6].hex(":") == REAL_MAC for f in seen.incoming()) >= 3,
                              5)
        # All of it still configured, a socket open, and traffic on its way.
        t2 = time.monotonic()
        subprocess.run(["rmmod", "dsr"], check=True)
        t3 = time.monotonic()
        took = [a + b for a, b in zip(took, (t1 - t0, t2 - t1, t3 - t2))]
        if os.path.exists("/sys/module/dsr"):
            bad += 1
        lab.nl.sock.close()
    grown = memory() - grown
    report.equal("cycles in which nothing was steered, or the module stayed", bad, 0)
    report.expect(grown < 8192, f"the kernel has {grown} KiB more after them")
    print(f"# {CYCLES} cycles in {time.monotonic() - began:.0f} s (insmod {took[0]:.0f}, use "
          f"{took[1]:.0f}, rmmod {took[2]:.0f}), the kernel's memory moved by {grown} KiB")
    report.done(f"{CYCLES} cycles of insmod, configure, traffic, rmmod under traffic")
    seen.take()
    sent = traffic.sent
    wait_until(lambda: traffic.sent > sent + 50, 5)
    report.equal("frames steered without the module", len(seen.incoming()), 0)
    with Inside(lab.lb):
        try:
            Dsr(lab.spec)
            report.expect(False, "the family is still there")
        except NlError as e:
            report.equal("the family", e.name, "ENOENT")
    report.done("nothing is left behind")
    traffic.stop()
    ip(lab.lb, "link del eth0", "link del eth1")


def main():
    what, *names = sys.argv[1:]
    part = {"devices": devices, "namespaces": namespaces, "cycles": cycles}[what]
    if not report.attempt(what, lambda: part(Lab(*names))):
        for netns in names:
            for dev in ("eth0", "eth1", "wan0", "dmz0", "b0"):
                subprocess.run(["ip", "-n", netns, "link", "del", dev], capture_output=True,
                               check=False)
    sys.stdout.flush()
    os._exit(0)


main()
