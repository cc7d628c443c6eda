# SPDX-License-Identifier: GPL-2.0
"""The family's spec as C tables, for the netlink fuzzer.

  spec_table.py [SPEC] >spec_table.h

Numbers, types and ranges are the spec's. What it does not say is added here: which attributes a
request cannot do without, which values make sense, and how often an operation is worth its time. An
operation or attribute that is new to the spec is fuzzed all the same, by its type.
"""
import os
import sys

import yaml

SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../../Documentation/netlink/specs/dsr.yaml")

# A "/" is between those of which a request has exactly one.
NEEDS = {
    "role-get": "dev/ifindex role", "role-add": "dev/ifindex role",
    "role-set": "dev/ifindex role", "role-del": "dev/ifindex role",
    "service-get": "name", "service-add": "name addr port proto",
    "service-set": "name", "service-del": "name",
    "real-get": "service addr", "real-add": "service addr",
    "real-set": "service addr", "real-del": "service addr",
    "vip-get": "addr", "vip-add": "addr", "vip-del": "addr",
    "stats-get": "dev/ifindex role reason",
}
# What a dump takes as a filter; elsewhere it refuses each attribute.
FILTERS = {"real-get": "service", "stats-get": "ifindex dev role reason"}
# Roles and VIPs wait for packets under way, which takes as long as hundreds of other requests.
WEIGHTS = {"role-add": 4, "role-del": 3, "role-set": 6, "role-get": 6, "vip-add": 3, "vip-del": 3,
           "vip-get": 6, "service-add": 24, "service-del": 12, "real-add": 60, "real-del": 20,
           "real-set": 40}
WEIGHT = 16
# Values that make sense: which pool of nl_value.c, by set and attribute.
POOLS = {
    ("service", "name"): "NAME", ("real", "service"): "NAME", ("service", "addr"): "FRONT",
    ("real", "addr"): "REAL", ("vip", "addr"): "VIP", ("service", "port"): "PORT",
    ("service", "table-size"): "SIZE", ("real", "lladdr"): "LLADDR", ("real", "dev"): "DEV",
    ("role", "dev"): "DEV", ("stats", "dev"): "DEV", ("vip", "dev"): "DEV",
    ("role", "ifindex"): "IFINDEX", ("stats", "ifindex"): "IFINDEX",
}
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}


class Table:
    def __init__(self, path):
        with open(path, encoding="utf-8") as stream:
            self.spec = yaml.safe_load(stream)
        self.consts = {d["name"]: d["value"] for d in self.spec["definitions"]
                       if d["type"] == "const"}
        self.enums = {d["name"]: len(d["entries"]) for d in self.spec["definitions"]
                      if d["type"] == "enum"}
        self.sets = {s["name"]: s["attributes"] for s in self.spec["attribute-sets"]}

    def const(self, value):
        return self.consts[value] if isinstance(value, str) else value

    def attribute(self, of, attr):
        """The C initializer of one attribute."""
        kind, checks = attr["type"], attr.get("checks", {})
        size, low, high = 0, 0, 0
        if kind in SIZES:
            size = SIZES[kind]
            low, high = self.const(checks.get("min", 0)), (1 << 8 * size) - 1
            high = self.const(checks.get("max", high))
            if "enum" in attr:
                high = self.enums[attr["enum"]] - 1
        elif kind == "string":
            size = self.const(checks["max-len"])
        elif kind == "binary":
            size = self.const(checks["exact-len"])
        pool = POOLS.get((of, attr["name"]), "NONE")
        return (f'{{ "{attr["name"]}", KIND_{"NUMBER" if kind in SIZES else kind.upper()}, '
                f"POOL_{pool}, {size}, {low:#x}ULL, {high:#x}ULL }}")

    def mask(self, of, names):
        """Bits by attribute number."""
        numbers = {a["name"]: n for n, a in enumerate(self.sets[of], 1)}
        return sum(1 << numbers[name] for name in names)

    def operation(self, number, op):
        of = op["attribute-set"]
        request = op["do"]["request"]["attributes"]
        needs = NEEDS.get(op["name"], " ".join(request)).split()
        one = [n for group in needs if "/" in group for n in group.split("/")]
        return (f'{{ "{op["name"]}", {number}, &set_{of}, {self.mask(of, request):#x}, '
                f'{self.mask(of, [n for n in needs if "/" not in n]):#x}, '
                f'{self.mask(of, one):#x}, {self.mask(of, FILTERS.get(op["name"], "").split()):#x}, '
                f'{WEIGHTS.get(op["name"], WEIGHT)}, {str("dump" in op).lower()} }}')

    def print(self):
        print("/* Made by spec_table.py. */")
        for name in dict.fromkeys(op["attribute-set"] for op in self.spec["operations"]["list"]
                                  if "do" in op):
            attrs, ident = self.sets[name], name.replace("-", "_")
            print(f"static const struct spec_attr attrs_{ident}[] = {{\n\t{{ 0 }},")
            for attr in attrs:
                print(f"\t{self.attribute(name, attr)},")
            print(f"}};\n\nstatic const struct spec_set set_{ident} = "
                  f"{{ attrs_{ident}, {len(attrs) + 1} }};\n")
        print("static const struct spec_op spec_ops[] = {")
        for number, op in enumerate(self.spec["operations"]["list"], 1):
            if "do" in op:
                print(f"\t{self.operation(number, op)},")
        print(f"}};\n\n#define SPEC_LAST_CMD {len(self.spec['operations']['list'])}")


Table(sys.argv[1] if len(sys.argv) > 1 else SPEC).print()
