# SPDX-License-Identifier: GPL-2.0
"""Which row a flow leads to and which real a row, written from what is said of it, not from dsr.ko.

  flow_vectors.py >unit/flow_vectors.h      anew: a change there moves every connection

SipHash is of J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", 2012; Maglev of
D. Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016, 3.4.
unit_flow.c compares the vectors with the functions of the packet path, maglev_table.py with packets.
"""
import ipaddress
import struct

U64 = (1 << 64) - 1
PROTO = {"tcp": 6, "udp": 17}

# VIP, port and protocol of a service, its seed and the rows of its table.
SERVICES = [
    ("198.51.100.1", 80, "tcp", 0, 65537),
    ("198.51.100.1", 80, "udp", 0, 65537),
    ("192.0.2.100", 443, "tcp", 1, 251),
    ("203.0.113.254", 0x1234, "udp", 0x123456789abcdef, 4093),
    ("10.1.2.3", 65535, "tcp", U64, 655373),
    ("2001:db8::1", 80, "tcp", 0, 65537),
    ("2001:db8::1", 80, "udp", 0, 65537),
    ("2001:db8::100", 443, "tcp", 1, 251),
    ("fd00:1:2:3:4:5:6:7", 0x1234, "udp", 0x123456789abcdef, 4093),
    ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 65535, "tcp", U64, 655373),
]
# Source addresses and ports: of no two bytes that are the same, of the ends, of neighbours.
FLOWS = {
    4: [("10.11.12.13", 0x1415), ("10.11.12.13", 0x1514), ("13.12.11.10", 0x1415),
        ("192.0.2.1", 1024), ("192.0.2.1", 1025), ("192.0.2.2", 1024), ("1.0.0.0", 1),
        ("223.255.255.254", 65535)],
    6: [("2001:db8:1011:1213:1415:1617:1819:1a1b", 0x1c1d),
        ("2001:db8:1011:1213:1415:1617:1819:1a1b", 0x1d1c),
        ("2001:db8:1415:1617:1819:1a1b:1011:1213", 0x1c1d),
        ("2001:db8::2", 1024), ("2001:db8::2", 1025), ("2001:db8::3", 1024), ("100::", 1),
        ("fdff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", 65535)],
}


def rotate(x, n):
    return (x << n | x >> (64 - n)) & U64


def permute(v, times):
    a, b, c, d = v
    for _ in range(times):
        a, c = (a + b) & U64, (c + d) & U64
        b, d = rotate(b, 13) ^ a, rotate(d, 16) ^ c
        a = rotate(a, 32)
        c, a = (c + b) & U64, (a + d) & U64
        b, d = rotate(b, 17) ^ c, rotate(d, 21) ^ a
        c = rotate(c, 32)
    return [a, b, c, d]


def siphash(each, end, key, data):
    """SipHash-EACH-END of bytes under a key of two numbers."""
    v = [key[i % 2] ^ word for i, word in
         enumerate(struct.unpack(">4Q", b"somepseudorandomlygeneratedbytes"))]
    data += b"\0" * (7 - len(data) % 8) + bytes([len(data) & 255])
    for (word,) in struct.iter_unpack("<Q", data):
        v[3] ^= word
        v = permute(v, each)
        v[0] ^= word
    v[2] ^= 255
    v = permute(v, end)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def wide(text):
    """16 bytes for an address of either family."""
    ip = ipaddress.ip_address(text)
    return ip.packed if ip.version == 6 else b"\0" * 10 + b"\xff\xff" + ip.packed


def row(service, source, sport):
    vip, port, proto, seed, size = service
    words = struct.unpack(">2Q", wide(vip)) + (int.from_bytes(struct.pack("<H", port), "big") << 16 |
                                               PROTO[proto],)
    secret = siphash(2, 4, (seed, seed ^ U64), struct.pack("<3Q", *words))
    flow = ipaddress.ip_address(source).packed + struct.pack(">H", sport)
    return (siphash(1, 3, (seed, secret), flow) & 0xffffffff) * size >> 32


def table(reals, seed, size):
    """The reals' addresses by row, and the digest; reals: address -> weight."""
    addrs = sorted(reals, key=wide)
    hashes = [siphash(2, 4, (seed, 0), wide(addr)) for addr in addrs]
    step = [(h >> 32) % (size - 1) + 1 for h in hashes]
    at = [(h & 0xffffffff) % size for h in hashes]
    rows, left, earned = [None] * size, size, [0] * len(addrs)
    while left:
        for i, addr in enumerate(addrs):
            earned[i] += reals[addr]
            if earned[i] < max(reals.values()) or not left:
                continue
            earned[i] -= max(reals.values())
            while rows[at[i]] is not None:
                at[i] = (at[i] + step[i]) % size
            rows[at[i]] = i
            left -= 1
    digest = 0xcbf29ce484222325
    for i in rows:
        digest = (digest ^ hashes[i]) * 0x100000001b3 & U64
    return [addrs[i] for i in rows], digest


def vectors():
    """(service, source address, source port, row)"""
    for service in SERVICES:
        for flow in FLOWS[ipaddress.ip_address(service[0]).version]:
            yield service, *flow, row(service, *flow)


HEAD = """/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of flows: a change here moves every connection, and breaks a rolling upgrade of balancers
 * that share a VIP. Made by flow_vectors.py, whose flows maglev_table.py sends as packets too.
 *
 *	  rows, seed, protocol, VIP, port, source, port, row
 */"""


def main():
    # The paper's own, and that of SipHash-1-3 which the kernel has for its hsiphash (lower half).
    key, data = (0x0706050403020100, 0x0f0e0d0c0b0a0908), bytes(range(18))
    assert siphash(2, 4, key, data[:15]) == 0xa129ca6149be45e5
    assert siphash(1, 3, key, data) & 0xffffffff == 0xb473e63e
    print(HEAD)
    for (vip, port, proto, seed, size), source, sport, at in vectors():
        print(f'\t{{ {size}, {seed}ULL, {PROTO[proto]}, "{vip}", {port},\n'
              f'\t  "{source}", {sport}, {at} }},')


if __name__ == "__main__":
    main()
