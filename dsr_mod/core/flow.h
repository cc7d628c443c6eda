/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a packet's 5-tuple to a row of its service's table. Balancers that share
 * a VIP must all find the same row, those of another version of this module too:
 * a change here moves every connection. selftests/unit/flow_vectors.h says what
 * comes out. Of the kernel it needs SipHash only: compiles in user space too.
 */
#ifndef _DSR_CORE_FLOW_H
#define _DSR_CORE_FLOW_H

#include <linux/in6.h>
#include <linux/math.h>
#include <linux/unaligned.h>

#include "core/hash.h"

/* How many words a flow is. */
#define DSR_FLOW4_WORDS	1
#define DSR_FLOW6_WORDS	3

/* In the order that a packet has them in: destination port, not turned around,
 * above the protocol.
 */
static inline u32 dsr_port_proto(u16 port, u8 ipproto)
{
	return (u32)swab16(port) << 16 | ipproto;
}

/**
 * dsr_flow_init() - the packet hash of a service
 * @hash: the result, for dsr_flow_row()
 * @seed: of the service
 * @vip: its address
 * @port_proto: dsr_port_proto()
 *
 * Address, port and protocol are the same in every packet of a service: in the
 * key they cost a packet nothing. The rest of its 5-tuple is hashed under this
 * key. The words differ from those that sched hashes addresses under, so the
 * two do not correlate.
 *
 * Context: Any.
 */
static inline void dsr_flow_init(struct dsr_hash_state *hash, u64 seed, const struct in6_addr *vip,
				 u32 port_proto)
{
	siphash_key_t key = { { seed, ~seed } };

	key.key[1] = siphash_3u64(get_unaligned_be64(&vip->s6_addr[0]),
				  get_unaligned_be64(&vip->s6_addr[8]), port_proto, &key);
	dsr_hash_init(hash, &key);
}

/**
 * dsr_flow4() - what tells an IPv4 flow from others of the service
 * @flow: DSR_FLOW4_WORDS of the result, for dsr_flow_row()
 * @saddr: source address
 * @sport: source port, the first byte on the wire its lowest
 *
 * Context: Any.
 */
static __always_inline void dsr_flow4(u64 *flow, __be32 saddr, u64 sport)
{
	/* Six bytes: source address and port. */
	flow[0] = le32_to_cpu((__force __le32)saddr) | sport << 32 | DSR_HASH_END(6);
}

/**
 * dsr_flow6() - what tells an IPv6 flow from others of the service
 * @flow: DSR_FLOW6_WORDS of the result, for dsr_flow_row()
 * @saddr: source address
 * @sport: source port, the first byte on the wire its lowest
 *
 * Context: Any.
 */
static __always_inline void dsr_flow6(u64 *flow, const struct in6_addr *saddr, u64 sport)
{
	/* Eighteen bytes: source address and port. */
	flow[0] = get_unaligned_le64(&saddr->s6_addr[0]);
	flow[1] = get_unaligned_le64(&saddr->s6_addr[8]);
	flow[2] = sport | DSR_HASH_END(18);
}

/**
 * dsr_flow_row() - the row of a flow
 * @hash: of dsr_flow_init()
 * @flow: of dsr_flow4() or dsr_flow6()
 * @words: its length, a constant
 * @size: rows of the table
 *
 * Context: Any.
 * Return: the row, less than @size.
 */
static __always_inline u32 dsr_flow_row(const struct dsr_hash_state *hash, const u64 *flow,
					int words, u32 size)
{
	return reciprocal_scale(dsr_siphash(hash, flow, words, 1, 3), size);
}

#endif /* _DSR_CORE_FLOW_H */
