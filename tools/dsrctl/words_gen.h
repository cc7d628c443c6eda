/* SPDX-License-Identifier: GPL-2.0 */
/* Do not edit directly, auto-generated from:
 *	Documentation/netlink/specs/dsr.yaml
 * by tools/ynl/regen.sh
 */

#ifndef _DSRCTL_WORDS_GEN_H
#define _DSRCTL_WORDS_GEN_H

struct word {
	unsigned int value;
	const char *word;
	const char *help;
};

static const struct word role_words[] = {
	{ 0, "balancer",
	  "Steer packets for a VIP to the reals by rewriting the MAC addresses." },
	{ 1, "backend",
	  "Tune and count how the VIPs of this host are kept out of ARP and ND." },
	{ 0, 0, 0 }
};

static const struct word proto_words[] = {
	{ 0, "tcp",
	  "TCP over IPv4 or IPv6." },
	{ 1, "udp",
	  "UDP over IPv4 or IPv6." },
	{ 0, 0, 0 }
};

static const struct word sched_words[] = {
	{ 0, "maglev",
	  "Weighted Maglev consistent hashing (NSDI 2016, section 3.4)." },
	{ 0, 0, 0 }
};

static const struct word state_words[] = {
	{ 0, "up",
	  "In the table whenever it can be reached." },
	{ 1, "drain",
	  "Takes no rows, as if its weight were 0." },
	{ 2, "down",
	  "Takes no rows and is not probed." },
	{ 0, 0, 0 }
};

static const struct word reach_words[] = {
	{ 0, "no-device",
	  "The device is absent or down, or no connected route leads to the real." },
	{ 1, "resolving",
	  "Its MAC address is not known yet." },
	{ 2, "reachable",
	  "Its MAC address is known and in use." },
	{ 3, "unreachable",
	  "It does not answer ARP or ND." },
	{ 4, "own-mac",
	  "Its MAC address is one of this host's own, so it is not used." },
	{ 5, "idle",
	  "The administrator set it down, so nobody asks." },
	{ 0, 0, 0 }
};

static const struct word reason_words[] = {
	{ 0, "steered",
	  "Sent to a real." },
	{ 1, "not-host",
	  "Not addressed to this host's MAC (broadcast, multicast, promiscuous); passed." },
	{ 2, "vlan",
	  "Carries a VLAN tag for another device; passed." },
	{ 3, "not-ip",
	  "Neither IPv4 nor IPv6; passed." },
	{ 4, "not-vip",
	  "The destination address has no service; passed." },
	{ 5, "malformed",
	  "To a VIP, with a wrong version, header length or packet length; passed." },
	{ 6, "fragment",
	  "A fragment of a datagram to a VIP; passed." },
	{ 7, "icmp-error",
	  "An ICMP error to a VIP; passed." },
	{ 8, "icmp",
	  "Another ICMP message to a VIP, such as a ping; passed." },
	{ 9, "protocol",
	  "To a VIP, in a protocol that no service has; passed." },
	{ 10, "no-service",
	  "To a VIP, on a port that has no service; passed." },
	{ 11, "no-real",
	  "The service has no real to take it; passed." },
	{ 12, "loop",
	  "Sent by a real of the same service; passed, never steered again." },
	{ 13, "lro",
	  "Merged by LRO, which cannot be undone on transmit; passed." },
	{ 14, "too-big",
	  "Longer than the MTU of the device that leads to the real; passed." },
	{ 15, "dev-down",
	  "The device that leads to the real is down; passed." },
	{ 16, "no-memory",
	  "The packet had to be copied and memory was short; dropped." },
	{ 17, "egress-drop",
	  "The queue or device that leads to the real refused it; dropped." },
	{ 18, "arp-ignored",
	  "An ARP request for a VIP that got no answer." },
	{ 19, "arp-rewritten",
	  "An ARP packet of our own whose sender was a VIP; sent with the device's own address." },
	{ 20, "arp-suppressed",
	  "An ARP packet of our own that would have announced a VIP; not sent." },
	{ 21, "nd-ignored",
	  "An IPv6 neighbour message about a VIP that was not listened to." },
	{ 22, "nd-rewritten",
	  "A neighbour solicitation of our own whose source was a VIP; sent from the device's own address." },
	{ 23, "nd-suppressed",
	  "A neighbour message of our own that would have announced a VIP; not sent." },
	{ 0, 0, 0 }
};

static const char *const role_attrs[] = {
	[1] = "ifindex",
	[2] = "dev",
	[3] = "role",
	[4] = "arp-ignore",
	[5] = "arp-announce",
};

static const char *const counters_attrs[] = {
	[1] = "pad",
	[2] = "packets",
	[3] = "bytes",
};

static const char *const service_attrs[] = {
	[1] = "pad",
	[2] = "id",
	[3] = "name",
	[4] = "addr",
	[5] = "port",
	[6] = "proto",
	[7] = "sched",
	[8] = "table-size",
	[9] = "seed",
	[10] = "digest",
	[11] = "reals",
	[12] = "active",
	[13] = "counters",
};

static const char *const real_attrs[] = {
	[1] = "id",
	[2] = "service",
	[3] = "addr",
	[4] = "dev",
	[5] = "lladdr",
	[6] = "weight",
	[7] = "state",
	[8] = "reach",
	[9] = "mac",
	[10] = "egress",
	[11] = "rows",
	[12] = "counters",
};

static const char *const vip_attrs[] = {
	[1] = "id",
	[2] = "addr",
	[3] = "dev",
	[4] = "counters",
};

static const char *const vip_counters_attrs[] = {
	[1] = "pad",
	[2] = "arp-ignored",
	[3] = "arp-rewritten",
	[4] = "arp-suppressed",
	[5] = "nd-ignored",
	[6] = "nd-rewritten",
	[7] = "nd-suppressed",
};

static const char *const stats_attrs[] = {
	[1] = "pad",
	[2] = "ifindex",
	[3] = "dev",
	[4] = "role",
	[5] = "reason",
	[6] = "packets",
};

#endif /* _DSRCTL_WORDS_GEN_H */
