# SPDX-License-Identifier: GPL-2.0
"""The services that mutated frames are for, and who else is there."""

LB, GEN = "02:00:00:00:00:10", "02:00:00:00:00:01"
MTU, REALS = 1500, 3
V4, V4B, V6 = "198.51.100.1", "198.51.100.2", "2001:db8:1::1"
# (VIP, port, protocol): whether it has reals
SERVICES = {
    (V4, 80, "udp"): True, (V4, 80, "tcp"): True, (V6, 80, "udp"): True, (V6, 80, "tcp"): True,
    (V4, 90, "udp"): False, (V6, 90, "tcp"): False, (V4B, 443, "tcp"): True,
    (V6, 443, "tcp"): True, (V4, 443, "udp"): True,
}
VIPS = {vip for vip, _, _ in SERVICES}
# In place of a reason: any but to be steered, and none because no hook ever sees it.
ANY, LOST = 254, 255
# An Ethernet header, a tag, and the two bytes that the kernel looks at behind it.
LEAST_TAGGED = 20


def real_mac(service, i):
    """Each real of each service has one of its own: a frame shows which service steered it."""
    return f"02:00:00:01:{service:02x}:{i + 1:02x}"
