// SPDX-License-Identifier: GPL-2.0
/*
 * The balancer's hook: one packet, from arrival to verdict.
 */
#include "core/real.h"
#include "path/pkt.h"
#include "path/steer.h"
#include "role/role.h"

/* Parse, steer and rewrite. @stolen tells whether @skb is still ours to pass. */
static enum dsr_reason walk(const struct dsr_role_dev *rd, struct sk_buff *skb, bool *stolen)
{
	const struct dsr_map *map = rcu_dereference(rd->dn->map);
	struct dsr_pkt pkt __uninitialized;
	enum dsr_reason reason;
	u32 len = skb->len;

	*stolen = false;
	reason = dsr_parse(&pkt, skb, map);
	if (reason != DSR_REASON_STEERED)
		return reason;
	reason = dsr_steer(&pkt, skb);
	if (unlikely(reason != DSR_REASON_STEERED))
		return reason;

	*stolen = true;
	reason = dsr_send(&pkt, skb);
	if (likely(reason == DSR_REASON_STEERED))
		dsr_count(pkt.real->counters, len);
	return reason;
}

static unsigned int hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct dsr_role_dev *rd = priv;
	bool stolen;

	dsr_count_reason(rd->reasons, walk(rd, skb, &stolen));
	return stolen ? NF_STOLEN : NF_ACCEPT;
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
