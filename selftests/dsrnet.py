# SPDX-License-Identifier: GPL-2.0
"""Sockets, frames and captures in network namespaces, all from one process.

A process that enters each namespace once is far cheaper on an emulated CPU than one process for
each command, and can compare what it sent with what arrived byte for byte.
"""
import ctypes
import ipaddress
import os
import socket
import struct
import subprocess
import time

ETH_P_ALL, ETH_P_IP, ETH_P_ARP, ETH_P_IPV6 = 3, 0x0800, 0x0806, 0x86dd
PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST, PACKET_OTHERHOST, PACKET_OUTGOING = range(5)
SOL_PACKET, PACKET_AUXDATA = 263, 8
TP_STATUS_VLAN_VALID = 0x10

SLOW = (4 if os.environ.get("KSFT_MACHINE_SLOW") == "yes" else 1) * int(os.environ.get("SLOW") or 1)

_libc = ctypes.CDLL(None, use_errno=True)


class Inside:
    """with Inside(netns): what is opened in here is there. An empty name is where we are."""

    def __init__(self, netns):
        self.netns, self.home = netns, None

    def __enter__(self):
        if self.netns:
            self.home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            self._set(os.open(f"/run/netns/{self.netns}", os.O_RDONLY))

    def __exit__(self, *_):
        if self.netns:
            self._set(self.home)

    @staticmethod
    def _set(fd):
        if _libc.setns(fd, 0x40000000):
            raise OSError(ctypes.get_errno(), "setns")
        os.close(fd)


def sock(netns, *args):
    with Inside(netns):
        return socket.socket(*args)


def run(netns, *cmd):
    """A command inside a namespace, for what has no cheaper way."""
    full = (["ip", "netns", "exec", netns] if netns else []) + list(cmd)
    done = subprocess.run(full, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(full)}: {done.stdout}{done.stderr}")
    return done.stdout


def ip(netns, *lines):
    """Lines of ip(8), as one batch."""
    done = subprocess.run(["ip", "-n", netns, "-batch", "-"], input="\n".join(lines) + "\n",
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ip -n {netns}: {done.stdout}{done.stderr}")
    return done.stdout


def wait_until(condition, seconds=10):
    """Poll until the condition is true; its last value is returned."""
    end = time.monotonic() + seconds * SLOW
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.01)


class Sniffer:
    """What passes a device: (kind, frame), with an offloaded VLAN tag put back into the frame."""

    def __init__(self, netns, dev, promiscuous=False):
        self.sock = sock(netns, socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 26)  # SO_RCVBUFFORCE
        self.sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.sock.bind((dev, ETH_P_ALL))
        if promiscuous:
            with Inside(netns):
                index = socket.if_nametoindex(dev)
            self.sock.setsockopt(SOL_PACKET, 1, struct.pack("=IHH8s", index, 1, 0, b""))
        self.sock.setblocking(False)
        self.frames = []

    def poll(self):
        while True:
            try:
                data, aux, _, source = self.sock.recvmsg(1 << 17, 64)
            except BlockingIOError:
                return self.frames
            for level, kind, value in aux:
                if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                    status, _, _, _, _, tci, tpid = struct.unpack("=IIIHHHH", value[:20])
                    if status & TP_STATUS_VLAN_VALID:
                        data = data[:12] + struct.pack("!HH", tpid, tci) + data[12:]
            self.frames.append((source[2], data))

    def take(self, want=None, seconds=5):
        """All frames since the last take, after waiting for `want` of them."""
        if want is not None:
            wait_until(lambda: len(self.poll()) >= want, seconds)
        frames = self.poll()
        self.frames = []
        return frames

    def incoming(self, match=lambda frame: True):
        return [f for kind, f in self.poll() if kind != PACKET_OUTGOING and match(f)]

    def outgoing(self, match=lambda frame: True):
        return [f for kind, f in self.poll() if kind == PACKET_OUTGOING and match(f)]

    def close(self):
        self.sock.close()


class OneCpu:
    """with OneCpu(): what is sent stays in order. Each CPU has a queue of its own, so that who is moved
    from one to another overtakes himself."""

    def __init__(self):
        self.cpus = os.sched_getaffinity(0)

    def __enter__(self):
        os.sched_setaffinity(0, {min(self.cpus)})

    def __exit__(self, *_):
        os.sched_setaffinity(0, self.cpus)


class Sender:
    """Frames as they are onto a device."""

    def __init__(self, netns, dev):
        self.sock = sock(netns, socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.bind((dev, 0))

    def send(self, frame):
        self.sock.send(frame)


# --- frames -------------------------------------------------------------------------------------

def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def packed(text):
    return ipaddress.ip_address(text).packed


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def eth(dst, src, proto, payload, *tags):
    """tags: (tpid, vid) outermost first."""
    head = mac(dst) + mac(src)
    for tpid, vid in tags:
        head += struct.pack("!HH", tpid, vid)
    return head + struct.pack("!H", proto) + payload


def ipv4(src, dst, proto, payload, **o):
    """o overrides: version ihl tos tot_len id frag ttl options."""
    options = o.get("options", b"")
    ihl = o.get("ihl", 5 + len(options) // 4)
    head = struct.pack("!BBHHHBBH4s4s", o.get("version", 4) << 4 | ihl, o.get("tos", 0),
                       o.get("tot_len", 20 + len(options) + len(payload)), o.get("id", 1),
                       o.get("frag", 0), o.get("ttl", 64), proto, 0, packed(src),
                       packed(dst)) + options
    total = checksum(head)
    return head[:10] + struct.pack("!H", total) + head[12:] + payload


def ipv6(src, dst, proto, payload, **o):
    """o overrides: version length hop flow."""
    return struct.pack("!IHBB", o.get("version", 6) << 28 | o.get("flow", 0),
                       o.get("length", len(payload)), proto, o.get("hop", 64)
                       ) + packed(src) + packed(dst) + payload


def pseudo(src, dst, proto, length):
    a, b = packed(src), packed(dst)
    if len(a) == 4:
        return a + b + struct.pack("!BBH", 0, proto, length)
    return a + b + struct.pack("!IHBB", length, 0, 0, proto)


def udp(src, dst, sport, dport, data=b"", **o):
    length = o.get("length", 8 + len(data))
    head = struct.pack("!HHHH", sport, dport, length, 0)
    total = checksum(pseudo(src, dst, 17, 8 + len(data)) + head + data) or 0xffff
    return head[:6] + struct.pack("!H", o.get("check", total)) + data


def tcp(src, dst, sport, dport, data=b"", flags=2, **o):
    head = struct.pack("!HHIIBBHHH", sport, dport, o.get("seq", 1), o.get("ack", 0),
                       o.get("doff", 5) << 4, flags, 64240, 0, 0)
    total = checksum(pseudo(src, dst, 6, 20 + len(data)) + head + data)
    return head[:16] + struct.pack("!H", total) + head[18:] + data


def icmp(kind, code=0, rest=b"\0\1\0\1", data=b""):
    body = struct.pack("!BBH", kind, code, 0) + rest + data
    return body[:2] + struct.pack("!H", checksum(body)) + body[4:]


def icmp6(src, dst, kind, code=0, rest=b"\0\1\0\1", data=b""):
    body = struct.pack("!BBH", kind, code, 0) + rest + data
    total = checksum(pseudo(src, dst, 58, len(body)) + body)
    return body[:2] + struct.pack("!H", total) + body[4:]


def arp(op, sha, spa, tha, tpa):
    return struct.pack("!HHBBH", 1, ETH_P_IP, 6, 4, op) + mac(sha) + packed(spa) + mac(tha) + \
        packed(tpa)


def datagram(src, dst, proto, sport, dport, data=b"x" * 64, **o):
    """An IPv4 or IPv6 packet of "tcp" or "udp"."""
    l4 = udp(src, dst, sport, dport, data) if proto == "udp" else \
        tcp(src, dst, sport, dport, data, **({"flags": o.pop("flags")} if "flags" in o else {}))
    number = 17 if proto == "udp" else 6
    if ":" in src:
        return ETH_P_IPV6, ipv6(src, dst, number, l4, **o)
    return ETH_P_IP, ipv4(src, dst, number, l4, **o)


# --- results ------------------------------------------------------------------------------------

class Report:
    """Collects what is wrong with one thing and prints it as relay() of dsr_lib.sh wants it."""

    def __init__(self):
        self.problems, self.failed = [], 0

    def expect(self, good, text):
        if not good:
            self.problems.append(text)
        return good

    def equal(self, what, got, want):
        return self.expect(got == want, f"{what}: got {got}, wanted {want}")

    def done(self, name):
        for problem in self.problems[:10]:
            print(f"# {name}: {problem[:600]}")
        if len(self.problems) > 10:
            print(f"# {name}: and {len(self.problems) - 10} more")
        print(f"{'not ok' if self.problems else 'ok'} {name}", flush=True)
        self.failed += bool(self.problems)
        self.problems = []

    def attempt(self, name, call, *args):
        """Whether a part of a test ran to its end; if not, that is a result, and the rest goes on."""
        try:
            call(*args)
        except Exception as e:  # pylint: disable=broad-except
            self.expect(False, f"{type(e).__name__}: {e}")
            self.done(f"{name} runs to its end")
            return False
        return True


def parse(frame):
    """(ethertype, source, destination, protocol, L4) of a frame, tags skipped; None if not IP."""
    at, kind = 14, struct.unpack_from("!H", frame, 12)[0]
    while kind in (0x8100, 0x88a8):
        kind = struct.unpack_from("!H", frame, at + 2)[0]
        at += 4
    if kind == ETH_P_IP and len(frame) >= at + 20:
        head = 4 * (frame[at] & 15)
        return (kind, socket.inet_ntop(socket.AF_INET, frame[at + 12:at + 16]),
                socket.inet_ntop(socket.AF_INET, frame[at + 16:at + 20]), frame[at + 9],
                frame[at + head:])
    if kind == ETH_P_IPV6 and len(frame) >= at + 40:
        return (kind, socket.inet_ntop(socket.AF_INET6, frame[at + 8:at + 24]),
                socket.inet_ntop(socket.AF_INET6, frame[at + 24:at + 40]), frame[at + 6],
                frame[at + 40:])
    return None
