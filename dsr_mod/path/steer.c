// SPDX-License-Identifier: GPL-2.0
/*
 * Choose the real for a packet whose service is known.
 */
#include <linux/etherdevice.h>
#include <linux/math64.h>
#include <linux/siphash.h>

#include "core/real.h"
#include "path/pkt.h"

/* The table's key holds the rest of the 5-tuple. SipHash, because the client
 * chooses its address and port: J.-P. Aumasson, D. J. Bernstein, "SipHash: a
 * fast short-input PRF", 2012.
 */
static u64 hash(const struct dsr_pkt *pkt, const siphash_key_t *key)
{
	if (pkt->v6)
		return siphash_3u64(pkt->client[0], pkt->client[1], pkt->client[2], key);
	return siphash_1u64(pkt->client[2], key);
}

/**
 * dsr_steer() - choose the real for a packet
 * @pkt: has a service; is given the real and how to send to it
 * @skb: the packet
 *
 * Context: Softirq, RCU read side.
 * Return: DSR_REASON_STEERED if there is one, else why there is none.
 */
enum dsr_reason dsr_steer(struct dsr_pkt *pkt, const struct sk_buff *skb)
{
	const struct dsr_table *table = rcu_dereference(pkt->service->table);
	const struct dsr_hop *hop;
	u32 row;

	if (unlikely(!table))
		return DSR_REASON_NO_REAL;
	if (unlikely(!skb_mac_header_was_set(skb) || skb->mac_len < ETH_HLEN))
		return DSR_REASON_MALFORMED;
	if (unlikely(dsr_table_guards(table, eth_hdr(skb)->h_source)))
		return DSR_REASON_LOOP;

	row = reciprocal_scale(hash(pkt, &table->key), table->size);
	pkt->real = table->reals[table->rows[row]];
	hop = rcu_dereference(pkt->real->hop);
	pkt->fwd = rcu_dereference(hop->fwd);
	return likely(pkt->fwd) ? DSR_REASON_STEERED : DSR_REASON_NO_REAL;
}
