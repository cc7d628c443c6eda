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

/* What follows the packet's end is the padding of its frame. */
static const u8 *icmp_type(const struct sk_buff *skb, unsigned int offset, unsigned int end,
			   u8 *buf)
{
	return offset < end ? skb_header_pointer(skb, offset, sizeof(*buf), buf) : NULL;
}

static enum dsr_reason icmp4(const struct sk_buff *skb, unsigned int offset, unsigned int end)
{
	u8 buf __uninitialized;
	const u8 *type = icmp_type(skb, offset, end, &buf);

	return type && icmp_is_err(*type) ? DSR_REASON_ICMP_ERROR : DSR_REASON_ICMP;
}

static enum dsr_reason icmp6(const struct sk_buff *skb, unsigned int offset, unsigned int end)
{
	u8 buf __uninitialized;
	const u8 *type = icmp_type(skb, offset, end, &buf);

	return type && icmpv6_is_err(*type) ? DSR_REASON_ICMP_ERROR : DSR_REASON_ICMP;
}

/**
 * dsr_parse_other() - name what is to a VIP, but nothing that a service can have
 * @skb: the packet, its data at the network header
 * @proto: its transport protocol
 * @offset: of its transport header
 * @end: of the packet
 *
 * Context: Softirq.
 * Return: the reason.
 */
noinline enum dsr_reason dsr_parse_other(const struct sk_buff *skb, u8 proto, unsigned int offset,
					 unsigned int end)
{
	switch (proto) {
	case IPPROTO_ICMP:
		return icmp4(skb, offset, end);
	case IPPROTO_ICMPV6:
		return icmp6(skb, offset, end);
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

/* Length of an extension header, by its first eight bytes; 0 for a fragment's. */
static unsigned int ext_len(u8 proto, const struct frag_hdr *ext)
{
	switch (proto) {
	case NEXTHDR_FRAGMENT:
		/* A whole datagram may have one, RFC 6946; two bits mean nothing. */
		return ext->frag_off & htons(IP6_OFFSET | IP6_MF) ? 0 : sizeof(*ext);
	case NEXTHDR_AUTH:
		return (ext->reserved + 2) * 4;
	default:
		return (ext->reserved + 1) * 8;
	}
}

/**
 * dsr_parse_ext() - walk the extension headers of an IPv6 packet
 * @skb: the packet, its data at the network header
 * @proto: the next header of the IPv6 header
 * @end: of the packet
 *
 * Not ipv6_skip_exthdr(): that tells of the last fragment header alone and
 * goes on into the padding of the frame.
 *
 * Context: Softirq.
 * Return: DSR_PARSE_EXT(), or a negative reason.
 */
noinline int dsr_parse_ext(const struct sk_buff *skb, u8 proto, unsigned int end)
{
	unsigned int offset = sizeof(struct ipv6hdr), len;
	struct frag_hdr buf __uninitialized;
	const struct frag_hdr *ext;

	while (ipv6_ext_hdr(proto) && proto != NEXTHDR_NONE) {
		ext = offset + sizeof(buf) <= end ?
		      skb_header_pointer(skb, offset, sizeof(buf), &buf) : NULL;
		if (!ext)
			return -(int)DSR_REASON_MALFORMED;
		len = ext_len(proto, ext);
		if (!len)
			return -(int)DSR_REASON_FRAGMENT;
		proto = ext->nexthdr;
		offset += len;
	}
	if (offset > end)
		return -(int)DSR_REASON_MALFORMED;
	return DSR_PARSE_EXT(offset, proto);
}
