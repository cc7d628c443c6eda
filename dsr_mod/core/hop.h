/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hop: where a real is on the wire. Reals with the same address, device and
 * pinned MAC address share one, however many services they serve, so that news
 * of a neighbour is handled once.
 */
#ifndef _DSR_CORE_HOP_H
#define _DSR_CORE_HOP_H

#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <uapi/linux/dsr.h>

#include "core/net.h"

struct dsr_real;

/**
 * struct dsr_fwd - how to send to a hop, all that a packet needs
 * @dev: the device to send from. Not refcounted: dsr_hop_dev_gone() takes the
 *	whole record away before the device may be freed
 * @mtu: of @dev
 * @dest: destination MAC address; together with @source, as a frame begins, it is macs
 * @source: source MAC address
 * @rcu: for freeing
 *
 * Immutable; a change replaces it.
 */
struct dsr_fwd {
	struct net_device *dev;
	unsigned int mtu;
	struct_group(macs,
		u8 dest[ETH_ALEN];
		u8 source[ETH_ALEN];
	);
	struct rcu_head rcu;
};

/**
 * struct dsr_hop_key - what makes two hops the same
 * @addr: address to resolve
 * @dev: name of the device, "" for that of the connected route
 * @lladdr: pinned MAC address, all zeroes for none
 */
struct dsr_hop_key {
	struct in6_addr addr;
	char dev[IFNAMSIZ];
	u8 lladdr[ETH_ALEN];
};

/**
 * struct dsr_hop - where a real is on the wire
 * @fwd: how to send there, NULL while that is not known
 * @dn: its namespace
 * @key: what it was made for; constant
 * @node: in struct dsr_map.hop
 * @list: in struct dsr_net.hops
 * @reals: every struct dsr_real that uses it
 * @ifindex: device in use, 0 for none; read without the lock, too
 * @stale: set without the lock by those who know that something changed
 * @vain: set without the lock, before @stale: its neighbour was asked in vain,
 *	and that still holds; since the last refresh
 * @reach: whether it can be reached
 * @mac: MAC address in use, valid while @reach is reachable or unreachable
 * @asked: jiffies of the first probe that nobody has answered, when @unanswered
 * @unanswered: probes in a row that nobody answered
 * @rcu: for freeing
 *
 * What is not said otherwise is protected by the lock of the namespace.
 */
struct dsr_hop {
	struct dsr_fwd __rcu *fwd;
	struct dsr_net *dn;
	struct dsr_hop_key key;
	struct hlist_node node;
	struct list_head list;
	struct list_head reals;
	int ifindex;
	int vain;
	bool stale;
	enum dsr_reach reach;
	u8 mac[ETH_ALEN];
	unsigned long asked;
	unsigned int unanswered;
	struct rcu_head rcu;
};

/**
 * enum dsr_hop_news - what has become of a neighbour
 * @DSR_HOP_CHANGED: something that says nothing for or against it; its entry
 *	may be gone
 * @DSR_HOP_CLEARED: what was said against it before holds no more: it is known, or
 *	a process has made its entry what it is
 * @DSR_HOP_VAIN: it was asked in vain, which alone makes a hop unreachable that
 *	was reachable
 */
enum dsr_hop_news {
	DSR_HOP_CHANGED,
	DSR_HOP_CLEARED,
	DSR_HOP_VAIN,
};

/* Probes in a row without an answer that make a hop unreachable. */
#define DSR_HOP_PROBES	3

struct dsr_hop *dsr_hop_get(struct dsr_net *dn, const struct dsr_hop_key *key);
void dsr_hop_join(struct dsr_hop *hop, struct dsr_real *real);
void dsr_hop_leave(struct dsr_real *real);
void dsr_hop_release(struct dsr_hop *hop);
int dsr_hop_update(struct dsr_hop *hop, const struct dsr_hop *from);
void dsr_hop_tell(struct dsr_hop *hop);
void dsr_hop_refresh(struct dsr_hop *hop);
void dsr_hop_probe(struct dsr_hop *hop, unsigned long interval);
void dsr_hop_dev_gone(struct dsr_net *dn, const struct net_device *dev);
void dsr_hop_dev_down(struct dsr_net *dn, const struct net_device *dev);
bool dsr_hop_pinned(const struct dsr_hop *hop);
bool dsr_hop_mark_stale(struct dsr_net *dn, const struct in6_addr *addr, int ifindex,
			enum dsr_hop_news news);

#endif /* _DSR_CORE_HOP_H */
