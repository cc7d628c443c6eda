# SPDX-License-Identifier: GPL-2.0
"""What must be true after the netlink fuzzer has been at it.

  nl_check.py CALM WORLD FRAMES NETNS...

In each NETNS every object can be dumped, they fit each other, and all can be taken away again. In
CALM all FRAMES that came by eth0 from WORLD have been steered. Prints "ok NAME" or "not ok NAME" with "# why"
before it.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
# pylint: disable=wrong-import-position,import-error
from dsrnet import Inside, Report, run, wait_until
from dsrnl import Dsr

report = Report()


OPS = ("role-get", "service-get", "real-get", "vip-get")


def uncounted(state):
    return {op: [{k: v for k, v in one.items() if k != "counters"} for one in objects]
            for op, objects in state.items()}


def dump(nl):
    """Four dumps that are of one moment, though reals come and go with their neighbours."""
    while True:
        state, again = ({op: nl.dump(op) for op in OPS} for _ in range(2))
        if uncounted(state) == uncounted(again):
            return again


def unique(what, keys):
    report.expect(len(keys) == len(set(keys)), f"{what}: not unique: {sorted(keys)}")


def fits(service, reals):
    """One service and its reals."""
    name, rows = service["name"], sum(r["rows"] for r in reals)
    report.equal(f"{name}: reals", len(reals), service["reals"])
    report.equal(f"{name}: active", sum(1 for r in reals if r["rows"]), service["active"])
    report.equal(f"{name}: rows", rows, service["table-size"] if service["active"] else 0)
    report.equal(f"{name}: digest", bool(service["digest"]), bool(service["active"]))
    for r in reals:
        able = r["state"] == "up" and r["weight"] and r["reach"] == "reachable"
        report.expect(able or not r["rows"], f"{name}: {r} has rows")
        report.expect(not r["rows"] or "mac" in r, f"{name}: {r} has rows and no MAC address")


def whole(nl, netns):
    state = dump(nl)
    services, reals = state["service-get"], state["real-get"]
    unique("service names", [s["name"] for s in services])
    unique("fronts", [(s["addr"], s["port"], s["proto"]) for s in services])
    unique("reals", [(r["service"], r["addr"]) for r in reals])
    unique("VIPs", [v["addr"] for v in state["vip-get"]])
    unique("roles", [(r["ifindex"], r["role"]) for r in state["role-get"]])
    for objects in state.values():
        unique("ids", [o["id"] for o in objects if "id" in o])
    names = {s["name"] for s in services}
    report.expect({r["service"] for r in reals} <= names, "a real without a service")
    for s in services:
        fits(s, [r for r in reals if r["service"] == s["name"]])
        report.equal("one by one", nl.do("service-get", name=s["name"])["id"], s["id"])
    for r in reals:
        report.equal("one by one", nl.do("real-get", service=r["service"], addr=r["addr"])["id"],
                     r["id"])
    stats = nl.dump("stats-get")
    steered = sum(s["packets"] for s in stats if s["reason"] == "steered")
    report.expect(steered, "no packet was steered meanwhile")
    counts = ", ".join(f"{len(v)} {k[:-4]}s" for k, v in state.items())
    print(f"# {netns}: {counts}, {steered} of "
          f"{sum(s['packets'] for s in stats if s['role'] == 'balancer')} packets steered")
    report.done(f"{netns}: the configuration can be read and makes sense")


def empty(nl, netns):
    for r in nl.dump("role-get"):
        nl.do("role-del", ifindex=r["ifindex"], role=r["role"])
    for i, s in enumerate(nl.dump("service-get")):
        # Half of them with their reals, half of them after.
        for r in nl.dump("real-get", service=s["name"]) if i % 2 else []:
            nl.do("real-del", service=s["name"], addr=r["addr"])
        nl.do("service-del", name=s["name"])
    for v in nl.dump("vip-get"):
        nl.do("vip-del", addr=v["addr"])
    report.equal("left", {k: v for k, v in dump(nl).items() if v}, {})
    report.done(f"{netns}: everything can be taken away")


def statistics(netns, dev):
    (link,) = json.loads(run(netns, "ip", "-s", "-j", "link", "show", "dev", dev))
    return link["stats64"]


def all_steered(nl, netns, world, frames):
    # A cable may lose frames when the receiver's CPU is late; it says so.
    lost = statistics(world, "in")["tx"]["dropped"]
    report.equal("frames on the cable", statistics(netns, "eth0")["rx"]["packets"], frames - lost)
    frames -= lost

    def reasons():
        return {s["reason"]: s["packets"] for s in nl.dump("stats-get")
                if s.get("dev") == "eth0" and s["role"] == "balancer"}

    wait_until(lambda: sum(reasons().values()) >= frames, 10)
    report.equal("reasons", reasons(), {"steered": frames})
    total = sum(s["counters"]["packets"] for s in nl.dump("service-get"))
    report.equal("the service's count", total, frames)
    report.done(f"{netns}: all {frames} frames were steered")


def main():
    for netns in sys.argv[4:]:
        with Inside(netns):
            nl = Dsr()
        whole(nl, netns)
        empty(nl, netns)
    with Inside(sys.argv[1]):
        nl = Dsr()
    all_steered(nl, sys.argv[1], sys.argv[2], int(sys.argv[3]))


main()
