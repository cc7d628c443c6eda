# SPDX-License-Identifier: GPL-2.0
"""A port of Open vSwitch, without its tools: role_ports.py BOX"""
import socket
import struct
import sys

from dsrnet import Inside, Report
from dsrnl import GENL_ID_CTRL, Dsr, NlError, attributes, nla

NAME, UPCALL = 1, 2  # OVS_DP_ATTR_
VPORT_TYPE, VPORT_NAME, VPORT_UPCALL, NETDEV = 2, 3, 5, 1  # OVS_VPORT_ATTR_, OVS_VPORT_TYPE_
NEW, DEL, GETFAMILY = 1, 2, 3
report = Report()


class Switch:
    """A datapath, and the netlink of it: every message has its index behind the header."""

    def __init__(self, name):
        self.nl = Dsr()
        self.datapath, self.vport = self.family("ovs_datapath"), self.family("ovs_vport")
        self.index = 0
        self.talk(self.datapath, NEW, nla(NAME, name.encode() + b"\0") +
                  nla(UPCALL, struct.pack("=I", 0)))
        self.index = socket.if_nametoindex(name)

    def family(self, name):
        self.nl.family = GENL_ID_CTRL
        (reply,) = self.nl.talk(GETFAMILY, nla(2, name.encode() + b"\0"))
        return struct.unpack("=H", dict(attributes(reply[20:]))[1])[0]

    def talk(self, family, command, body=b""):
        self.nl.family = family
        self.nl.talk(command, struct.pack("=i", self.index) + body)

    def add(self, dev):
        self.talk(self.vport, NEW, nla(VPORT_TYPE, struct.pack("=I", NETDEV)) +
                  nla(VPORT_NAME, dev.encode() + b"\0") + nla(VPORT_UPCALL, struct.pack("=I", 0)))

    def remove(self, dev):
        self.talk(self.vport, DEL, nla(VPORT_NAME, dev.encode() + b"\0"))

    def end(self):
        self.talk(self.datapath, DEL)


def refused(what, errno, text, call, *args, **values):
    try:
        call(*args, **values)
        report.expect(False, f"{what}: done")
    except NlError as e:
        # Open vSwitch hands no words on.
        report.equal(what, (e.name, text and e.msg), (errno, text))


def main():
    (box,) = sys.argv[1:]
    with Inside(box):
        dsr, ovs = Dsr(), Switch("ovs0")
        for role in ("balancer", "backend"):
            dsr.do("role-add", dev="eth0", role=role)
            refused("as a port", "EBUSY", "", ovs.add, "eth0")
            report.equal("roles", [r["role"] for r in dsr.dump("role-get")], [role])
            dsr.do("role-del", dev="eth0", role=role)
            report.done(f"ovs0: a {role} cannot be its port")
        ovs.add("eth0")
        report.done("ovs0: without a role it can")
        for role in ("balancer", "backend"):
            refused(role, "EBUSY", "the device is a port of a bridge: give the bridge the role",
                    dsr.do, "role-add", dev="eth0", role=role)
            report.done(f"ovs0: its port cannot be a {role}")
        ovs.remove("eth0")
        dsr.do("role-add", dev="eth0", role="balancer")
        dsr.do("role-del", dev="eth0", role="balancer")
        report.done("ovs0: let go, it can be a balancer")
        ovs.end()


main()
