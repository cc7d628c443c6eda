/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/dsr.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_DSR_H
#define _UAPI_LINUX_DSR_H

#define DSR_FAMILY_NAME		"dsr"
#define DSR_FAMILY_VERSION	1

#define DSR_NAME_MAX		31
#define DSR_DEV_MAX		15
#define DSR_TABLE_SIZE_MIN	251
#define DSR_TABLE_SIZE_MAX	655373

/**
 * enum dsr_role - What this host does on one network device.
 * @DSR_ROLE_BALANCER: Steer packets for a VIP to the reals by rewriting the
 *   MAC addresses.
 * @DSR_ROLE_BACKEND: Tune and count how the VIPs of this host are kept out of
 *   ARP and ND.
 */
enum dsr_role {
	DSR_ROLE_BALANCER,
	DSR_ROLE_BACKEND,
};

/**
 * enum dsr_proto - Transport protocol of a service.
 * @DSR_PROTO_TCP: TCP over IPv4 or IPv6.
 * @DSR_PROTO_UDP: UDP over IPv4 or IPv6.
 */
enum dsr_proto {
	DSR_PROTO_TCP,
	DSR_PROTO_UDP,
};

/**
 * enum dsr_sched - How the rows of a service's lookup table are given to its
 *   reals.
 * @DSR_SCHED_MAGLEV: Weighted Maglev consistent hashing (NSDI 2016, section
 *   3.4).
 */
enum dsr_sched {
	DSR_SCHED_MAGLEV,
};

/**
 * enum dsr_state - What the administrator wants of a real.
 * @DSR_STATE_UP: In the table whenever it can be reached.
 * @DSR_STATE_DRAIN: Takes no rows, as if its weight were 0.
 * @DSR_STATE_DOWN: Takes no rows and is not probed.
 */
enum dsr_state {
	DSR_STATE_UP,
	DSR_STATE_DRAIN,
	DSR_STATE_DOWN,
};

/**
 * enum dsr_reach - Whether a real can be reached at layer 2, and if not, why.
 * @DSR_REACH_NO_DEVICE: The device is absent or down, or no connected route
 *   leads to the real.
 * @DSR_REACH_RESOLVING: Its MAC address is not known yet.
 * @DSR_REACH_REACHABLE: Its MAC address is known and in use.
 * @DSR_REACH_UNREACHABLE: It does not answer ARP or ND.
 * @DSR_REACH_OWN_MAC: Its MAC address is one of this host's own, so it is not
 *   used.
 * @DSR_REACH_IDLE: The administrator set it down, so nobody asks.
 */
enum dsr_reach {
	DSR_REACH_NO_DEVICE,
	DSR_REACH_RESOLVING,
	DSR_REACH_REACHABLE,
	DSR_REACH_UNREACHABLE,
	DSR_REACH_OWN_MAC,
	DSR_REACH_IDLE,
};

/**
 * enum dsr_reason - What became of a packet, and why. Every packet that a role
 *   sees is counted under exactly one reason.
 * @DSR_REASON_STEERED: Sent to a real.
 * @DSR_REASON_NOT_HOST: Not addressed to this host's MAC (broadcast,
 *   multicast, promiscuous); passed.
 * @DSR_REASON_VLAN: Carries a VLAN tag for another device; passed.
 * @DSR_REASON_NOT_IP: Neither IPv4 nor IPv6; passed.
 * @DSR_REASON_NOT_VIP: The destination address has no service; passed.
 * @DSR_REASON_MALFORMED: To a VIP, with a wrong version, header length or
 *   packet length; passed.
 * @DSR_REASON_FRAGMENT: A fragment of a datagram to a VIP; passed.
 * @DSR_REASON_ICMP_ERROR: An ICMP error to a VIP; passed.
 * @DSR_REASON_ICMP: Another ICMP message to a VIP, such as a ping; passed.
 * @DSR_REASON_PROTOCOL: To a VIP, in a protocol that no service has; passed.
 * @DSR_REASON_NO_SERVICE: To a VIP, on a port that has no service; passed.
 * @DSR_REASON_NO_REAL: The service has no real to take it; passed.
 * @DSR_REASON_LOOP: Sent by a real of the same service; passed, never steered
 *   again.
 * @DSR_REASON_LRO: Merged by LRO, which cannot be undone on transmit; passed.
 * @DSR_REASON_TOO_BIG: Longer than the MTU of the device that leads to the
 *   real; passed.
 * @DSR_REASON_DEV_DOWN: The device that leads to the real is down; passed.
 * @DSR_REASON_NO_MEMORY: The packet had to be copied and memory was short;
 *   dropped.
 * @DSR_REASON_EGRESS_DROP: The queue or device that leads to the real refused
 *   it; dropped.
 * @DSR_REASON_ARP_IGNORED: An ARP request for a VIP that got no answer.
 * @DSR_REASON_ARP_REWRITTEN: An ARP packet of our own whose sender was a VIP;
 *   sent with the device's own address.
 * @DSR_REASON_ARP_SUPPRESSED: An ARP packet of our own that would have
 *   announced a VIP; not sent.
 * @DSR_REASON_ND_IGNORED: An IPv6 neighbour message about a VIP that was not
 *   listened to.
 * @DSR_REASON_ND_REWRITTEN: A neighbour solicitation of our own whose source
 *   was a VIP; sent from the device's own address.
 * @DSR_REASON_ND_SUPPRESSED: A neighbour message of our own that would have
 *   announced a VIP; not sent.
 */
enum dsr_reason {
	DSR_REASON_STEERED,
	DSR_REASON_NOT_HOST,
	DSR_REASON_VLAN,
	DSR_REASON_NOT_IP,
	DSR_REASON_NOT_VIP,
	DSR_REASON_MALFORMED,
	DSR_REASON_FRAGMENT,
	DSR_REASON_ICMP_ERROR,
	DSR_REASON_ICMP,
	DSR_REASON_PROTOCOL,
	DSR_REASON_NO_SERVICE,
	DSR_REASON_NO_REAL,
	DSR_REASON_LOOP,
	DSR_REASON_LRO,
	DSR_REASON_TOO_BIG,
	DSR_REASON_DEV_DOWN,
	DSR_REASON_NO_MEMORY,
	DSR_REASON_EGRESS_DROP,
	DSR_REASON_ARP_IGNORED,
	DSR_REASON_ARP_REWRITTEN,
	DSR_REASON_ARP_SUPPRESSED,
	DSR_REASON_ND_IGNORED,
	DSR_REASON_ND_REWRITTEN,
	DSR_REASON_ND_SUPPRESSED,
};

enum {
	DSR_A_ROLE_IFINDEX = 1,
	DSR_A_ROLE_DEV,
	DSR_A_ROLE_ROLE,
	DSR_A_ROLE_ARP_IGNORE,
	DSR_A_ROLE_ARP_ANNOUNCE,

	__DSR_A_ROLE_MAX,
	DSR_A_ROLE_MAX = (__DSR_A_ROLE_MAX - 1)
};

enum {
	DSR_A_COUNTERS_PAD = 1,
	DSR_A_COUNTERS_PACKETS,
	DSR_A_COUNTERS_BYTES,

	__DSR_A_COUNTERS_MAX,
	DSR_A_COUNTERS_MAX = (__DSR_A_COUNTERS_MAX - 1)
};

enum {
	DSR_A_SERVICE_PAD = 1,
	DSR_A_SERVICE_ID,
	DSR_A_SERVICE_NAME,
	DSR_A_SERVICE_ADDR,
	DSR_A_SERVICE_PORT,
	DSR_A_SERVICE_PROTO,
	DSR_A_SERVICE_SCHED,
	DSR_A_SERVICE_TABLE_SIZE,
	DSR_A_SERVICE_SEED,
	DSR_A_SERVICE_DIGEST,
	DSR_A_SERVICE_REALS,
	DSR_A_SERVICE_ACTIVE,
	DSR_A_SERVICE_COUNTERS,

	__DSR_A_SERVICE_MAX,
	DSR_A_SERVICE_MAX = (__DSR_A_SERVICE_MAX - 1)
};

enum {
	DSR_A_REAL_ID = 1,
	DSR_A_REAL_SERVICE,
	DSR_A_REAL_ADDR,
	DSR_A_REAL_DEV,
	DSR_A_REAL_LLADDR,
	DSR_A_REAL_WEIGHT,
	DSR_A_REAL_STATE,
	DSR_A_REAL_REACH,
	DSR_A_REAL_MAC,
	DSR_A_REAL_EGRESS,
	DSR_A_REAL_ROWS,
	DSR_A_REAL_COUNTERS,

	__DSR_A_REAL_MAX,
	DSR_A_REAL_MAX = (__DSR_A_REAL_MAX - 1)
};

enum {
	DSR_A_VIP_ID = 1,
	DSR_A_VIP_ADDR,
	DSR_A_VIP_DEV,
	DSR_A_VIP_COUNTERS,

	__DSR_A_VIP_MAX,
	DSR_A_VIP_MAX = (__DSR_A_VIP_MAX - 1)
};

enum {
	DSR_A_VIP_COUNTERS_PAD = 1,
	DSR_A_VIP_COUNTERS_ARP_IGNORED,
	DSR_A_VIP_COUNTERS_ARP_REWRITTEN,
	DSR_A_VIP_COUNTERS_ARP_SUPPRESSED,
	DSR_A_VIP_COUNTERS_ND_IGNORED,
	DSR_A_VIP_COUNTERS_ND_REWRITTEN,
	DSR_A_VIP_COUNTERS_ND_SUPPRESSED,

	__DSR_A_VIP_COUNTERS_MAX,
	DSR_A_VIP_COUNTERS_MAX = (__DSR_A_VIP_COUNTERS_MAX - 1)
};

enum {
	DSR_A_STATS_PAD = 1,
	DSR_A_STATS_IFINDEX,
	DSR_A_STATS_DEV,
	DSR_A_STATS_ROLE,
	DSR_A_STATS_REASON,
	DSR_A_STATS_PACKETS,

	__DSR_A_STATS_MAX,
	DSR_A_STATS_MAX = (__DSR_A_STATS_MAX - 1)
};

enum {
	DSR_CMD_ROLE_GET = 1,
	DSR_CMD_ROLE_ADD,
	DSR_CMD_ROLE_SET,
	DSR_CMD_ROLE_DEL,
	DSR_CMD_SERVICE_GET,
	DSR_CMD_SERVICE_ADD,
	DSR_CMD_SERVICE_SET,
	DSR_CMD_SERVICE_DEL,
	DSR_CMD_REAL_GET,
	DSR_CMD_REAL_ADD,
	DSR_CMD_REAL_SET,
	DSR_CMD_REAL_DEL,
	DSR_CMD_VIP_GET,
	DSR_CMD_VIP_ADD,
	DSR_CMD_VIP_DEL,
	DSR_CMD_STATS_GET,
	DSR_CMD_ROLE_ADD_NTF,
	DSR_CMD_ROLE_SET_NTF,
	DSR_CMD_ROLE_DEL_NTF,
	DSR_CMD_SERVICE_ADD_NTF,
	DSR_CMD_SERVICE_SET_NTF,
	DSR_CMD_SERVICE_DEL_NTF,
	DSR_CMD_SERVICE_TABLE_NTF,
	DSR_CMD_REAL_ADD_NTF,
	DSR_CMD_REAL_SET_NTF,
	DSR_CMD_REAL_DEL_NTF,
	DSR_CMD_REAL_REACH_NTF,
	DSR_CMD_VIP_ADD_NTF,
	DSR_CMD_VIP_DEL_NTF,

	__DSR_CMD_MAX,
	DSR_CMD_MAX = (__DSR_CMD_MAX - 1)
};

#define DSR_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_DSR_H */
