/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of the kernel as path/parse.h and path/parse.c are made of. A packet is two pieces of
 * memory, the linear part and the rest, each of its exact length: the sanitizer sees a step beyond.
 * Included before everything else; the kernel's headers that user space lacks are empty files.
 */
#ifndef DSR_FUZZ_KERNEL_SHIM_H
#define DSR_FUZZ_KERNEL_SHIM_H

#include <endian.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <linux/unaligned.h>
#include <string.h>

#define __rcu
#define __percpu
#define __uninitialized
#define noinline		__attribute__((noinline))
#undef __always_inline
#define __always_inline		inline __attribute__((always_inline))
#define ____cacheline_aligned	__attribute__((aligned(64)))
#define fallthrough		__attribute__((fallthrough))

#define BIT(n)			(1UL << (n))
#define GOLDEN_RATIO_32		0x61C88647
#define READ_ONCE(x)		(*(volatile typeof(x) *)&(x))
#define U32_MAX			0xffffffffU

#define htons(x)		htobe16(x)

static inline u32 hash_32(u32 value, unsigned int bits)
{
	return value * GOLDEN_RATIO_32 >> (32 - bits);
}

/* --- what structures are made of, and nothing here uses ------------------------------------- */

struct list_head { struct list_head *next, *prev; };
struct rcu_head { void *next; };
struct mutex { int unused; };
struct xarray { int unused; };
struct delayed_work { int unused; };
struct u64_stats_sync { int unused; };
struct net;
typedef struct { u64 v; } u64_stats_t;

#define lockdep_assert_held(lock)		((void)(lock))
#define this_cpu_ptr(p)				(p)
#define u64_stats_update_begin(s)		((void)(s))
#define u64_stats_update_end(s)			((void)(s))
#define u64_stats_inc(p)			((p)->v++)
#define u64_stats_add(p, n)			((p)->v += (n))

/* --- hash tables ---------------------------------------------------------------------------- */

struct hlist_node { struct hlist_node *next; };
struct hlist_head { struct hlist_node *first; };

#define container_of(p, type, member)						\
	((type *)((char *)(p) - offsetof(type, member)))
#define hlist_entry_or_null(p, type, member)					\
	((p) ? container_of(p, type, member) : NULL)
#define hlist_for_each_entry_rcu(at, head, member)				\
	for (at = hlist_entry_or_null((head)->first, typeof(*at), member); at;	\
	     at = hlist_entry_or_null(at->member.next, typeof(*at), member))

static inline void hlist_add_head_rcu(struct hlist_node *node, struct hlist_head *head)
{
	node->next = head->first;
	head->first = node;
}

/* --- addresses and headers ------------------------------------------------------------------ */

#define IP6_MF			0x0001
#define IP6_OFFSET		0xFFF8
#define NEXTHDR_HOP		0
#define NEXTHDR_ROUTING		43
#define NEXTHDR_FRAGMENT	44
#define NEXTHDR_AUTH		51
#define NEXTHDR_NONE		59
#define NEXTHDR_DEST		60

struct frag_hdr {
	u8 nexthdr, reserved;
	__be16 frag_off;
	__be32 identification;
};

static inline bool ipv6_addr_v4mapped(const struct in6_addr *a)
{
	return !a->s6_addr32[0] && !a->s6_addr32[1] && a->s6_addr32[2] == htobe32(0xffff);
}

static inline bool ipv6_addr_equal(const struct in6_addr *a, const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static inline bool ip_is_fragment(const struct iphdr *ip)
{
	return ip->frag_off & htobe16(0x3fff);
}

static inline bool ipv6_ext_hdr(u8 kind)
{
	return kind == NEXTHDR_HOP || kind == NEXTHDR_ROUTING || kind == NEXTHDR_FRAGMENT ||
	       kind == NEXTHDR_AUTH || kind == NEXTHDR_NONE || kind == NEXTHDR_DEST;
}

static inline bool icmp_is_err(int type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT ||
	       type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
}

static inline bool icmpv6_is_err(int type)
{
	return type >= ICMPV6_DEST_UNREACH && type <= ICMPV6_PARAMPROB;
}

/* --- packets -------------------------------------------------------------------------------- */

struct sk_buff {
	const u8 *data, *rest;
	unsigned int len, data_len;	/* data_len: of rest */
	u8 pkt_type;
	__be16 protocol;
	u16 vlan_tci;
	bool vlan, gso;
};

#define skb_vlan_tag_present(skb)	((skb)->vlan)
#define skb_vlan_tag_get_id(skb)	((skb)->vlan_tci & 0xfff)
#define skb_is_gso(skb)			((skb)->gso)

static inline unsigned int skb_headlen(const struct sk_buff *skb)
{
	return skb->len - skb->data_len;
}

static inline int skb_copy_bits(const struct sk_buff *skb, int offset, void *to, int len)
{
	int i;

	if (offset < 0 || offset > (int)skb->len - len)
		return -1;
	for (i = 0; i < len; i++, offset++)
		((u8 *)to)[i] = offset < (int)skb_headlen(skb) ?
				skb->data[offset] : skb->rest[offset - skb_headlen(skb)];
	return 0;
}

static inline const void *skb_header_pointer(const struct sk_buff *skb, int offset, int len,
					     void *buffer)
{
	if ((int)skb_headlen(skb) - offset >= len)
		return skb->data + offset;
	return skb_copy_bits(skb, offset, buffer, len) ? NULL : buffer;
}

#endif /* DSR_FUZZ_KERNEL_SHIM_H */
