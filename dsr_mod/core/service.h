/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A service: a VIP, port and protocol, the reals it is shared among, and the
 * table that says which packet goes to which.
 */
#ifndef _DSR_CORE_SERVICE_H
#define _DSR_CORE_SERVICE_H

#include <linux/cache.h>
#include <linux/unaligned.h>

#include "core/flow.h"
#include "core/net.h"

struct dsr_real;

/**
 * struct dsr_front - an address that has services
 * @node: in struct dsr_map.front4 or .front6
 * @addr: the VIP; constant
 * @salt: spreads the services of different fronts; constant
 * @services: how many services it has; under the lock of the namespace
 * @rcu: for freeing
 */
struct dsr_front {
	struct hlist_node node;
	struct in6_addr addr;
	u32 salt;
	u32 services;
	struct rcu_head rcu;
};

/**
 * struct dsr_table - which packet goes to which real
 * @hash: the packet hash under its key
 * @reals: those that have rows, sorted by address; a reference is held on each
 * @guard: MAC addresses of all reals of the service, as an open hash set of
 *	dsr_mac_key()s, 0 for empty
 * @guard_shift: 32 less the binary logarithm of the length of @guard
 * @guard_mask: length of @guard less one
 * @size: length of @rows
 * @n_reals: length of @reals
 * @digest: equal to another table's exactly if they send alike
 * @rcu: for freeing
 * @rows: index in @reals
 *
 * Immutable once it is published; a change replaces it.
 */
struct dsr_table {
	struct dsr_hash_state hash;
	struct dsr_real **reals;
	u64 *guard;
	u32 guard_shift;
	u32 guard_mask;
	u32 size;
	u32 n_reals;
	u64 digest;
	struct rcu_head rcu;
	u16 rows[];
};

/* More reals would not fit the index in struct dsr_table.rows. */
#define DSR_REALS_MAX	65535

/**
 * struct dsr_service_config - what the user says of a service
 * @name: unique in the namespace; constant
 * @addr: the VIP; constant
 * @port: host byte order; constant
 * @proto: protocol; constant
 * @sched: how rows are given to reals
 * @table_size: rows
 * @seed: key of the table and of the packet hash
 */
struct dsr_service_config {
	char name[DSR_NAME_MAX + 1];
	struct in6_addr addr;
	u16 port;
	enum dsr_proto proto;
	enum dsr_sched sched;
	u32 table_size;
	u64 seed;
};

/**
 * struct dsr_service - a VIP, port and protocol, and how they are shared
 * @node: in struct dsr_map.service
 * @front: its address; constant
 * @port_proto: dsr_port_proto(); constant
 * @table: which packet goes to which real, NULL without any
 * @dn: its namespace
 * @list_dirty: in struct dsr_net.dirty, or empty
 * @change: moves on whenever @table goes out of date
 * @name_node: in struct dsr_map.name
 * @reals: every struct dsr_real of it
 * @leaving: reals that are gone for the user but may be in @table
 * @n_reals: length of @reals
 * @id: in struct dsr_net.services; constant
 * @past: what was steered to reals that are gone
 * @config: what the user said
 * @rcu: for freeing
 *
 * The first cache line is all that a packet reads of it. What is not said
 * otherwise is protected by the lock of the namespace.
 */
struct dsr_service {
	struct hlist_node node;
	struct dsr_front *front;
	u32 port_proto;
	struct dsr_table __rcu *table;

	struct dsr_net *dn ____cacheline_aligned;
	struct list_head list_dirty;
	u32 change;
	struct hlist_node name_node;
	struct list_head reals;
	struct list_head leaving;
	u32 n_reals;
	u32 id;
	struct dsr_sum past;
	struct dsr_service_config config;
	struct rcu_head rcu;
};

static inline u32 dsr_service_hash(const struct dsr_front *front, u32 port_proto)
{
	return hash_32(front->salt + port_proto, DSR_HASH_BITS);
}

/* A MAC address as a number; that of no station, all zeroes, is 0. */
static inline u64 dsr_mac_key(const u8 *mac)
{
	return (u64)get_unaligned((const u32 *)mac) << 16 |
	       get_unaligned((const u16 *)(mac + 4));
}

static inline u32 dsr_guard_slot(const struct dsr_table *table, u64 key)
{
	return ((u32)key ^ (u32)(key >> 24)) * GOLDEN_RATIO_32 >> table->guard_shift;
}

/**
 * dsr_table_guards() - whether a MAC address is that of a real of the service
 * @table: the service's table
 * @mac: the address
 *
 * Context: Any.
 * Return: true if a real has it.
 */
static inline bool dsr_table_guards(const struct dsr_table *table, const u8 *mac)
{
	u64 key = dsr_mac_key(mac);
	u32 slot = dsr_guard_slot(table, key);

	for (; unlikely(table->guard[slot]); slot = (slot + 1) & table->guard_mask)
		if (table->guard[slot] == key)
			return true;
	return false;
}

/**
 * dsr_front_find4() - the services of an IPv4 address
 * @map: of the namespace
 * @addr: the address
 *
 * Context: RCU read side.
 * Return: the front, or NULL if the address is no VIP.
 */
static inline const struct dsr_front *dsr_front_find4(const struct dsr_map *map, __be32 addr)
{
	const struct dsr_front *front;

	hlist_for_each_entry_rcu(front, &map->front4[dsr_addr_hash4(addr)], node)
		if (dsr_addr_v4(&front->addr) == addr)
			return front;
	return NULL;
}

/**
 * dsr_front_find6() - the services of an IPv6 address
 * @map: of the namespace
 * @addr: the address
 *
 * Context: RCU read side.
 * Return: the front, or NULL if the address is no VIP.
 */
static inline const struct dsr_front *dsr_front_find6(const struct dsr_map *map,
						      const struct in6_addr *addr)
{
	const struct dsr_front *front;

	hlist_for_each_entry_rcu(front, &map->front6[dsr_addr_hash6(addr)], node)
		if (ipv6_addr_equal(&front->addr, addr))
			return front;
	return NULL;
}

/**
 * dsr_service_find() - the service of a port of a front
 * @map: of the namespace
 * @front: the address
 * @port_proto: dsr_port_proto()
 *
 * Context: RCU read side.
 * Return: the service or NULL.
 */
static inline const struct dsr_service *dsr_service_find(const struct dsr_map *map,
							 const struct dsr_front *front,
							 u32 port_proto)
{
	const struct dsr_service *service;

	hlist_for_each_entry_rcu(service, &map->service[dsr_service_hash(front, port_proto)],
				 node)
		if (service->front == front && service->port_proto == port_proto)
			return service;
	return NULL;
}

struct dsr_service *dsr_service_by_name(struct dsr_net *dn, const char *name);
struct dsr_service *dsr_service_add(struct dsr_net *dn, const struct dsr_service_config *config);
void dsr_service_set(struct dsr_service *service, const struct dsr_service_config *config);
void dsr_service_del(struct dsr_service *service);
void dsr_service_flush(struct dsr_net *dn);
void dsr_service_sum(const struct dsr_service *service, struct dsr_sum *sum);
void dsr_service_dirty(struct dsr_service *service);
struct dsr_table *dsr_table_alloc(const struct dsr_service *service, u32 n_reals);
void dsr_table_free(struct dsr_table *table);
void dsr_service_publish(struct dsr_service *service, struct dsr_table *table);

#endif /* _DSR_CORE_SERVICE_H */
