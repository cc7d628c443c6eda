/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A VIP of the backend side: an address that this host holds and is silent
 * about in ARP and ND.
 */
#ifndef _DSR_CORE_VIP_H
#define _DSR_CORE_VIP_H

#include <linux/atomic.h>
#include <linux/if.h>

#include "core/net.h"

#define DSR_VIP_FIRST_REASON	DSR_REASON_ARP_IGNORED
#define DSR_VIP_N_REASONS	(DSR_N_REASONS - DSR_VIP_FIRST_REASON)

/**
 * struct dsr_vip - an address to be silent about
 * @node: in struct dsr_map.vip
 * @addr: the address; constant
 * @n: packets by enum dsr_reason, from DSR_VIP_FIRST_REASON on. Neighbour
 *	discovery is no hot path, so one counter serves all CPUs
 * @id: in struct dsr_net.vips; constant
 * @dev: where the user put the address, "" if he did not say; constant
 * @rcu: for freeing
 */
struct dsr_vip {
	struct hlist_node node;
	struct in6_addr addr;
	atomic64_t n[DSR_VIP_N_REASONS];
	u32 id;
	char dev[IFNAMSIZ];
	struct rcu_head rcu;
};

struct dsr_vip *dsr_vip_find(struct dsr_net *dn, const struct in6_addr *addr);
struct dsr_vip *dsr_vip_find4(struct dsr_net *dn, __be32 addr);
struct dsr_vip *dsr_vip_add(struct dsr_net *dn, const struct in6_addr *addr, const char *dev);
void dsr_vip_del(struct dsr_net *dn, struct dsr_vip *vip);
void dsr_vip_flush(struct dsr_net *dn);

#endif /* _DSR_CORE_VIP_H */
