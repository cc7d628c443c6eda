# SPDX-License-Identifier: GPL-2.0
"""Frames, mutated, each with what is to become of it, as scapy reads it.

  frame_corpus.py config                         lines for dsrctl: the services that frames are for
  frame_corpus.py make FILE FRAMES [SEED]        a corpus for fr_fuzz

frame_make.py makes them, frame_read.py reads them.
"""
import os
import random
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
# pylint: disable=wrong-import-position,import-error
from frame_make import Maker
from frame_sites import ANY, REALS, SERVICES, real_mac


def record(frame, reason, service, gso):
    """gso: (type, size, csum_start, csum_offset, hdr_len) as in virtio_net_hdr."""
    kind, size, start, offset, head = gso
    return struct.pack("<IBBBBHHHH", len(frame), reason, service, kind, bool(start), size, start,
                       offset, head) + frame


def make(path, count, seed):
    # Late, because scapy takes long to load and the configuration needs none.
    # pylint: disable=import-outside-toplevel
    from dsrnl import Spec
    from frame_read import Reader
    reasons = Spec().enums["reason"]
    reader, maker, out, seen = Reader(reasons), Maker(random.Random(seed)), [], {}
    while len(out) < count:
        frame, gso = maker.frame()
        reason, service = reader.read(frame, gso[1])
        # Of those that end early there are more than enough; the odd ones are worth more.
        name = reasons[reason] if reason < ANY else str(reason)
        if name in ("not-vip", "not-host", "vlan", "not-ip") and seen.get(name, 0) > count // 16:
            continue
        seen[name] = seen.get(name, 0) + 1
        out.append((bool(gso[0]), reason, record(frame, reason, service, gso)))
    # What ends alike goes together: then the counters say of each frame how it ended.
    out.sort(key=lambda one: one[:2])
    with open(path, "wb") as f:
        f.write(struct.pack("<4sI", b"DSRF", len(out)))
        f.write(b"".join(one[2] for one in out))
    print(f"{len(out)} frames, seed {seed}:", ", ".join(f"{k} {n}" for k, n in sorted(seen.items())))


def config():
    for number, ((vip, port, proto), shared) in enumerate(SERVICES.items()):
        where = f"[{vip}]:{port}" if ":" in vip else f"{vip}:{port}"
        print(f"service add s{number} {where}/{proto} table-size 251")
        for i in range(REALS if shared else 0):
            print(f"real add s{number} 192.0.2.{number * REALS + i + 100} dev eth1 "
                  f"lladdr {real_mac(number, i)}")


if sys.argv[1] == "config":
    config()
else:
    make(sys.argv[2], int(sys.argv[3]), int((sys.argv + ["1"])[4]))
