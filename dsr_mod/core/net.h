/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Everything that one network namespace has.
 */
#ifndef _DSR_CORE_NET_H
#define _DSR_CORE_NET_H

#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "core/addr.h"
#include "core/stats.h"

/**
 * struct dsr_map - hash tables that packets are looked up in
 * @front4: struct dsr_front of IPv4, by address
 * @front6: struct dsr_front of IPv6, by address
 * @service: struct dsr_service, by front, port and protocol
 * @name: struct dsr_service, by name; for writers only
 * @hop: struct dsr_hop, by address
 * @vip: struct dsr_vip, by address
 *
 * Allocated with the first object of a namespace and freed with the namespace,
 * so that namespaces that do not use the module cost next to nothing.
 */
struct dsr_map {
	struct hlist_head front4[DSR_HASH_SIZE];
	struct hlist_head front6[DSR_HASH_SIZE];
	struct hlist_head service[DSR_HASH_SIZE];
	struct hlist_head name[DSR_HASH_SIZE];
	struct hlist_head hop[DSR_HASH_SIZE];
	struct hlist_head vip[DSR_HASH_SIZE];
};

/**
 * struct dsr_net - the root of a namespace
 * @map: hash tables; NULL before the first object. Readers: RCU
 * @net: the namespace itself. Not refcounted: this lives inside it
 * @build: one builder of tables at a time; taken before @lock, never under RTNL
 * @lock: serializes every change of what follows and of every object.
 *	Nests inside RTNL
 * @generation: moves on with every change, never 0
 * @closing: the namespace or the module is going, take nothing new
 * @services: struct dsr_service by id
 * @service_next: where to look for the next free id
 * @reals: struct dsr_real by id
 * @real_next: where to look for the next free id
 * @vips: struct dsr_vip by id
 * @vip_next: where to look for the next free id
 * @n_vips: how many there are
 * @roles: struct dsr_role_dev by dsr_role_key(). Readers: RCU
 * @hops: every struct dsr_hop
 * @dirty: every struct dsr_service whose table is out of date
 * @rebuild: brings @dirty up to date; run by ctl
 * @probe: asks every hop whether it is there; run by ctl
 * @probed: get_jiffies_64() when all hops were last asked; 0: never
 * @retired: what roles counted that are gone, by role
 */
struct dsr_net {
	struct dsr_map __rcu *map;
	struct net *net;

	struct mutex build;
	struct mutex lock;
	u32 generation;
	bool closing;
	struct xarray services;
	u32 service_next;
	struct xarray reals;
	u32 real_next;
	struct xarray vips;
	u32 vip_next;
	u32 n_vips;
	struct xarray roles;
	struct list_head hops;
	struct list_head dirty;
	struct delayed_work rebuild;
	struct delayed_work probe;
	u64 probed;
	u64 retired[DSR_N_ROLES][DSR_N_REASONS];
};

static inline void dsr_net_assert_locked(const struct dsr_net *dn)
{
	lockdep_assert_held(&dn->lock);
}

/* For those who hold the lock of the namespace. */
#define dsr_dereference(p, dn) \
	rcu_dereference_protected(p, lockdep_is_held(&(dn)->lock))

struct dsr_net *dsr_net(const struct net *net);
struct dsr_map *dsr_net_map(struct dsr_net *dn);
int dsr_net_register(void);
void dsr_net_unregister(void);

#endif /* _DSR_CORE_NET_H */
