// SPDX-License-Identifier: GPL-2.0
/*
 * Reals: the list of a service, and what the user and the wire say of each.
 */
#include <linux/slab.h>

#include "core/event.h"
#include "core/real.h"
#include "core/service.h"

/**
 * dsr_real_hop() - where a real is, for a writer
 * @real: the real
 *
 * Context: Under the lock of the namespace.
 * Return: the hop, never NULL.
 */
struct dsr_hop *dsr_real_hop(const struct dsr_real *real)
{
	return dsr_dereference(real->hop, real->service->dn);
}

/**
 * dsr_real_find() - find a real for a writer
 * @service: its service
 * @addr: its address
 *
 * Context: Process context, under the lock of the namespace.
 * Return: the real or NULL.
 */
struct dsr_real *dsr_real_find(const struct dsr_service *service, const struct in6_addr *addr)
{
	struct dsr_real *real;

	dsr_net_assert_locked(service->dn);
	list_for_each_entry(real, &service->reals, list)
		if (ipv6_addr_equal(&real->config.key.addr, addr))
			return real;
	return NULL;
}

static void free_real_rcu(struct rcu_head *rcu)
{
	struct dsr_real *real = container_of(rcu, struct dsr_real, rcu);

	free_percpu(real->counters);
	kfree(real);
}

/**
 * dsr_real_put() - drop a reference
 * @real: the real; freed a grace period after the last reference is dropped
 *
 * Context: Any but hard interrupt.
 */
void dsr_real_put(struct dsr_real *real)
{
	if (refcount_dec_and_test(&real->ref))
		call_rcu(&real->rcu, free_real_rcu);
}

/**
 * dsr_real_add() - add a real to a service
 * @service: the service
 * @config: what the user says of it, checked
 *
 * Context: Process context, under the lock of the namespace, may sleep.
 * Return: the real, or an ERR_PTR: -EEXIST if the service has the address,
 *	-ENOSPC if the service can take no more, -ENOMEM.
 */
struct dsr_real *dsr_real_add(struct dsr_service *service, const struct dsr_real_config *config)
{
	struct dsr_net *dn = service->dn;
	struct dsr_real *real;
	struct dsr_hop *hop;
	int err;

	dsr_net_assert_locked(dn);
	if (dsr_real_find(service, &config->key.addr))
		return ERR_PTR(-EEXIST);
	if (service->n_reals == DSR_REALS_MAX)
		return ERR_PTR(-ENOSPC);

	real = kzalloc(sizeof(*real), GFP_KERNEL_ACCOUNT);
	if (!real)
		return ERR_PTR(-ENOMEM);
	refcount_set(&real->ref, 1);
	real->service = service;
	real->config = *config;

	err = -ENOMEM;
	real->counters = dsr_counters_alloc();
	if (!real->counters)
		goto err_free_real;
	err = xa_alloc_cyclic(&dn->reals, &real->id, real, xa_limit_31b, &dn->real_next,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0)
		goto err_free_counters;
	hop = dsr_hop_get(dn, &config->key);
	if (!hop) {
		err = -ENOMEM;
		goto err_erase_id;
	}
	dsr_hop_join(hop, real);
	rcu_assign_pointer(real->hop, hop);
	list_add_tail(&real->list, &service->reals);
	service->n_reals++;
	dsr_event_emit(dn, DSR_EVENT_REAL_ADD, real);
	dsr_hop_refresh(hop);
	dsr_service_dirty(service);
	return real;

err_erase_id:
	xa_erase(&dn->reals, real->id);
err_free_counters:
	free_percpu(real->counters);
err_free_real:
	kfree(real);
	return ERR_PTR(err);
}

/* Packets must find the new hop ready, and find it before the old one is let go. */
static int move_to(struct dsr_real *real, struct dsr_hop *hop, enum dsr_state was)
{
	struct dsr_hop *old = dsr_real_hop(real);
	int news;

	dsr_hop_leave(real);
	dsr_hop_join(hop, real);
	/* Of one that was down nothing is known. */
	news = dsr_hop_update(hop, was == DSR_STATE_DOWN ? hop : old);
	if (news >= 0 || hop == old) {
		rcu_assign_pointer(real->hop, hop);
		return max(news, 0);
	}
	dsr_hop_leave(real);
	dsr_hop_join(old, real);
	dsr_hop_release(hop);
	return news;
}

/**
 * dsr_real_set() - change a real
 * @real: the real
 * @config: what the user says of it now, checked; constant parts are as before
 *
 * Context: Process context, under the lock of the namespace, may sleep.
 * Return: 0 or -ENOMEM.
 */
int dsr_real_set(struct dsr_real *real, const struct dsr_real_config *config)
{
	struct dsr_hop *hop = dsr_hop_get(real->service->dn, &config->key);
	const struct dsr_real_config was = real->config;
	struct dsr_hop *old = dsr_real_hop(real);
	int news;

	if (!hop)
		return -ENOMEM;
	/* Whether the neighbour is asked for depends on what is wanted. */
	real->config = *config;
	news = move_to(real, hop, was.state);
	if (news < 0) {
		real->config = was;
		return news;
	}
	dsr_event_emit(real->service->dn, DSR_EVENT_REAL_SET, real);
	if (news)
		dsr_hop_tell(hop);
	if (hop != old)
		dsr_hop_release(old);
	dsr_service_dirty(real->service);
	return 0;
}

/**
 * dsr_real_del() - remove a real
 * @real: the real; gone for the user, but packets may go to it until its
 *	service has a new table, so until then it only leaves
 *
 * Context: Process context, under the lock of the namespace, may sleep.
 */
void dsr_real_del(struct dsr_real *real)
{
	struct dsr_service *service = real->service;

	dsr_net_assert_locked(service->dn);
	dsr_event_emit(service->dn, DSR_EVENT_REAL_DEL, real);
	list_move(&real->list, &service->leaving);
	service->n_reals--;
	xa_erase(&service->dn->reals, real->id);
	dsr_service_dirty(service);
}

/**
 * dsr_real_release() - let go of a real that no new packet can find
 * @real: a real that was removed
 *
 * Context: Process context, under the lock of the namespace.
 */
void dsr_real_release(struct dsr_real *real)
{
	/* What was steered since dsr_real_del() counts as well; that of packets
	 * under way at this moment is lost with the real.
	 */
	dsr_counters_add(&real->service->past, real->counters);
	list_del(&real->list);
	dsr_hop_leave(real);
	dsr_hop_release(dsr_real_hop(real));
	dsr_real_put(real);
}

/**
 * dsr_real_reach() - whether a real can be reached, for the user to see
 * @real: the real
 *
 * Context: Process context, under the lock of the namespace.
 * Return: the reach of its hop, or idle when the administrator set it down.
 */
enum dsr_reach dsr_real_reach(const struct dsr_real *real)
{
	if (real->config.state == DSR_STATE_DOWN)
		return DSR_REACH_IDLE;
	return dsr_real_hop(real)->reach;
}

/**
 * dsr_real_eligible() - whether a real may have rows
 * @real: the real
 *
 * Context: Process context, under the lock of the namespace.
 * Return: true if it is wanted and reachable.
 */
bool dsr_real_eligible(const struct dsr_real *real)
{
	return real->config.state == DSR_STATE_UP && real->config.weight &&
	       dsr_real_hop(real)->reach == DSR_REACH_REACHABLE;
}
