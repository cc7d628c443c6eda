// SPDX-License-Identifier: GPL-2.0
/*
 * Keep VIPs out of ARP. The values mean what the sysctls arp_ignore and
 * arp_announce mean (Documentation/networking/ip-sysctl.rst of the kernel),
 * but for VIPs only; net/ipv4/arp.c decides the same for all other addresses.
 */
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/netfilter_arp.h>
#include <linux/skbuff.h>
#include <linux/unaligned.h>
#include <net/arp.h>
#include <net/route.h>

#include "core/vip.h"
#include "role/role.h"

/* Where the addresses are in an ARP packet for IPv4 over Ethernet. */
struct arp_body {
	u8 sender_mac[ETH_ALEN];
	__be32 sender_ip;
	u8 target_mac[ETH_ALEN];
	__be32 target_ip;
} __packed;

static struct arp_body *body_of(const struct sk_buff *skb, const struct net_device *dev)
{
	const struct arphdr *arp = arp_hdr(skb);

	if (!dev || dev->type != ARPHRD_ETHER || arp->ar_pro != htons(ETH_P_IP) ||
	    arp->ar_hln != ETH_ALEN || arp->ar_pln != sizeof(__be32))
		return NULL;
	return (struct arp_body *)(arp + 1);
}

/* As arp_ignore() in net/ipv4/arp.c. */
static bool ignores(struct dsr_net *dn, struct net_device *dev, __be32 asker, __be32 vip)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	int scope = RT_SCOPE_HOST;

	if (!in_dev)
		return true;
	switch (dsr_backend_arp_ignore(dn, dev->ifindex)) {
	case 1:
		asker = 0;
		break;
	case 2:
		break;
	case 3:
		asker = 0;
		scope = RT_SCOPE_LINK;
		in_dev = NULL;
		break;
	case 8:
		return true;
	default:
		return false;
	}
	return !inet_confirm_addr(dn->net, in_dev, asker, vip, scope);
}

/**
 * dsr_arp_in() - netfilter hook: be deaf to who asks for a VIP
 * @priv: unused
 * @skb: an ARP packet whose length arp_rcv() has checked
 * @state: where it comes from
 *
 * Context: Softirq, RCU read side.
 * Return: NF_DROP for a request that must not be answered, else NF_ACCEPT.
 */
unsigned int dsr_arp_in(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct arp_body *arp = body_of(skb, state->in);
	struct dsr_net *dn = dsr_net(state->net);
	struct dsr_vip *vip;
	__be32 sender, target;

	if (!arp || arp_hdr(skb)->ar_op != htons(ARPOP_REQUEST))
		return NF_ACCEPT;
	sender = get_unaligned(&arp->sender_ip);
	target = get_unaligned(&arp->target_ip);
	vip = dsr_vip_find4(dn, target);
	if (!vip || !ignores(dn, state->in, sender, target))
		return NF_ACCEPT;
	dsr_backend_count(dn, vip, state->in->ifindex, DSR_REASON_ARP_IGNORED);
	return NF_DROP;
}

/* As inet_addr_onlink() in net/ipv4/devinet.c, which is not exported. */
static bool same_subnet(const struct in_device *in_dev, __be32 a, __be32 b)
{
	const struct in_ifaddr *ifa;

	in_dev_for_each_ifa_rcu(ifa, in_dev)
		if (inet_ifa_match(a, ifa) && inet_ifa_match(b, ifa))
			return true;
	return false;
}

/* The device's own address to ask from, best one in the target's subnet. */
static __be32 own_address(struct dsr_net *dn, const struct in_device *in_dev, __be32 target)
{
	const struct in_ifaddr *ifa;
	__be32 best = 0;

	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (ifa->ifa_scope > RT_SCOPE_LINK || dsr_vip_find4(dn, ifa->ifa_local))
			continue;
		if (inet_ifa_match(target, ifa))
			return ifa->ifa_local;
		if (!best)
			best = ifa->ifa_local;
	}
	return best;
}

/* What to do with our own request whose sender is a VIP: 0 to leave it, else
 * the reason that says. As arp_solicit() in net/ipv4/arp.c.
 */
static enum dsr_reason own_request(struct dsr_net *dn, struct sk_buff *skb, struct arp_body *arp,
				   struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	__be32 target = get_unaligned(&arp->target_ip);
	__be32 sender = get_unaligned(&arp->sender_ip);
	u8 announce = dsr_backend_arp_announce(dn, dev->ifindex);

	if (!announce || (announce == 1 && in_dev && same_subnet(in_dev, target, sender)))
		return 0;
	/* Gratuitous: who asks for the VIP itself wants to announce it. */
	sender = in_dev && target != sender ? own_address(dn, in_dev, target) : 0;
	if (!sender || skb_ensure_writable(skb, skb->len))
		return DSR_REASON_ARP_SUPPRESSED;
	put_unaligned(sender, &body_of(skb, dev)->sender_ip);
	return DSR_REASON_ARP_REWRITTEN;
}

/**
 * dsr_arp_out() - netfilter hook: never be the one who announces a VIP
 * @priv: unused
 * @skb: an ARP packet of this host
 * @state: where it goes to
 *
 * Context: Any but hard interrupt, RCU read side.
 * Return: NF_DROP for what must not be sent, else NF_ACCEPT.
 */
unsigned int dsr_arp_out(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct arp_body *arp = body_of(skb, state->out);
	struct dsr_net *dn = dsr_net(state->net);
	enum dsr_reason reason = 0;
	struct dsr_vip *vip;
	__be32 sender;

	if (!arp)
		return NF_ACCEPT;
	sender = get_unaligned(&arp->sender_ip);
	vip = dsr_vip_find4(dn, sender);
	if (!vip)
		return NF_ACCEPT;
	if (arp_hdr(skb)->ar_op == htons(ARPOP_REQUEST))
		reason = own_request(dn, skb, arp, state->out);
	else if (ignores(dn, state->out, get_unaligned(&arp->target_ip), sender))
		reason = DSR_REASON_ARP_SUPPRESSED;
	if (!reason)
		return NF_ACCEPT;
	dsr_backend_count(dn, vip, state->out->ifindex, reason);
	return reason == DSR_REASON_ARP_SUPPRESSED ? NF_DROP : NF_ACCEPT;
}
