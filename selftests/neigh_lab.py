# SPDX-License-Identifier: GPL-2.0
"""A balancer between a client and two reals on a switch, and what is said of the reals: neigh_lab.sh"""
import json
import os
import subprocess
import tempfile

from dsrnet import Inside, Report, Sender, Sniffer, datagram, eth, parse, run, wait_until
from dsrnl import Dsr

VIPS = {"web": "192.0.2.100", "web6": "2001:db8::100"}
REALS = {"web": ("198.51.100.11", "198.51.100.12"), "web6": ("2001:db8:1::11", "2001:db8:1::12")}
EACH = [(s, a) for s, addrs in REALS.items() for a in addrs]
MACS = ("02:00:00:00:01:11", "02:00:00:00:01:12")
LB_MAC, CLIENT_MAC, PORT, FLOWS = "02:00:00:00:00:10", "02:00:00:00:00:01", 7000, 50
LIMITS = [f"/proc/sys/net/{f}/neigh/default/gc_thresh{n}" for f in ("ipv4", "ipv6") for n in (3, 2, 1)]
report = Report()


def write(path, value, netns=""):
    with Inside(netns), open(path, "w", encoding="ascii") as f:
        f.write(str(value))


def read(path):
    with open(path, encoding="ascii") as f:
        return f.read().strip()


def ours(frame):
    return (parse(frame) or (0,) * 5)[2] in VIPS.values()


class Monitor:
    """The lines of `dsrctl -j monitor`."""

    def __init__(self, lab, dsrctl):
        self.lab, self.marks, self.lines = lab, 0, []
        self.file = tempfile.TemporaryFile()
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen([dsrctl, "-n", lab.lb, "-j", "monitor"], stdout=self.file)
        # It may not listen yet.
        wait_until(lambda: self.mark(0.5), 20)

    def read(self):
        # Its position in the file is also that of the program that writes it.
        fd = self.file.fileno()
        text = os.pread(fd, os.fstat(fd).st_size, 0).decode()
        self.lines = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
        return self.lines

    def mark(self, seconds=10):
        """Something to be seen once all before it has been; where it is among the lines."""
        self.marks += 1
        name = f"mark{self.marks}"
        self.lab.nl.do("service-add", name=name, addr="203.0.113.1", port=1, proto="udp",
                       table_size=251)
        self.lab.nl.do("service-del", name=name)

        def at():
            return [i for i, e in enumerate(self.read(), 1)
                    if e["event"] == "service-del" and e.get("name") == name]
        found = wait_until(at, seconds)
        return found[0] if found else 0

    def against(self, since, until):
        """What was said against a real meanwhile."""
        return [e for e in self.lines[since:until] if
                (e["event"] == "service-table" and e["name"] in VIPS and e["active"] < 2) or
                (e["event"] == "real-reach" and e["service"] in VIPS and e["reach"] != "reachable")]

    def end(self):
        self.process.terminate()
        self.process.wait()


class Lab:
    def __init__(self, client, lb, switch, dsrctl, *reals):
        self.client, self.lb, self.switch, self.reals = client, lb, switch, reals
        with Inside(lb):
            self.nl = Dsr()
        self.sender = Sender(client, "eth0")
        self.wires = [Sniffer(r, "eth0") for r in reals]
        self.frames = []
        for i in range(FLOWS):
            for vip, src in ((VIPS["web"], "192.0.2.1"), (VIPS["web6"], "2001:db8::1")):
                kind, packet = datagram(src, vip, "udp", 1000 + i, PORT)
                self.frames.append(eth(LB_MAC, CLIENT_MAC, kind, packet))
        self.nl.do("role-add", dev="eth0", role="balancer")
        for name, vip in VIPS.items():
            self.nl.do("service-add", name=name, addr=vip, port=PORT, proto="udp", table_size=251)
            for addr in REALS[name]:
                self.nl.do("real-add", service=name, addr=addr)
        wait_until(lambda: self.active() == [2, 2])
        self.monitor = Monitor(self, dsrctl)

    def real(self, service, addr):
        return self.nl.do("real-get", service=service, addr=addr)

    def active(self):
        return [self.nl.do("service-get", name=name)["active"] for name in VIPS]

    def reach(self):
        """What all reals are, by address, with the MAC they have."""
        return {addr: (r["reach"], r.get("mac")) for addr, r in
                ((addr, self.real(s, addr)) for s, addr in EACH)}

    def counts(self):
        """steered, no-real."""
        got = {s["reason"]: s["packets"] for s in self.nl.dump("stats-get", dev="eth0")}
        return [got.get(k, 0) for k in ("steered", "no-real")]

    def arrived(self):
        return sum(len(w.incoming(ours)) for w in self.wires)

    def entries(self):
        """{address: (state, MAC)} of the kernel's neighbour entries on the way out."""
        text = run(self.lb, "ip", "-j", "neigh", "show", "dev", "eth1") or "[]"
        return {e["dst"]: (" ".join(e["state"]).lower(), e.get("lladdr"))
                for e in json.loads(text)}

    def known(self):
        """Those that the kernel has a MAC address of."""
        return {a for a, (_, m) in self.entries().items() if m} & {a for _, a in EACH}

    def unblamed(self, since, addr=None):
        """Nothing was said against reals since that mark, or not of this one that it cannot be reached."""
        until = self.monitor.mark()
        report.expect(since and until, "dsrctl monitor does not follow")
        bad = [e for e in self.monitor.against(since, until) if addr in (None, e.get("addr"))]
        report.expect(not bad, f"{len(bad)} events against reals, the first: {bad[:1]}")

    def mute(self):
        run(self.switch, "nft", "add rule netdev mute in ether type arp drop; "
            "add rule netdev mute in icmpv6 type nd-neighbor-solicit drop")

    def speak(self):
        run(self.switch, "nft", "flush chain netdev mute in")
