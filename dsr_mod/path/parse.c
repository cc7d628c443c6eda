// SPDX-License-Identifier: GPL-2.0
/*
 * What finding the service rarely comes to: headers that are not in one piece,
 * extension headers, and protocols that no service can have. Out of line, so
 * that the rest needs neither buffers nor a stack protector.
 *
 * Buffers are not worth the instructions that the compiler would clear them
 * with (INIT_STACK_ALL_ZERO).
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>

#include "path/parse.h"

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

/**
 * dsr_parse_other() - name what is to a VIP, but nothing that a service can have
 * @skb: the packet, its data at the network header
 * @proto: its transport protocol
 * @offset: of its transport header
 *
 * Context: Softirq.
 * Return: the reason.
 */
noinline enum dsr_reason dsr_parse_other(const struct sk_buff *skb, u8 proto, unsigned int offset)
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

/**
 * dsr_parse_ports() - read ports that are not in the linear part
 * @skb: the packet, its data at the network header
 * @offset: of its transport header
 *
 * Context: Softirq.
 * Return: the ports, little-endian, or -1 if they are not there.
 */
noinline s64 dsr_parse_ports(const struct sk_buff *skb, unsigned int offset)
{
	__le32 buf __uninitialized;

	if (skb_copy_bits(skb, offset, &buf, sizeof(buf)))
		return -1;
	return le32_to_cpu(buf);
}

/**
 * dsr_parse_ext() - walk the extension headers of an IPv6 packet
 * @skb: the packet, its data at the network header
 * @proto: the next header of the IPv6 header
 *
 * Context: Softirq.
 * Return: DSR_PARSE_EXT(), or a negative reason.
 */
noinline int dsr_parse_ext(const struct sk_buff *skb, u8 proto)
{
	__be16 frag = 0;
	int offset = sizeof(struct ipv6hdr);

	if (ipv6_ext_hdr(proto) && proto != NEXTHDR_NONE) {
		offset = ipv6_skip_exthdr(skb, offset, &proto, &frag);
		if (offset < 0)
			return -(int)DSR_REASON_MALFORMED;
		if (frag || proto == NEXTHDR_FRAGMENT)
			return -(int)DSR_REASON_FRAGMENT;
	}
	return DSR_PARSE_EXT(offset, proto);
}
