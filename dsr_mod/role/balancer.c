// SPDX-License-Identifier: GPL-2.0
/*
 * The balancer's hook: one packet, from arrival to verdict.
 *
 * Most packets of a host with other traffic are for no VIP, so that is found
 * out in hook() itself, which needs no stack for it. What is to a VIP goes on in
 * a function of its family, which all the steps are inlined into.
 */
#include "core/real.h"
#include "path/parse.h"
#include "path/pkt.h"
#include "path/rewrite.h"
#include "path/steer.h"
#include "role/role.h"

static __always_inline unsigned int pass(const struct dsr_role_dev *rd, enum dsr_reason reason)
{
	dsr_count_reason(rd->reasons, reason);
	return NF_ACCEPT;
}

/* Steer and rewrite what has been parsed, unless @reason speaks against it. */
static __always_inline unsigned int walk(const struct dsr_role_dev *rd, struct sk_buff *skb,
					 struct dsr_pkt *pkt, enum dsr_reason reason, int words)
{
	u32 len = skb->len;

	if (unlikely(reason != DSR_PARSE_FOUND))
		return pass(rd, reason);
	reason = dsr_steer(pkt, skb, words);
	if (unlikely(reason != DSR_REASON_STEERED))
		return pass(rd, reason);

	reason = dsr_send(pkt, skb);
	if (likely(reason == DSR_REASON_STEERED))
		dsr_count(pkt->real->counters, len);
	dsr_count_reason(rd->reasons, reason);
	return NF_STOLEN;
}

static noinline unsigned int walk4(const struct dsr_role_dev *rd, struct sk_buff *skb,
				   const struct dsr_front *front, const struct iphdr *ip)
{
	struct dsr_pkt pkt __uninitialized;

	return walk(rd, skb, &pkt, dsr_parse4(&pkt, skb, rd->map, front, ip),
		    DSR_FLOW4_WORDS);
}

static noinline unsigned int walk6(const struct dsr_role_dev *rd, struct sk_buff *skb,
				   const struct dsr_front *front, const struct ipv6hdr *ip)
{
	struct dsr_pkt pkt __uninitialized;

	return walk(rd, skb, &pkt, dsr_parse6(&pkt, skb, rd->map, front, ip),
		    DSR_FLOW6_WORDS);
}

static __always_inline unsigned int look4(const struct dsr_role_dev *rd, struct sk_buff *skb,
					  const struct iphdr *ip)
{
	const struct dsr_front *front = dsr_front_find4(rd->map, ip->daddr);

	return front ? walk4(rd, skb, front, ip) : pass(rd, DSR_REASON_NOT_VIP);
}

static __always_inline unsigned int look6(const struct dsr_role_dev *rd, struct sk_buff *skb,
					  const struct ipv6hdr *ip)
{
	const struct dsr_front *front = dsr_front_find6(rd->map, &ip->daddr);

	return front ? walk6(rd, skb, front, ip) : pass(rd, DSR_REASON_NOT_VIP);
}

/* The header is not in one piece, or not there. */
static noinline unsigned int copy4(const struct dsr_role_dev *rd, struct sk_buff *skb)
{
	struct iphdr ip;

	return skb_copy_bits(skb, 0, &ip, sizeof(ip)) ? pass(rd, DSR_REASON_MALFORMED) :
							look4(rd, skb, &ip);
}

static noinline unsigned int copy6(const struct dsr_role_dev *rd, struct sk_buff *skb)
{
	struct ipv6hdr ip;

	return skb_copy_bits(skb, 0, &ip, sizeof(ip)) ? pass(rd, DSR_REASON_MALFORMED) :
							look6(rd, skb, &ip);
}

static unsigned int hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct dsr_role_dev *rd = priv;
	enum dsr_reason reason = dsr_parse_link(skb);

	if (unlikely(reason != DSR_PARSE_FOUND))
		return pass(rd, reason);
	if (likely(skb->protocol == htons(ETH_P_IP)))
		return likely(skb_headlen(skb) >= sizeof(struct iphdr)) ?
		       look4(rd, skb, (const void *)skb->data) : copy4(rd, skb);
	if (skb->protocol == htons(ETH_P_IPV6))
		return likely(skb_headlen(skb) >= sizeof(struct ipv6hdr)) ?
		       look6(rd, skb, (const void *)skb->data) : copy6(rd, skb);
	return pass(rd, DSR_REASON_NOT_IP);
}

/**
 * dsr_balancer_init() - prepare the hook of a new balancer
 * @rd: the role, whose hook is not registered yet
 *
 * Context: Process context.
 */
void dsr_balancer_init(struct dsr_role_dev *rd)
{
	rd->ops.hook = hook;
	rd->ops.priv = rd;
	rd->ops.pf = NFPROTO_NETDEV;
	rd->ops.hooknum = NF_NETDEV_INGRESS;
	rd->ops.dev = rd->dev;
	rd->ops.priority = READ_ONCE(dsr_role_tuning.hook_priority);
}
