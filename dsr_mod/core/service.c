// SPDX-License-Identifier: GPL-2.0
/*
 * Services and the publishing of their tables. What goes into a table is not
 * decided here: ctl gathers the reals and sched gives them rows.
 */
#include <linux/build_bug.h>
#include <linux/jhash.h>
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/stringhash.h>
#include <linux/vmalloc.h>

#include "core/event.h"
#include "core/real.h"
#include "core/service.h"

/* A MAC address is looked for in a set that is at most a quarter full. */
#define GUARD_SPARSITY	4

/* What a packet reads of each is in the first cache line of most CPUs. */
#define LINE	64
static_assert(offsetofend(struct dsr_front, salt) <= LINE);
static_assert(offsetofend(struct dsr_service, table) <= LINE);
static_assert(offsetofend(struct dsr_table, size) <= LINE);

static u8 ipproto(enum dsr_proto proto)
{
	return proto == DSR_PROTO_TCP ? IPPROTO_TCP : IPPROTO_UDP;
}

static struct dsr_front *front_find(const struct dsr_map *map, const struct in6_addr *addr)
{
	const struct dsr_front *front;

	rcu_read_lock();
	front = dsr_addr_is_v4(addr) ? dsr_front_find4(map, dsr_addr_v4(addr)) :
				       dsr_front_find6(map, addr);
	rcu_read_unlock();
	/* Writers own what readers may only look at. */
	return (struct dsr_front *)front;
}

static struct dsr_front *front_get(struct dsr_map *map, const struct in6_addr *addr)
{
	struct dsr_front *front = front_find(map, addr);
	struct hlist_head *head;

	if (!front) {
		front = kzalloc(sizeof(*front), GFP_KERNEL_ACCOUNT);
		if (!front)
			return NULL;
		front->addr = *addr;
		front->salt = jhash(addr, sizeof(*addr), 0);
		head = dsr_addr_is_v4(addr) ? map->front4 : map->front6;
		hlist_add_head_rcu(&front->node, &head[dsr_addr_hash(addr)]);
	}
	front->services++;
	return front;
}

static void front_put(struct dsr_front *front)
{
	if (--front->services)
		return;
	hlist_del_rcu(&front->node);
	kfree_rcu(front, rcu);
}

static struct hlist_head *name_head(struct dsr_map *map, const char *name)
{
	return &map->name[hash_32(full_name_hash(NULL, name, strlen(name)), DSR_HASH_BITS)];
}

/**
 * dsr_service_by_name() - find a service for a writer
 * @dn: the namespace
 * @name: its name
 *
 * Context: Process context, under @dn's lock.
 * Return: the service or NULL.
 */
struct dsr_service *dsr_service_by_name(struct dsr_net *dn, const char *name)
{
	struct dsr_map *map = dsr_dereference(dn->map, dn);
	struct dsr_service *service;

	if (!map)
		return NULL;
	hlist_for_each_entry(service, name_head(map, name), name_node)
		if (!strcmp(service->config.name, name))
			return service;
	return NULL;
}

static bool exists(const struct dsr_map *map, const struct dsr_service_config *config)
{
	const struct dsr_front *front = front_find(map, &config->addr);
	bool found;

	rcu_read_lock();
	found = front && dsr_service_find(map, front,
					  dsr_port_proto(config->port, ipproto(config->proto)));
	rcu_read_unlock();
	return found;
}

/**
 * dsr_service_add() - add a service without reals
 * @dn: the namespace
 * @config: what the user says of it, checked
 *
 * Context: Process context, under @dn's lock, may sleep.
 * Return: the service, or an ERR_PTR: -EEXIST if another service has the name,
 *	-EADDRINUSE if another has the address, port and protocol, -ENOMEM.
 */
struct dsr_service *dsr_service_add(struct dsr_net *dn, const struct dsr_service_config *config)
{
	struct dsr_map *map = dsr_net_map(dn);
	struct dsr_service *service;
	int err;

	if (!map)
		return ERR_PTR(-ENOMEM);
	if (dsr_service_by_name(dn, config->name))
		return ERR_PTR(-EEXIST);
	if (exists(map, config))
		return ERR_PTR(-EADDRINUSE);

	service = kzalloc(sizeof(*service), GFP_KERNEL_ACCOUNT);
	if (!service)
		return ERR_PTR(-ENOMEM);
	service->dn = dn;
	service->config = *config;
	INIT_LIST_HEAD(&service->list_dirty);
	INIT_LIST_HEAD(&service->reals);
	INIT_LIST_HEAD(&service->leaving);
	service->port_proto = dsr_port_proto(config->port, ipproto(config->proto));

	service->front = front_get(map, &config->addr);
	if (!service->front) {
		err = -ENOMEM;
		goto err_free_service;
	}
	err = xa_alloc_cyclic(&dn->services, &service->id, service, xa_limit_31b,
			      &dn->service_next, GFP_KERNEL_ACCOUNT);
	if (err < 0)
		goto err_put_front;
	hlist_add_head(&service->name_node, name_head(map, config->name));
	hlist_add_head_rcu(&service->node,
			   &map->service[dsr_service_hash(service->front, service->port_proto)]);
	dsr_event_emit(dn, DSR_EVENT_SERVICE_ADD, service);
	return service;

err_put_front:
	front_put(service->front);
err_free_service:
	kfree(service);
	return ERR_PTR(err);
}

/**
 * dsr_service_set() - change a service
 * @service: the service
 * @config: what the user says of it now, checked; constant parts are as before
 *
 * Context: Process context, under the lock of the namespace, may sleep.
 */
void dsr_service_set(struct dsr_service *service, const struct dsr_service_config *config)
{
	dsr_net_assert_locked(service->dn);
	service->config = *config;
	dsr_event_emit(service->dn, DSR_EVENT_SERVICE_SET, service);
	dsr_service_dirty(service);
}

/**
 * dsr_service_del() - remove a service and its reals
 * @service: the service, gone when this returns
 *
 * Context: Process context, under the lock of the namespace, may sleep.
 */
void dsr_service_del(struct dsr_service *service)
{
	struct dsr_net *dn = service->dn;
	struct dsr_real *real, *next;

	dsr_net_assert_locked(dn);
	hlist_del_rcu(&service->node);
	list_for_each_entry_safe(real, next, &service->reals, list)
		dsr_real_del(real);
	dsr_service_publish(service, NULL);
	dsr_event_emit(dn, DSR_EVENT_SERVICE_DEL, service);
	hlist_del(&service->name_node);
	xa_erase(&dn->services, service->id);
	front_put(service->front);
	kfree_rcu(service, rcu);
}

/**
 * dsr_service_flush() - remove all services
 * @dn: the namespace
 *
 * Context: Process context, under @dn's lock, may sleep.
 */
void dsr_service_flush(struct dsr_net *dn)
{
	struct dsr_service *service;
	unsigned long id;

	xa_for_each(&dn->services, id, service)
		dsr_service_del(service);
	xa_destroy(&dn->services);
	xa_destroy(&dn->reals);
}

/**
 * dsr_service_sum() - all that was ever steered for a service
 * @service: the service
 * @sum: the result
 *
 * Context: Process context, under the lock of the namespace.
 */
void dsr_service_sum(const struct dsr_service *service, struct dsr_sum *sum)
{
	const struct dsr_real *real;

	dsr_net_assert_locked(service->dn);
	*sum = service->past;
	list_for_each_entry(real, &service->reals, list)
		dsr_counters_add(sum, real->counters);
	list_for_each_entry(real, &service->leaving, list)
		dsr_counters_add(sum, real->counters);
}

/**
 * dsr_service_dirty() - say that a service's table is out of date
 * @service: the service
 *
 * Context: Process context, under the lock of the namespace.
 */
void dsr_service_dirty(struct dsr_service *service)
{
	struct dsr_net *dn = service->dn;

	dsr_net_assert_locked(dn);
	service->change++;
	if (!list_empty(&service->list_dirty))
		return;
	list_add_tail(&service->list_dirty, &dn->dirty);
	dsr_event_emit(dn, DSR_EVENT_SERVICE_DIRTY, service);
}

/* The addresses of reals without rows count as well: a real that drains, or
 * does not answer for a moment, still sends.
 */
static void fill_guard(struct dsr_table *table, const struct dsr_service *service)
{
	const struct dsr_real *real;
	u32 slot;

	list_for_each_entry(real, &service->reals, list) {
		u64 key = dsr_mac_key(dsr_real_hop(real)->mac);

		slot = dsr_guard_slot(table, key);
		while (table->guard[slot] && table->guard[slot] != key)
			slot = (slot + 1) & table->guard_mask;
		table->guard[slot] = key;
	}
}

/* The usual table is a header more than 128 KiB, for which kmalloc() gives 256.
 * What it does not need of those pages is given back at once. They are not
 * mapped anew page by page, as vmalloc() would: rows are read at random, and
 * the kernel's own mapping has large pages.
 */
static struct dsr_table *table_mem_alloc(size_t bytes)
{
	gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_ZERO;
	void *mem;

	if (bytes <= KMALLOC_MAX_CACHE_SIZE)
		return kmalloc(bytes, gfp);
	mem = alloc_pages_exact(bytes, gfp | __GFP_NORETRY | __GFP_NOWARN);
	if (!mem)
		return __vmalloc(bytes, gfp);
	kmemleak_alloc(mem, bytes, 1, gfp);
	return mem;
}

static void table_mem_free(struct dsr_table *table, size_t bytes)
{
	if (bytes <= KMALLOC_MAX_CACHE_SIZE || is_vmalloc_addr(table)) {
		kvfree(table);
		return;
	}
	kmemleak_free(table);
	free_pages_exact(table, bytes);
}

/**
 * dsr_table_alloc() - make a table for a service, without rows yet
 * @service: the service
 * @n_reals: how many reals will have rows
 *
 * Context: Process context, under the lock of the namespace, may sleep.
 * Return: a table whose rows, reals and digest the caller fills, or NULL.
 */
struct dsr_table *dsr_table_alloc(const struct dsr_service *service, u32 n_reals)
{
	u32 size = service->config.table_size;
	u32 bits = order_base_2(max(service->n_reals, 1u) * GUARD_SPARSITY);
	struct dsr_table *table;

	dsr_net_assert_locked(service->dn);
	table = table_mem_alloc(struct_size(table, rows, size));
	if (!table)
		return NULL;
	table->size = size;
	table->guard_shift = 32 - bits;
	table->guard_mask = (1u << bits) - 1;
	table->guard = kvcalloc(1u << bits, sizeof(*table->guard), GFP_KERNEL_ACCOUNT);
	table->reals = kvcalloc(n_reals, sizeof(*table->reals), GFP_KERNEL_ACCOUNT);
	if (!table->guard || !table->reals) {
		dsr_table_free(table);
		return NULL;
	}
	dsr_flow_init(&table->hash, service->config.seed, &service->config.addr,
		      service->port_proto);
	fill_guard(table, service);
	return table;
}

/**
 * dsr_table_free() - free a table that no packet can see
 * @table: the table, or NULL
 *
 * Drops the references to its first n_reals reals.
 *
 * Context: Any but hard interrupt.
 */
void dsr_table_free(struct dsr_table *table)
{
	u32 i;

	if (!table)
		return;
	for (i = 0; i < table->n_reals; i++)
		dsr_real_put(table->reals[i]);
	kvfree(table->reals);
	kvfree(table->guard);
	table_mem_free(table, struct_size(table, rows, table->size));
}

static void free_table_rcu(struct rcu_head *rcu)
{
	dsr_table_free(container_of(rcu, struct dsr_table, rcu));
}

/**
 * dsr_service_publish() - let packets see a new table
 * @service: the service, no longer dirty
 * @table: the table, or NULL if no real has rows
 *
 * Context: Process context, under the lock of the namespace.
 */
void dsr_service_publish(struct dsr_service *service, struct dsr_table *table)
{
	struct dsr_table *old = dsr_dereference(service->table, service->dn);
	struct dsr_real *real, *next;

	rcu_assign_pointer(service->table, table);
	if (old)
		call_rcu(&old->rcu, free_table_rcu);
	list_for_each_entry_safe(real, next, &service->leaving, list)
		dsr_real_release(real);
	list_del_init(&service->list_dirty);
}
