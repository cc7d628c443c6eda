/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Choose the real for a packet whose service is known, and see that it can be
 * sent there. Inline: the step is so short that the call would be a good part.
 */
#ifndef _DSR_PATH_STEER_H
#define _DSR_PATH_STEER_H

#include <linux/etherdevice.h>
#include <net/gso.h>

#include "core/real.h"
#include "path/pkt.h"

static inline bool dsr_steer_fits(const struct sk_buff *skb, unsigned int mtu)
{
	if (likely(skb->len <= mtu))
		return true;
	return skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu);
}

/* Whether it can be sent there, asked while it can still go up the stack. */
static inline enum dsr_reason dsr_steer_may_send(const struct sk_buff *skb,
						 const struct dsr_fwd *fwd)
{
	if (unlikely(!(READ_ONCE(fwd->dev->flags) & IFF_UP)))
		return DSR_REASON_DEV_DOWN;
	if (unlikely(skb_is_nonlinear(skb) && skb_shinfo(skb)->gso_size &&
		     !skb_shinfo(skb)->gso_type))
		return DSR_REASON_LRO;
	if (unlikely(!dsr_steer_fits(skb, fwd->mtu)))
		return DSR_REASON_TOO_BIG;
	return DSR_REASON_STEERED;
}

/**
 * dsr_steer() - choose the real for a packet
 * @pkt: has a service; is given the real and how to send to it
 * @skb: the packet, its data at the network header
 * @words: length of @pkt's flow, a constant
 *
 * Context: Softirq, RCU read side.
 * Return: DSR_REASON_STEERED if there is one that it can be sent to, else why not.
 */
static __always_inline enum dsr_reason dsr_steer(struct dsr_pkt *pkt, const struct sk_buff *skb,
						 int words)
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

	/* The key holds the rest of the 5-tuple. */
	row = dsr_flow_row(&table->hash, pkt->flow, words, table->size);
	pkt->real = table->reals[table->rows[row]];
	hop = rcu_dereference(pkt->real->hop);
	pkt->fwd = rcu_dereference(hop->fwd);
	if (unlikely(!pkt->fwd))
		return DSR_REASON_NO_REAL;
	return dsr_steer_may_send(skb, pkt->fwd);
}

#endif /* _DSR_PATH_STEER_H */
