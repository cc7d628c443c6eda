/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A real: one server of one service.
 */
#ifndef _DSR_CORE_REAL_H
#define _DSR_CORE_REAL_H

#include <linux/refcount.h>

#include "core/hop.h"

struct dsr_service;

/**
 * struct dsr_real_config - what the user says of a real
 * @key: address (constant), device (constant) and pinned MAC address
 * @weight: share of the rows
 * @state: what the administrator wants
 */
struct dsr_real_config {
	struct dsr_hop_key key;
	u16 weight;
	enum dsr_state state;
};

/**
 * struct dsr_real - one server of one service
 * @hop: where it is; replaced when its pinned MAC address is changed
 * @counters: what was steered to it
 * @service: the service it belongs to; readers of tables do not follow it
 * @list: in struct dsr_service.reals or .leaving
 * @hop_list: in struct dsr_hop.reals
 * @id: in struct dsr_net.reals; constant
 * @rows: rows of the service's current table
 * @config: what the user said
 * @ref: one for the service, one for each table that names it
 * @rcu: for freeing
 *
 * What is not said otherwise is protected by the lock of the namespace.
 */
struct dsr_real {
	struct dsr_hop __rcu *hop;
	struct dsr_counters __percpu *counters;
	struct dsr_service *service;
	struct list_head list;
	struct list_head hop_list;
	u32 id;
	u32 rows;
	struct dsr_real_config config;
	refcount_t ref;
	struct rcu_head rcu;
};

struct dsr_real *dsr_real_find(const struct dsr_service *service, const struct in6_addr *addr);
struct dsr_real *dsr_real_add(struct dsr_service *service, const struct dsr_real_config *config);
int dsr_real_set(struct dsr_real *real, const struct dsr_real_config *config);
void dsr_real_del(struct dsr_real *real);
void dsr_real_release(struct dsr_real *real);
void dsr_real_put(struct dsr_real *real);
enum dsr_reach dsr_real_reach(const struct dsr_real *real);
bool dsr_real_eligible(const struct dsr_real *real);
struct dsr_hop *dsr_real_hop(const struct dsr_real *real);

#endif /* _DSR_CORE_REAL_H */
