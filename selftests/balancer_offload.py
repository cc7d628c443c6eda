# SPDX-License-Identifier: GPL-2.0
"""Offloads, taps and queues: balancer_offload.py SWITCH CLIENT LB REAL1 REAL2"""
import hashlib
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

from dsrnet import (Inside, OneCpu, Report, Sender, Sniffer, datagram, eth, ip, parse, run, sock, wait_until)
from dsrnl import Dsr

V4, V6, PORT = "192.0.2.100", "2001:db8::100", 8080
CLIENT_MAC, LB_MAC = "02:00:00:00:00:01", "02:00:00:00:00:10"
REAL_MACS = ("02:00:00:00:00:11", "02:00:00:00:00:12")
MB = int(os.environ.get("STREAM_MB", 16))
UDP_SEGMENT = 103
report = Report()


class Lab:
    def __init__(self, switch, client, lb, *reals):
        self.switch, self.client, self.lb, self.reals = switch, client, lb, reals
        with Inside(lb):
            self.nl = Dsr()
        self.sender = Sender(client, "eth0")

    def reasons(self):
        return {s["reason"]: s["packets"] for s in self.nl.dump("stats-get", dev="eth0")
                if s["role"] == "balancer"}

    def counters(self, dev="eth0"):
        """(frames, bytes) received by the balancer's device."""
        with Inside(self.lb), open("/proc/thread-self/net/dev", encoding="ascii") as f:
            line = next(l for l in f if l.strip().startswith(dev + ":"))
        values = line.split(":")[1].split()
        return int(values[1]), int(values[0])

    def offload(self, netns, dev="eth0", **features):
        words = [w for k, v in features.items() for w in (k, "on" if v else "off")]
        run(netns, "ethtool", "-K", dev, *words)


def stream(lab, family, megabytes):
    """One TCP connection through the VIP; returns (bytes a frame, digests are the same)."""
    vip, af = (V4, socket.AF_INET) if family == 4 else (V6, socket.AF_INET6)
    listener = sock(lab.reals[0], af, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((vip, PORT))
    listener.listen(1)
    listener.settimeout(60)
    got = []

    def serve():
        try:
            conn, _ = listener.accept()
            conn.settimeout(60)
            with conn:
                digest, n = hashlib.sha256(), 0
                while data := conn.recv(1 << 20):
                    digest.update(data)
                    n += len(data)
                got.append((n, digest.hexdigest()))
                conn.sendall(digest.digest())
        except OSError as e:
            got.append((0, str(e)))
    server = threading.Thread(target=serve, daemon=True)
    server.start()
    block = os.urandom(1 << 18)
    sent = hashlib.sha256()
    before = lab.counters()
    with sock(lab.client, af, socket.SOCK_STREAM) as s:
        s.settimeout(60)
        s.connect((vip, PORT))
        for i in range(4 * megabytes):
            # Never the same twice, so that nothing can be swapped unseen.
            piece = struct.pack("!Q", i) + block[8:]
            sent.update(piece)
            s.sendall(piece)
        s.shutdown(socket.SHUT_WR)
        reply = s.recv(100)
    server.join(60)
    listener.close()
    after = lab.counters()
    size = (after[1] - before[1]) / max(after[0] - before[0], 1)
    return size, got == [(megabytes << 20, sent.hexdigest())] and reply == sent.digest()


def streams(lab):
    """(name, features of client, features of balancer and reals, least and most bytes a frame)

    A frame is what comes in by the cable. What GRO merged is steered as one, and counted as one. veth
    has GRO only where the other end of the cable cannot segment. How long super packets get is TCP's
    affair, and on a slow machine they are short: the average is to be more than any packet alone is,
    which proves that there were some.
    """
    on, off = True, False
    for name, mine, theirs, least, most in (
            ("TSO and GRO on", {"tso": on, "tx": on}, {"gro": on, "tso": on}, 1600, 70000),
            ("GRO on, TSO off", {"tso": off, "gso": off}, {"gro": on, "tso": on}, 0, 1600),
            ("GRO off, TSO off", {"tso": off, "gso": off}, {"gro": off, "tso": off}, 0, 1600),
            ("checksums in software", {"tx": off}, {"tx": off, "rx": off, "gro": on}, 0, 1600)):
        lab.offload(lab.client, **mine)
        for netns in (lab.lb, *lab.reals):
            lab.offload(netns, **theirs)
        for port in ("lb", "real1", "real2"):
            lab.offload(lab.switch, port, tso=not name.startswith("GRO"))
        before, frames = lab.reasons(), lab.counters()[0]
        for family in (4, 6):
            # All of it once; the other ways differ in how frames look, not in how many there are.
            megabytes = MB if name.startswith("TSO") else max(MB // 4, 1)
            size, same = stream(lab, family, megabytes)
            report.expect(same, f"IPv{family}: not what was sent")
            report.expect(least <= size <= most, f"IPv{family}: {size:.0f} bytes a frame")
            print(f"# {name}: IPv{family}, {megabytes} MB, {size:.0f} bytes a frame")
        after, frames = lab.reasons(), lab.counters()[0] - frames
        share = (after.get("steered", 0) - before.get("steered", 0)) / frames
        merged = theirs.get("gro") and mine.get("tso") is False
        report.expect(share < 0.7 if merged else 0.9 < share <= 1,
                      f"{share:.2f} of {frames} frames steered")
        for reason in ("too-big", "lro", "no-memory", "egress-drop", "malformed"):
            report.equal(reason, after.get(reason, 0) - before.get(reason, 0), 0)
        report.done(f"TCP streams with {name}: the real gets what was sent")
    for netns in (lab.client, lab.lb, *lab.reals):
        lab.offload(netns, gro=False, tso=True, gso=True, tx=True, rx=True)
    for port in ("lb", "real1", "real2"):
        lab.offload(lab.switch, port, tso=True)


def servers(lab):
    """A UDP socket on each real."""
    out = []
    for real in lab.reals:
        s = sock(real, socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)
        s.bind((V4, PORT))
        s.setblocking(False)
        out.append(s)
    return out


def received(servers_, into):
    for i, s in enumerate(servers_):
        while True:
            try:
                data, peer = s.recvfrom(1 << 16)
            except BlockingIOError:
                break
            into.append((i, peer[1], data))
    return into


def sequence(datagrams):
    """The two numbers in each; runs of the second are put together."""
    said, last = [], None
    for i, j in (d[:2] for d in datagrams):
        if last == (i, j - 1):
            said[-1][2] = j
        else:
            said.append([i, j, j])
        last = i, j
    return " ".join(f"{i}.{a}-{b}" for i, a, b in said)


def udp_gso(lab):
    """16 datagrams in one packet of the stack."""
    for gro in (True, False):
        for netns in (lab.lb, *lab.reals):
            lab.offload(netns, gro=gro)
        ears, got, want = servers(lab), [], []
        wire = Sniffer(lab.lb, "eth0")
        with sock(lab.client, socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect((V4, PORT))
            port = s.getsockname()[1]
            s.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1000)
            with OneCpu():
                for i in range(20):
                    parts = [bytes([i, j]) * 500 for j in range(16)]
                    want += parts
                    s.send(b"".join(parts))
        wait_until(lambda: len(received(ears, got)) >= len(want), 10)
        report.equal("datagrams", sequence(d for _, _, d in got), sequence(want))
        report.equal("from one port to one real", len({(i, p) for i, p, _ in got}), 1)
        report.equal("port", {p for _, p, _ in got}, {port})
        biggest = max((len(f) for f in wire.incoming()), default=0)
        report.expect(biggest > 15000, f"the longest frame at the balancer had {biggest} bytes")
        report.done(f"UDP GSO, GRO {'on' if gro else 'off'} at balancer and reals: every datagram "
                    "once and in order")
        wire.close()
        for s in ears:
            s.close()
    for netns in (lab.lb, *lab.reals):
        lab.offload(netns, gro=False)


def spray(lab, n, first=1000):
    """n datagrams of n flows; returns them as sent."""
    sent = []
    with OneCpu():
        for i in range(n):
            kind, packet = datagram("192.0.2.1", V4, "udp", first + i, PORT,
                                    struct.pack("!I", first + i) * 16)
            frame = eth(LB_MAC, CLIENT_MAC, kind, packet)
            lab.sender.send(frame)
            sent.append(frame)
    return sent


def to_vip(frame):
    p = parse(frame)
    return p and p[2] == V4 and p[3] == 17


def frames_of(path):
    """The frames of a capture file."""
    with open(path, "rb") as f:
        data = f.read()
    at, out = 24, []
    while at + 16 <= len(data):
        length = struct.unpack_from("=I", data, at + 8)[0]
        out.append(data[at + 16:at + 16 + length])
        at += 16 + length
    return out


def tcpdump(lab):
    """A tap has clones of what is rewritten: it must see what came, and the real what it should."""
    path = f"/tmp/balancer_offload.{os.getpid()}"
    dumps = []
    for way in ("in", "out"):
        dump = subprocess.Popen(
            ["ip", "netns", "exec", lab.lb, "tcpdump", "-i", "eth0", "-Q", way, "-U", "--immediate-mode",
             "-s", "0", "-B", "8192", "-Z", "root", "-w", f"{path}.{way}", "udp", "dst", "port", str(PORT)],
            stderr=subprocess.PIPE, text=True)
        while "listening on" not in dump.stderr.readline():
            pass
        dumps.append(dump)
    at_real = [Sniffer(real, "eth0") for real in lab.reals]
    sent = spray(lab, 200)
    wait_until(lambda: sum(len(s.incoming(to_vip)) for s in at_real) >= 200, 10)
    wait_until(lambda: all(os.path.getsize(f"{path}.{w}") >= 24 + 200 * (16 + len(sent[0]))
                           for w in ("in", "out")), 10)
    for dump in dumps:
        dump.send_signal(signal.SIGINT)
        dump.wait(20)
    report.expect(frames_of(f"{path}.in") == sent, "tcpdump did not see the frames as they came")
    out = frames_of(f"{path}.out")
    report.equal("frames out", len(out), 200)
    report.expect([f[12:] for f in out] == [f[12:] for f in sent], "frames out differ beyond MACs")
    for i, s in enumerate(at_real):
        got = s.incoming(to_vip)
        report.equal(f"real{i + 1}: MACs", {(f[:6].hex(":"), f[6:12].hex(":")) for f in got},
                     {(REAL_MACS[i], LB_MAC)})
        report.expect(got == [f for f in out if f[:6].hex(":") == REAL_MACS[i]],
                      f"real{i + 1} did not get what went out")
        s.close()
    for way in ("in", "out"):
        os.unlink(f"{path}.{way}")
    report.done("tcpdump sees the original frame, and the real the right one")


def flooding(lab):
    """The switch knows no station and sends everything everywhere; the balancer hears it all."""
    ip(lab.switch, *(f"link set {port} type bridge_slave learning off flood on"
                     for port in ("client", "lb", "real1", "real2")),
       "link set br0 type bridge ageing_time 0")
    for port in ("client", "lb", "real1", "real2"):
        for line in run(lab.switch, "bridge", "fdb", "show", "brport", port).splitlines():
            if "permanent" not in line and "self" not in line:
                run(lab.switch, "bridge", "fdb", "del", line.split()[0], "dev", port, "master",
                    "vlan", "7")
    ip(lab.lb, "link set eth0 promisc on")
    ears, got = servers(lab), []
    before = lab.reasons()
    sniffers = [Sniffer(real, "eth0") for real in lab.reals]
    sent = spray(lab, 300, 3000)
    # What is sent to the real floods back to nobody but everybody else; what others say to each
    # other floods to the balancer, and must not be steered by it.
    for i in range(100):
        kind, packet = datagram("192.0.2.1", V4, "udp", 9000 + i, PORT)
        lab.sender.send(eth(REAL_MACS[0], CLIENT_MAC, kind, packet))
    wait_until(lambda: len(received(ears, got)) >= 400, 10)
    after = lab.reasons()
    report.equal("steered", after["steered"] - before["steered"], 300)
    report.expect(after.get("not-host", 0) - before.get("not-host", 0) >= 100, "nothing flooded")
    ports = [p for _, p, _ in got]
    report.equal("received", (len(ports), len(set(ports))), (400, 400))
    report.expect(sorted(d for _, p, d in got if p < 9000) ==
                  sorted(f[42:] for f in sent), "something else was received")
    # On the wire, too: each frame comes once to each real's cable, whoever it is for.
    for i, s in enumerate(sniffers):
        mine = [f for f in s.incoming(to_vip) if f[6:12].hex(":") == LB_MAC]
        report.equal(f"frames from the balancer at real{i + 1}", (len(mine), len(set(mine))),
                     (300, 300))
        s.close()
    report.done("promiscuous on a flooding switch: 300 flows, each once, no duplicates")
    ip(lab.lb, "link set eth0 promisc off")
    ip(lab.switch, *(f"link set {port} type bridge_slave learning on"
                     for port in ("client", "lb", "real1", "real2")),
       "link set br0 type bridge ageing_time 30000")
    for s in ears:
        s.close()


def fq(lab):
    """fq takes a time in the packet for the time to send it at: that of arrival is no such."""
    run(lab.lb, "tc", "qdisc", "replace", "dev", "eth0", "root", "fq")
    # Somebody who wants timestamps turns them on for all.
    stamper = sock(lab.lb, socket.AF_PACKET, socket.SOCK_RAW, 0)
    stamper.setsockopt(socket.SOL_SOCKET, 35, 1)
    stamper.bind(("eth0", 3))
    ears, got = servers(lab), []
    began = time.monotonic()
    spray(lab, 500, 5000)
    wait_until(lambda: len(received(ears, got)) >= 500, 10)
    report.equal("datagrams", len({p for _, p, _ in got}), 500)
    took = time.monotonic() - began
    _, same = stream(lab, 4, 2)
    report.expect(same, "a stream is damaged")
    (qdisc,) = json.loads(run(lab.lb, "tc", "-j", "-s", "qdisc", "show", "dev", "eth0"))
    report.equal("qdisc", qdisc["kind"], "fq")
    report.expect(qdisc["packets"] >= 500, f"{qdisc['packets']} packets through it")
    report.equal("drops", qdisc["drops"], 0)
    throttled = {k: v for k, v in qdisc.items() if k in ("throttled", "flows_plimit",
                                                         "horizon_drops", "horizon_caps") and v}
    report.expect(not {"horizon_drops", "horizon_caps", "flows_plimit"} & set(throttled),
                  f"{throttled}")
    report.done("fq with receive timestamps on: 0 drops")
    print(f"# 500 datagrams through fq in {1000 * took:.0f} ms")
    run(lab.lb, "tc", "qdisc", "del", "dev", "eth0", "root")
    stamper.close()
    for s in ears:
        s.close()


def at_reals(sniffers):
    """What the balancer has sent to reals, by their MAC addresses."""
    return [f for s, mac in zip(sniffers, REAL_MACS) for f in s.incoming(to_vip) if f[:6].hex(":") == mac]


def refused(lab):
    """The way out takes nothing: the packet is gone and counted, and our own stack has not got it."""
    run(lab.lb, "nft", "table netdev out { chain out { type filter hook egress device eth0 priority 0; "
        "udp dport 8080 counter drop; }; }")
    own = sock(lab.lb, socket.AF_INET, socket.SOCK_DGRAM)
    own.bind((V4, PORT))
    own.setblocking(False)
    wire = Sniffer(lab.client, "eth0")
    before = lab.reasons()
    spray(lab, 100, 7000)

    def moved(reason):
        return lab.reasons().get(reason, 0) - before.get(reason, 0)
    wait_until(lambda: moved("egress-drop") >= 100)
    report.equal("egress-drop, steered", (moved("egress-drop"), moved("steered")), (100, 0))
    report.equal("in our own socket", received([own], []), [])
    report.equal("ICMP to the client", [f for f in wire.incoming() if f[12:14] == b"\x08\0" and f[23] == 1], [])
    own.close()
    run(lab.lb, "nft", "delete table netdev out")
    report.done("what the way out refuses is counted, and ends there")


def priorities(lab):
    """Chains of nft on the same hook see what comes before the role, and nothing that it takes."""
    run(lab.lb, "nft", "table netdev in { counter before { }; counter after { }; "
        "chain before { type filter hook ingress device eth0 priority -1; udp dport 8080 counter name before; "
        "udp sport 7999 drop; }; "
        "chain after { type filter hook ingress device eth0 priority 1; udp dport 8080 counter name after; }; }")
    seen = [Sniffer(real, "eth0") for real in lab.reals]
    spray(lab, 100, 7900)
    wait_until(lambda: len(at_reals(seen)) >= 99)
    counters = {c["counter"]["name"]: c["counter"]["packets"] for c in json.loads(
        run(lab.lb, "nft", "-j", "list", "counters", "table", "netdev", "in"))["nftables"] if "counter" in c}
    report.equal("packets", counters, {"before": 100, "after": 0})
    report.equal("at reals", len(at_reals(seen)), 99)
    run(lab.lb, "nft", "delete table netdev in")
    for s in seen:
        s.close()
    report.done("a filter of lower priority comes before the role, one of higher sees nothing of it")


def tag_in_header(lab):
    """A VLAN device with reorder_hdr off leaves the tag where it is: no other device may send that."""
    for port in ("client", "lb"):
        run(lab.switch, "bridge", "vlan", "add", "dev", port, "vid", "9")
    ip(lab.lb, "link add link eth0 name eth0.9 type vlan id 9 reorder_hdr off", "link set eth0.9 up")
    lab.nl.do("role-add", dev="eth0.9", role="balancer")
    seen = [Sniffer(real, "eth0") for real in lab.reals]
    sent = []
    with OneCpu():
        for i in range(50):
            kind, packet = datagram("192.0.2.1", V4, "udp", 8000 + i, PORT, b"x" * 40)
            lab.sender.send(eth(LB_MAC, CLIENT_MAC, kind, packet, (0x8100, 9)))
            sent.append(eth(LB_MAC, CLIENT_MAC, kind, packet)[12:])
    wait_until(lambda: len(at_reals(seen)) >= 50)
    report.equal("frames at reals", sorted(f[12:].hex() for f in at_reals(seen)), sorted(f.hex() for f in sent))
    lab.nl.do("role-del", dev="eth0.9", role="balancer")
    ip(lab.lb, "link del eth0.9")
    for s in seen:
        s.close()
    report.done("the tag that a packet came with does not go to the real")


PKTGEN = """set -e
cd /proc/net/pktgen
echo rem_device_all >kpktgend_0
echo add_device eth0 >kpktgend_0
for line in "xmit_mode netif_receive" "count {count}" "pkt_size 100" "delay 0" "burst {burst}" \\
	"src_min 192.0.2.50" "src_max 192.0.2.50" "dst_min {vip}" "dst_max {vip}" \\
	"udp_src_min 100" "udp_src_max 100" "udp_dst_min {port}" "udp_dst_max {port}" \\
	"src_mac 02:00:00:00:00:50" "dst_mac {lb}" {flags}; do
	echo "$line" >eth0 || {{ echo "refused: $line"; exit 3; }}
done
echo start >pgctrl
cat eth0
echo rem_device_all >kpktgend_0
"""


def pktgen(lab):
    """It receives one packet over and over, with references of its own to it."""
    for name, burst, flags in (("shared", 8, ""), ("not shared", 1, '"flag !SHARED"')):
        what = f"pktgen: 2000 packets that are {name} are steered, each rewritten once"
        seen = [Sniffer(real, "eth0") for real in lab.reals]
        # What is to one real the switch sends to both until it has heard of that one.
        ip(lab.switch, "link set br0 type bridge fdb_flush")
        before = lab.reasons()
        script = PKTGEN.format(count=2000, burst=burst, vip=V4, port=PORT, lb=LB_MAC, flags=flags)
        done = subprocess.run(["ip", "netns", "exec", lab.lb, "bash", "-c", script],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"ok {what} # SKIP {(done.stdout + done.stderr).strip().splitlines()[-1]}")
            continue

        wait_until(lambda s=seen: len(at_reals(s)) >= 2000, 10)
        frames = at_reals(seen)
        report.equal("frames at the real", len(frames), 2000)
        report.equal("steered", lab.reasons()["steered"] - before["steered"], 2000)
        macs = {(f[:6].hex(":"), f[6:12].hex(":")) for f in frames}
        report.expect(len(macs) == 1 and macs <= {(m, LB_MAC) for m in REAL_MACS}, f"MACs {macs}")
        report.equal("different headers", len({f[14:42] for f in frames}) <= 2000, True)
        report.expect(re.search(r"errors: 0", done.stdout) or "Result: OK" in done.stdout,
                      done.stdout[-300:])
        report.done(what)
        for s in seen:
            s.close()


def main():
    lab = Lab(*sys.argv[1:])
    for test in (streams, udp_gso, tcpdump, flooding, fq, refused, priorities, tag_in_header, pktgen):
        report.attempt(test.__name__, test, lab)
    sys.stdout.flush()
    os._exit(0)


main()
