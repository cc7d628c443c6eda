/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An address of either family in one type: IPv4 is IPv4-mapped IPv6, as on the
 * wire of the control protocol. Helpers that the kernel does not have.
 */
#ifndef _DSR_CORE_ADDR_H
#define _DSR_CORE_ADDR_H

#include <linux/bits.h>
#include <linux/hash.h>
#include <linux/string.h>
#include <net/ipv6.h>

/* 4096 chains keep a lookup flat to well past 10,000 objects for 32 KiB. */
#define DSR_HASH_BITS	12
#define DSR_HASH_SIZE	BIT(DSR_HASH_BITS)

static inline bool dsr_addr_is_v4(const struct in6_addr *addr)
{
	return ipv6_addr_v4mapped(addr);
}

static inline __be32 dsr_addr_v4(const struct in6_addr *addr)
{
	return addr->s6_addr32[3];
}

static inline int dsr_addr_cmp(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, sizeof(*a));
}

/* The low bits of an address differ most, and hash_32() mixes upwards. */
static inline u32 dsr_addr_hash4(__be32 addr)
{
	return hash_32(be32_to_cpu(addr), DSR_HASH_BITS);
}

static inline u32 dsr_addr_hash6(const struct in6_addr *addr)
{
	return hash_32(be32_to_cpu(addr->s6_addr32[0] ^ addr->s6_addr32[1] ^
				   addr->s6_addr32[2] ^ addr->s6_addr32[3]),
		       DSR_HASH_BITS);
}

static inline u32 dsr_addr_hash(const struct in6_addr *addr)
{
	return dsr_addr_is_v4(addr) ? dsr_addr_hash4(dsr_addr_v4(addr)) :
				      dsr_addr_hash6(addr);
}

#endif /* _DSR_CORE_ADDR_H */
