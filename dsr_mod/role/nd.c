// SPDX-License-Identifier: GPL-2.0
/*
 * Keep VIPs out of IPv6 neighbour discovery (RFC 4861) and duplicate address
 * detection (RFC 4862), wherever the VIP is: Linux answers only on the device
 * that has the address, so a VIP on lo needs this least, and a VIP on a NIC, a
 * bridge or a VRF device most.
 */
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/checksum.h>
#include <net/if_inet6.h>
#include <net/ndisc.h>

#include "core/vip.h"
#include "role/role.h"

/* A solicitation or advertisement, found in a packet. */
struct nd {
	u8 type;
	int offset;
	struct in6_addr target;
};

/* RFC 4861 7.1: hop limit 255 proves that no router has forwarded it; what has
 * another is not listened to anyway.
 */
static bool find_nd(const struct sk_buff *skb, struct nd *nd)
{
	const struct ipv6hdr *ip = ipv6_hdr(skb);
	u8 proto = ip->nexthdr;
	struct nd_msg buf;
	const struct nd_msg *msg;
	__be16 frag = 0;

	if (ip->hop_limit != 255)
		return false;
	nd->offset = skb_network_offset(skb) + sizeof(*ip);
	if (ipv6_ext_hdr(proto)) {
		nd->offset = ipv6_skip_exthdr(skb, nd->offset, &proto, &frag);
		if (nd->offset < 0 || frag)
			return false;
	}
	if (proto != IPPROTO_ICMPV6)
		return false;
	msg = skb_header_pointer(skb, nd->offset, sizeof(buf), &buf);
	if (!msg)
		return false;
	nd->type = msg->icmph.icmp6_type;
	nd->target = msg->target;
	return nd->type == NDISC_NEIGHBOUR_SOLICITATION ||
	       nd->type == NDISC_NEIGHBOUR_ADVERTISEMENT;
}

/**
 * dsr_nd_in() - netfilter hook: be deaf to who asks for or claims a VIP
 * @priv: unused
 * @skb: an IPv6 packet for this host whose header ipv6_rcv() has checked
 * @state: where it comes from
 *
 * An advertisement is dropped as well: it is the balancer's, and for a VIP that
 * is still tentative here it would end in a failed duplicate address detection.
 *
 * Context: Softirq, RCU read side.
 * Return: NF_DROP for a message whose target is a VIP, else NF_ACCEPT.
 */
unsigned int dsr_nd_in(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct dsr_net *dn = dsr_net(state->net);
	struct dsr_vip *vip;
	struct nd nd;

	if (!find_nd(skb, &nd))
		return NF_ACCEPT;
	vip = dsr_vip_find(dn, &nd.target);
	if (!vip)
		return NF_ACCEPT;
	dsr_backend_count(dn, vip, state->in->ifindex, DSR_REASON_ND_IGNORED);
	return NF_DROP;
}

/* The device's own address to ask from, as RFC 4861 4.3 wants it. */
static bool own_address(struct dsr_net *dn, const struct net_device *dev, struct in6_addr *addr)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;

	if (!idev)
		return false;
	list_for_each_entry_rcu(ifa, &idev->addr_list, if_list) {
		if (ifa->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED) ||
		    !(ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL) ||
		    dsr_vip_find(dn, &ifa->addr))
			continue;
		*addr = ifa->addr;
		return true;
	}
	return false;
}

static bool rewrite_source(struct sk_buff *skb, const struct nd *nd, const struct in6_addr *to)
{
	struct icmp6hdr *icmp;
	struct ipv6hdr *ip;

	if (skb_ensure_writable(skb, nd->offset + sizeof(struct nd_msg)))
		return false;
	ip = ipv6_hdr(skb);
	icmp = (struct icmp6hdr *)(skb->data + nd->offset);
	inet_proto_csum_replace16(&icmp->icmp6_cksum, skb, ip->saddr.s6_addr32, to->s6_addr32,
				  true);
	ip->saddr = *to;
	return true;
}

/* What to do with a message of our own, 0 to leave it, and the VIP in it. */
static enum dsr_reason own_message(struct dsr_net *dn, struct sk_buff *skb, const struct nd *nd,
				   const struct net_device *dev, struct dsr_vip **vip)
{
	const struct in6_addr *source = &ipv6_hdr(skb)->saddr;
	struct in6_addr own;

	/* An advertisement claims its target, a probe of duplicate address
	 * detection is about to.
	 */
	if (nd->type == NDISC_NEIGHBOUR_ADVERTISEMENT || ipv6_addr_any(source)) {
		*vip = dsr_vip_find(dn, &nd->target);
		return *vip ? DSR_REASON_ND_SUPPRESSED : 0;
	}
	*vip = dsr_vip_find(dn, source);
	if (!*vip)
		return 0;
	if (!own_address(dn, dev, &own) || !rewrite_source(skb, nd, &own))
		return DSR_REASON_ND_SUPPRESSED;
	return DSR_REASON_ND_REWRITTEN;
}

/**
 * dsr_nd_out() - netfilter hook: never be the one who claims a VIP
 * @priv: unused
 * @skb: an IPv6 packet of this host
 * @state: where it goes to
 *
 * Context: Any but hard interrupt, RCU read side.
 * Return: NF_DROP for what must not be sent, else NF_ACCEPT.
 */
unsigned int dsr_nd_out(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct dsr_net *dn = dsr_net(state->net);
	enum dsr_reason reason;
	struct dsr_vip *vip;
	struct nd nd;

	if (!find_nd(skb, &nd))
		return NF_ACCEPT;
	reason = own_message(dn, skb, &nd, state->out, &vip);
	if (!reason)
		return NF_ACCEPT;
	dsr_backend_count(dn, vip, state->out->ifindex, reason);
	return reason == DSR_REASON_ND_SUPPRESSED ? NF_DROP : NF_ACCEPT;
}
