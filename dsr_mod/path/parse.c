// SPDX-License-Identifier: GPL-2.0
/*
 * Find out which service a packet is for. Nothing has looked at it yet but the
 * driver: no length, no header field can be trusted, and the skb may be shared
 * or cloned. So headers are read with skb_header_pointer(), which changes
 * nothing, and all offsets are checked against both the lengths in the headers
 * and that of the skb. As little as possible is read. Its buffers are used for
 * the rare packet whose headers are not in one piece: they are not worth the
 * instructions that the compiler would clear them with (INIT_STACK_ALL_ZERO).
 *
 * Header checksums are left to the real: it drops what ip_rcv() here would.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/unaligned.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "path/pkt.h"

/* A packet that nothing speaks against is on its way to being steered. */
#define FOUND	DSR_REASON_STEERED

static enum dsr_reason icmp4(const struct sk_buff *skb, unsigned int offset)
{
	u8 buf __uninitialized;
	const u8 *type = skb_header_pointer(skb, offset, sizeof(buf), &buf);

	return type && icmp_is_err(*type) ? DSR_REASON_ICMP_ERROR : DSR_REASON_ICMP;
}

static enum dsr_reason icmp6(const struct sk_buff *skb, unsigned int offset)
{
	u8 buf __uninitialized;
	const u8 *type = skb_header_pointer(skb, offset, sizeof(buf), &buf);

	return type && icmpv6_is_err(*type) ? DSR_REASON_ICMP_ERROR : DSR_REASON_ICMP;
}

/* What is to a VIP, but nothing that a service can have. */
static noinline enum dsr_reason other(const struct sk_buff *skb, u8 proto, unsigned int offset)
{
	switch (proto) {
	case IPPROTO_ICMP:
		return icmp4(skb, offset);
	case IPPROTO_ICMPV6:
		return icmp6(skb, offset);
	default:
		return DSR_REASON_PROTOCOL;
	}
}

/* @offset and @end bound the transport header and its payload in @skb. Inline,
 * because it is all of the work and half of it the call.
 */
static __always_inline enum dsr_reason
transport(struct dsr_pkt *pkt, const struct sk_buff *skb, const struct dsr_map *map,
	  const struct dsr_front *front, u8 proto, unsigned int offset, unsigned int end)
{
	__be16 buf[2] __uninitialized;
	const __be16 *ports;
	unsigned int need;

	if (proto == IPPROTO_TCP)
		need = sizeof(struct tcphdr);
	else if (proto == IPPROTO_UDP)
		need = sizeof(struct udphdr);
	else
		return other(skb, proto, offset);
	if (unlikely(offset + need > end))
		return DSR_REASON_MALFORMED;
	ports = skb_header_pointer(skb, offset, sizeof(buf), buf);
	if (unlikely(!ports))
		return DSR_REASON_MALFORMED;

	pkt->service = dsr_service_find(map, front, dsr_port_proto(be16_to_cpu(ports[1]), proto));
	if (!pkt->service)
		return DSR_REASON_NO_SERVICE;
	pkt->client[2] |= (u32)be16_to_cpu(ports[0]) << 16 | be16_to_cpu(ports[1]);
	return FOUND;
}

static enum dsr_reason parse4(struct dsr_pkt *pkt, const struct sk_buff *skb,
			      const struct dsr_map *map)
{
	const struct dsr_front *front;
	const struct iphdr *ip;
	unsigned int len, ihl;
	struct iphdr buf __uninitialized;

	ip = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (unlikely(!ip))
		return DSR_REASON_MALFORMED;
	front = dsr_front_find4(map, ip->daddr);
	if (!front)
		return DSR_REASON_NOT_VIP;

	ihl = ip->ihl * 4;
	len = be16_to_cpu(ip->tot_len);
	/* BIG TCP: GRO merged more than the field can say. */
	if (unlikely(!len && skb_is_gso(skb)))
		len = skb->len;
	if (unlikely(ip->version != 4 || ihl < sizeof(*ip) || len < ihl || skb->len < len))
		return DSR_REASON_MALFORMED;
	if (unlikely(ip_is_fragment(ip)))
		return DSR_REASON_FRAGMENT;

	pkt->v6 = false;
	pkt->client[2] = (u64)be32_to_cpu(ip->saddr) << 32;
	return transport(pkt, skb, map, front, ip->protocol, ihl, len);
}

static enum dsr_reason parse6(struct dsr_pkt *pkt, const struct sk_buff *skb,
			      const struct dsr_map *map)
{
	const struct dsr_front *front;
	const struct ipv6hdr *ip;
	struct ipv6hdr buf __uninitialized;
	__be16 frag = 0;
	int offset = sizeof(*ip);
	unsigned int len;
	u8 proto;

	ip = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (unlikely(!ip))
		return DSR_REASON_MALFORMED;
	front = dsr_front_find6(map, &ip->daddr);
	if (!front)
		return DSR_REASON_NOT_VIP;

	len = sizeof(*ip) + be16_to_cpu(ip->payload_len);
	/* BIG TCP, as above. */
	if (unlikely(!ip->payload_len && skb_is_gso(skb)))
		len = skb->len;
	if (unlikely(ip->version != 6 || skb->len < len))
		return DSR_REASON_MALFORMED;

	proto = ip->nexthdr;
	if (unlikely(ipv6_ext_hdr(proto) && proto != NEXTHDR_NONE)) {
		offset = ipv6_skip_exthdr(skb, offset, &proto, &frag);
		if (offset < 0)
			return DSR_REASON_MALFORMED;
		if (frag || proto == NEXTHDR_FRAGMENT)
			return DSR_REASON_FRAGMENT;
	}

	pkt->v6 = true;
	pkt->client[0] = get_unaligned_be64(&ip->saddr.s6_addr[0]);
	pkt->client[1] = get_unaligned_be64(&ip->saddr.s6_addr[8]);
	pkt->client[2] = 0;
	return transport(pkt, skb, map, front, proto, offset, len);
}

/**
 * dsr_parse() - find the service that a packet is for
 * @pkt: where to put it
 * @skb: as an ingress hook gets it, with its data at the network header
 * @map: of the namespace
 *
 * Context: Softirq, RCU read side.
 * Return: DSR_REASON_STEERED if @pkt has a service, else why it has none.
 */
enum dsr_reason dsr_parse(struct dsr_pkt *pkt, const struct sk_buff *skb,
			  const struct dsr_map *map)
{
	if (skb->pkt_type != PACKET_HOST)
		return DSR_REASON_NOT_HOST;
	/* A tag still in metadata is for a VLAN device above, but for a tag
	 * that only carries a priority.
	 */
	if (skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb))
		return DSR_REASON_VLAN;
	if (skb->protocol == htons(ETH_P_IP))
		return parse4(pkt, skb, map);
	if (skb->protocol == htons(ETH_P_IPV6))
		return parse6(pkt, skb, map);
	return DSR_REASON_NOT_IP;
}
