#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""report.py [--json FILE] [--svg FILE] KERNEL=bench.tsv...: the bench's results as one table.

Lines of a bench.tsv: path ID per-packet base came-back | virtio ID doorbells interrupts (for each packet)
| control ID million-instructions ms | memory ID bytes
| clients ID requests-per-s p50 p90 p99 (microseconds), or bits-per-s"""

import json
import sys

from goals import goals
from plot import plot

# What each path is called, in the order of the table. "stack" in the third place: shown above the
# stack without our hook instead of above a drop.
PATHS = [
    ("Floor", [
        ("tc-redirect", "tc redirect (decides nothing)"),
    ]),
    ("DSR, sent on (1 service, 3 reals, 1,000 flows where not said)", [
        ("dsr-v4", "IPv4"),
        ("dsr-v4-again", "IPv4, measured again"),
        ("dsr-v6", "IPv6"),
        ("dsr-v4-services-10000", "10,000 services, all of them hit"),
        ("dsr-v4-reals-1000", "1,000 reals"),
        ("dsr-v4-flows-1", "1 flow"),
        ("dsr-v4-flows-100000", "100,000 flows"),
        ("dsr-v4-flows-1000000", "1,000,000 flows"),
    ]),
    ("Others, same service", [
        ("xdp-native", "XDP, native, jhash"),
        ("xdp-generic", "XDP, generic, jhash"),
        ("nft-jhash-fwd", "nft: jhash map, fwd"),
        ("nftlb-dsr", "nftlb's own rules"),
        ("tc-flower-pedit-redirect", "tc flower, pedit, mirred; 1 real"),
        ("ip-forward", "IP forwarding; 1 next hop"),
        ("linux-bridge", "Linux bridge; 1 port"),
        ("ipvs-dr-rr", "IPVS-DR, rr"),
        ("ipvs-dr-sh", "IPVS-DR, sh"),
        ("ipvs-dr-mh", "IPVS-DR, mh"),
    ]),
]
PASS = [
    ("pass-empty-hook", "stack", "a netfilter hook that does nothing"),
    ("pass-no-service", "stack", "role only, no service"),
    ("pass-other-address", "stack", "1 service, another address"),
    ("pass-other-port", "stack", "1 service, its address, another port"),
    ("pass-services-10000", "stack", "10,000 services, another address"),
    ("pass-other-address-v6", "stack-v6", "1 service, another IPv6 address"),
]
CONTROL = [
    ("Load 200 services with 3 reals", ["dsr-load-200", "ipvs-load-200", "", "nftlb-load-200"]),
    ("Load 10,000 services", ["dsr-load-services", "ipvs-load-services", "nft-load-10000"]),
    ("Load 10,000 services with 3 reals", ["dsr-load-with-reals", "ipvs-load-with-reals", "nft-load-40000"]),
    ("List them", ["dsr-dump", "ipvs-dump", "nft-dump-40000"]),
    ("Change 1 of 1,000 reals", ["dsr-change", "ipvs-change", "nft-change"]),
    ("... the same, 4,093 rows", ["dsr-change-4093", "ipvs-change", "nft-change"]),
    ("... drain it", ["dsr-change-drain", "", ""]),
]
VIRTIO = [
    ("tc-redirect", "tc redirect (decides nothing)"),
    ("dsr-v4", "DSR, IPv4"),
    ("dsr-v4-again", "DSR, IPv4, measured again"),
    ("dsr-v6", "DSR, IPv6"),
    ("nft-jhash-fwd", "nft: jhash map, fwd"),
    ("nftlb-dsr", "nftlb's own rules"),
    ("tc-flower-pedit-redirect", "tc flower, pedit, mirred; 1 real"),
    ("ip-forward", "IP forwarding; 1 next hop"),
    ("ipvs-dr-rr", "IPVS-DR, rr"),
    ("ipvs-dr-sh", "IPVS-DR, sh"),
    ("ipvs-dr-mh", "IPVS-DR, mh"),
]
MEMORY = [
    ("Service", ["dsr-service", "ipvs-service"]),
    ("First real, with table of 251 rows", ["dsr-first-real-and-251-rows", "ipvs-dest"]),
    ("Further real", ["dsr-real", "ipvs-dest"]),
    ("Real that no other service has", ["dsr-real-with-own-hop", "ipvs-dest"]),
    ("Row of a table", ["dsr-row", ""]),
    ("Connection", ["", "ipvs-connection"]),
]
CLIENTS = [("direct", "no balancer"), ("dsr", "DSR"), ("ipvs", "IPVS-DR")]


def read(path):
    """A bench.tsv as {"path": {id: (per packet, above drop)}, "virtio": {id: (doorbells, interrupts)},
    "control": .., "memory": .., "clients": {id: [figures]}}."""
    found = {"path": {}, "virtio": {}, "control": {}, "memory": {}, "clients": {}}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            kind, name, *rest = line.split("\t")
            if kind == "path":
                found[kind][name] = (float(rest[0]), round(float(rest[0]) - float(rest[1]), 2))
            elif kind == "virtio":
                found[kind][name] = (float(rest[0]), float(rest[1]))
            elif kind == "clients":
                found[kind][name] = [float(f) for f in rest]
            else:
                found[kind][name] = float(rest[0])
    return found


def cell(value, form):
    """Right aligned; a dash for what was not measured."""
    return form.format(value) if value is not None else "-".rjust(len(form.format(0)))


def rows(kernels, title, columns, lines):
    """One block of the table: a title, the columns of every kernel, the lines with their cells."""
    lines = [(name, cells) for name, cells in lines if any(c.strip(" -") for c in cells)]
    if not lines:
        return
    width = max(len(name) for name, _ in lines) + 2
    print(f"\n{title}")
    head = " " * (width + 2)
    print(head + "   ".join(f"{'Linux ' + k:^{len(columns)}}" for k in kernels))
    print(head + "   ".join(columns for _ in kernels))
    for name, cells in lines:
        print(f"  {name:<{width}}" + "   ".join(cells))


def packet_table(results):
    """Instructions per packet, and the figures of the JSON."""
    figures = {k: {} for k in results}
    columns = f"{'per packet':>10} {'above drop':>10} {'x redirect':>10}"
    for title, paths in PATHS:
        lines = []
        for name, text in paths:
            cells = []
            for kernel, found in results.items():
                total, above = found["path"].get(name, (None, None))
                floor = found["path"].get("tc-redirect", (None, None))[1]
                ratio = above / floor if above is not None and floor else None
                cells.append(f"{cell(total, '{:10.0f}')} {cell(above, '{:10.0f}')} {cell(ratio, '{:10.2f}')}")
                if total is not None:
                    figures[kernel][name] = {"per-packet": total, "above-drop": above,
                                             "to-redirect": round(ratio, 3) if ratio else None}
            lines.append((text, cells))
        rows(results, title, columns, lines)
    return figures


def pass_table(results, figures):
    """What packets pay that are not for us."""
    lines = []
    for name, without, text in PASS:
        cells = []
        for kernel, found in results.items():
            total, stack = (found["path"].get(n, (None, None))[0] for n in (name, without))
            paid = total - stack if total is not None and stack is not None else None
            cells.append(f"{cell(total, '{:10.0f}')} {cell(stack, '{:10.0f}')} {cell(paid, '{:10.0f}')}")
            if paid is not None:
                figures[kernel][name] = {"per-packet": total, "paid": round(paid, 2)}
        lines.append((text, cells))
    rows(results, "DSR, passed on to the stack, which drops it: what the hook takes",
         f"{'per packet':>10} {'no hook':>10} {'paid':>10}", lines)


def virtio_table(results, figures):
    """The same paths between network cards, with what their cards had to be told."""
    lines = []
    for name, text in VIRTIO:
        cells = []
        for kernel, found in results.items():
            total, above = found["path"].get("virtio-" + name, (None, None))
            floor = found["path"].get("virtio-tc-redirect", (None, None))[1]
            ratio = above / floor if above is not None and floor else None
            bells, interrupts = found["virtio"].get(name, (None, None))
            cells.append(f"{cell(total, '{:10.0f}')} {cell(above, '{:10.0f}')} {cell(ratio, '{:10.2f}')} "
                         f"{cell(bells, '{:9.3f}')} {cell(interrupts, '{:10.3f}')}")
            if total is not None:
                figures[kernel]["virtio-" + name] = {
                    "per-packet": total, "above-drop": above, "to-redirect": round(ratio, 3) if ratio else None,
                    "doorbells": bells, "interrupts": interrupts}
        lines.append((text, cells))
    rows(results, "Between two virtio network cards; doorbells and interrupts for each packet",
         f"{'per packet':>10} {'above drop':>10} {'x redirect':>10} {'doorbells':>9} {'interrupts':>10}", lines)


def side_table(results, kind, title, names, table, form):
    """Ours beside others."""
    lines = [(text, [" ".join(cell(found[kind].get(i), form) for i in ids + [""] * (len(names) - len(ids)))
                     for found in results.values()]) for text, ids in table]
    rows(results, title, " ".join(f"{n:>{len(form.format(0))}}" for n in names), lines)


def clients_table(results):
    """Requests, connections and bytes of real programs; the rate also beside that of no balancer."""
    for kind, title in (("requests", "HTTP requests, 32 connections kept alive"),
                        ("connections", "HTTP, a connection for each request")):
        lines = []
        for way, text in CLIENTS:
            cells = []
            for found in results.values():
                rate, *latency = found["clients"].get(f"{way}-{kind}", [None] * 4)
                best = found["clients"].get(f"direct-{kind}", [None])[0]
                ratio = rate / best if rate and best else None
                cells.append(" ".join([cell(rate, "{:9.0f}"), cell(ratio, "{:8.3f}")] +
                                      [cell(n, "{:7.0f}") for n in latency]))
            lines.append((text, cells))
        rows(results, f"Real clients: {title}; latency in us",
             f"{'a second':>9} {'x direct':>8} {'50 %':>7} {'90 %':>7} {'99 %':>7}", lines)
    lines = []
    for way, text in CLIENTS:
        cells = []
        for found in results.values():
            (rate,) = found["clients"].get(f"{way}-stream", [None])
            (best,) = found["clients"].get("direct-stream", [None])
            ratio = rate / best if rate and best else None
            cells.append(f"{cell(rate and rate / 1e6, '{:9.0f}')} {cell(ratio, '{:8.3f}')}")
        lines.append((text, cells))
    rows(results, "Real clients: iperf3 upload of one stream, merged by GRO", f"{'Mbit/s':>9} {'x direct':>8}",
         lines)


def goals_table(reached):
    """What was wanted and what it is."""
    wanted = {name: goal for goals_of in reached.values() for name, goal in goals_of.items()}
    lines = []
    for name, (text, _, bound, _) in wanted.items():
        cells = []
        for goals_of in reached.values():
            _, figure, _, good = goals_of.get(name, (text, None, bound, None))
            said = {None: "", True: "yes", False: "NO"}[good]
            cells.append(f"{cell(figure, '{:10.2f}')} {bound:>8} {said:>8}")
        lines.append((text, cells))
    rows(reached, "Goals", f"{'figure':>10} {'wanted':>8} {'reached':>8}", lines)


def main(args):
    """Reads, prints, writes."""
    wanted = {}
    while args and args[0] in ("--json", "--svg"):
        wanted[args[0]] = args[1]
        args = args[2:]
    results = {kernel: read(path) for kernel, path in (a.split("=", 1) for a in args)}
    if any(found["path"] for found in results.values()):
        print("Instructions per packet, from the sender to the drop of what came back")
    figures = packet_table(results)
    pass_table(results, figures)
    virtio_table(results, figures)
    for kernel, found in results.items():
        first, again = (found["path"].get(n) for n in ("dsr-v4", "dsr-v4-again"))
        if first and again:
            apart = abs(first[1] - again[1]) / first[1]
            print(f"\nLinux {kernel}: the same path measured twice differs by {apart:.2%} (above drop)")
    side_table(results, "control", "Control: million instructions, of programs and kernel",
               ("DSR", "IPVS", "nft", "nftlb"), CONTROL, "{:10.1f}")
    side_table(results, "memory", "Memory: bytes for each one, on one CPU",
               ("DSR", "IPVS"), MEMORY, "{:10.1f}")
    clients_table(results)
    reached = {k: goals(figures[k], f["control"]) for k, f in results.items()}
    goals_table(reached)
    if "--json" in wanted:
        out = {k: {"goals": {name: {"figure": round(figure, 3), "reached": good}
                             for name, (_, figure, _, good) in reached[k].items()},
                   "packet": figures[k], "control": f["control"], "memory": f["memory"],
                   "clients": f["clients"]}
               for k, f in results.items()}
        with open(wanted["--json"], "w", encoding="ascii") as file:
            json.dump(out, file, indent=1)
            file.write("\n")
    if "--svg" in wanted:
        names = [n for _, paths in PATHS for n in paths if n[0] != "dsr-v4-again"]
        with open(wanted["--svg"], "w", encoding="ascii") as file:
            file.write(plot(names, figures))


if __name__ == "__main__":
    main(sys.argv[1:])
