/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rewrite the MAC addresses of a packet and send it. The payload, the network
 * header, mark and priority stay as they are.
 *
 * There is no recursion guard: a device that turns what it is given to send
 * into what somebody receives does so through the backlog, and nesting of
 * transmission itself is bounded by the core (dev_xmit_recursion()). What
 * bounds loops between hosts is the guard of steer.h.
 */
#ifndef _DSR_PATH_REWRITE_H
#define _DSR_PATH_REWRITE_H

#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "core/hop.h"
#include "path/pkt.h"

/**
 * dsr_send() - send a packet to its real
 * @pkt: knows how to send it
 * @skb: the packet, its data at the network header; no longer the caller's
 *
 * Context: Softirq, RCU read side.
 * Return: DSR_REASON_STEERED, or why it was dropped.
 */
static __always_inline enum dsr_reason dsr_send(const struct dsr_pkt *pkt, struct sk_buff *skb)
{
	const struct dsr_fwd *fwd = pkt->fwd;
	struct ethhdr *eth;
	int err;

	/* Shared when somebody sends the same skb over and over (pktgen), with
	 * its head cloned when somebody watches (tcpdump).
	 */
	if (unlikely(skb_shared(skb))) {
		skb = skb_share_check(skb, GFP_ATOMIC);
		if (!skb)
			return DSR_REASON_NO_MEMORY;
	}
	if (unlikely(skb_cow_head(skb, ETH_HLEN))) {
		kfree_skb(skb);
		return DSR_REASON_NO_MEMORY;
	}

	/* A checksum of all that was received does not hold for a frame to
	 * send, and a time of arrival is no time to send at (sch_fq).
	 */
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	/* Of those in metadata a priority tag is the only one that comes so far. A
	 * VLAN device would put its own before that.
	 */
	if (unlikely(skb_vlan_tag_present(skb)) && is_vlan_dev(fwd->dev))
		__vlan_hwaccel_clear_tag(skb);

	/* There is room, or skb_cow_head() would have failed. */
	eth = __skb_push(skb, ETH_HLEN);
	memcpy(eth, &fwd->macs, sizeof(fwd->macs));
	/* A VLAN device with reorder_hdr off leaves the tag in the header that
	 * it came with. It goes no further than the VLAN.
	 */
	if (unlikely(skb->mac_len != ETH_HLEN)) {
		eth->h_proto = skb->protocol;
		skb->mac_len = ETH_HLEN;
	}
	skb->dev = fwd->dev;

	err = dev_queue_xmit(skb);
	return likely(!net_xmit_eval(err)) ? DSR_REASON_STEERED : DSR_REASON_EGRESS_DROP;
}

#endif /* _DSR_PATH_REWRITE_H */
