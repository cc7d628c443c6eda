/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Find out which service a packet is for. Nothing has looked at it yet but the
 * driver: no length, no header field can be trusted, and the skb may be shared
 * or cloned. So nothing is pulled, headers that are not in one piece are copied
 * (parse.c), and all offsets are checked against both the lengths in the headers
 * and that of the skb. As little as possible is read.
 *
 * Header checksums are left to the real: it drops what ip_rcv() here would.
 */
#ifndef _DSR_PATH_PARSE_H
#define _DSR_PATH_PARSE_H

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
#define DSR_PARSE_FOUND	DSR_REASON_STEERED

enum dsr_reason dsr_parse_other(const struct sk_buff *skb, u8 proto, unsigned int offset,
				unsigned int end);
s64 dsr_parse_ports(const struct sk_buff *skb, unsigned int offset);
int dsr_parse_ext(const struct sk_buff *skb, u8 proto, unsigned int end);

/* What dsr_parse_ext() returns. */
#define DSR_PARSE_EXT(offset, proto)	((offset) << 8 | (proto))
#define DSR_PARSE_EXT_OFFSET(ext)	((ext) >> 8)
#define DSR_PARSE_EXT_PROTO(ext)	((u8)(ext))

static inline bool dsr_parse_has_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

/**
 * dsr_parse_link() - whether a frame is ours to look into
 * @skb: as an ingress hook gets it
 *
 * Context: Softirq.
 * Return: DSR_PARSE_FOUND if it is, else why not.
 */
static __always_inline enum dsr_reason dsr_parse_link(const struct sk_buff *skb)
{
	if (skb->pkt_type != PACKET_HOST)
		return DSR_REASON_NOT_HOST;
	/* A tag still in metadata is for a VLAN device above, but for a tag
	 * that only carries a priority.
	 */
	if (skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb))
		return DSR_REASON_VLAN;
	return DSR_PARSE_FOUND;
}

/* For the compiler, which then knows that there is a service if none of these
 * reasons is returned.
 */
static __always_inline enum dsr_reason dsr_parse_refuse(const struct sk_buff *skb, u8 proto,
							unsigned int offset,
							unsigned int end)
{
	return dsr_parse_other(skb, proto, offset, end) ?: DSR_REASON_PROTOCOL;
}

/* @offset and @end bound the transport header and its payload in @skb. Fills in
 * the service and all of the flow but the address.
 */
static __always_inline enum dsr_reason
dsr_parse_transport(struct dsr_pkt *pkt, const struct sk_buff *skb, const struct dsr_map *map,
		    const struct dsr_front *front, u8 proto, unsigned int offset, unsigned int end,
		    u64 *sport)
{
	unsigned int need = proto == IPPROTO_UDP ? sizeof(struct udphdr) : sizeof(struct tcphdr);
	u32 ports;

	if (unlikely(offset + need > end))
		return DSR_REASON_MALFORMED;
	if (likely(offset + sizeof(ports) <= skb_headlen(skb))) {
		ports = get_unaligned_le32(skb->data + offset);
	} else {
		s64 copied = dsr_parse_ports(skb, offset);

		if (copied < 0)
			return DSR_REASON_MALFORMED;
		ports = copied;
	}
	/* As they are on the wire: only those who configure turn bytes around. */
	pkt->service = dsr_service_find(map, front, (ports & 0xffff0000) | proto);
	if (unlikely(!pkt->service))
		return DSR_REASON_NO_SERVICE;
	*sport = ports & 0xffff;
	return DSR_PARSE_FOUND;
}

/**
 * dsr_parse4() - find the service that an IPv4 packet to a VIP is for
 * @pkt: where to put it
 * @skb: as an ingress hook gets it, with its data at the network header
 * @map: of the namespace
 * @front: the VIP
 * @ip: its header, of 20 bytes, or a copy
 *
 * Context: Softirq, RCU read side.
 * Return: DSR_PARSE_FOUND if @pkt has a service, else why it has none.
 */
static __always_inline enum dsr_reason
dsr_parse4(struct dsr_pkt *pkt, const struct sk_buff *skb, const struct dsr_map *map,
	   const struct dsr_front *front, const struct iphdr *ip)
{
	unsigned int ihl = ip->ihl * 4, len = be16_to_cpu(ip->tot_len);
	enum dsr_reason reason;
	u64 sport;

	/* BIG TCP: GRO merged more than the field can say. */
	if (unlikely(!len && skb_is_gso(skb)))
		len = skb->len;
	if (unlikely(ip->version != 4 || ihl < sizeof(*ip) || len < ihl || skb->len < len))
		return DSR_REASON_MALFORMED;
	if (unlikely(ip_is_fragment(ip)))
		return DSR_REASON_FRAGMENT;
	if (unlikely(!dsr_parse_has_ports(ip->protocol)))
		return dsr_parse_refuse(skb, ip->protocol, ihl, len);

	reason = dsr_parse_transport(pkt, skb, map, front, ip->protocol, ihl, len, &sport);
	if (unlikely(reason != DSR_PARSE_FOUND))
		return reason;
	dsr_flow4(pkt->flow, ip->saddr, sport);
	return DSR_PARSE_FOUND;
}

/**
 * dsr_parse6() - find the service that an IPv6 packet to a VIP is for
 * @pkt: where to put it
 * @skb: as an ingress hook gets it, with its data at the network header
 * @map: of the namespace
 * @front: the VIP
 * @ip: its header, of 40 bytes, or a copy
 *
 * Context: Softirq, RCU read side.
 * Return: DSR_PARSE_FOUND if @pkt has a service, else why it has none.
 */
static __always_inline enum dsr_reason
dsr_parse6(struct dsr_pkt *pkt, const struct sk_buff *skb, const struct dsr_map *map,
	   const struct dsr_front *front, const struct ipv6hdr *ip)
{
	unsigned int len = sizeof(*ip) + be16_to_cpu(ip->payload_len), offset = sizeof(*ip);
	enum dsr_reason reason;
	u8 proto = ip->nexthdr;
	u64 sport;

	/* BIG TCP, as above. */
	if (unlikely(!ip->payload_len && skb_is_gso(skb)))
		len = skb->len;
	if (unlikely(ip->version != 6 || skb->len < len))
		return DSR_REASON_MALFORMED;
	if (unlikely(!dsr_parse_has_ports(proto))) {
		int ext = dsr_parse_ext(skb, proto, len);

		if (ext < 0)
			return -ext;
		offset = DSR_PARSE_EXT_OFFSET(ext);
		proto = DSR_PARSE_EXT_PROTO(ext);
		if (!dsr_parse_has_ports(proto))
			return dsr_parse_refuse(skb, proto, offset, len);
	}

	reason = dsr_parse_transport(pkt, skb, map, front, proto, offset, len, &sport);
	if (unlikely(reason != DSR_PARSE_FOUND))
		return reason;
	dsr_flow6(pkt->flow, &ip->saddr, sport);
	return DSR_PARSE_FOUND;
}

#endif /* _DSR_PATH_PARSE_H */
