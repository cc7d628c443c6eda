// SPDX-License-Identifier: GPL-2.0
/*
 * Birth and death of the per-namespace root. What hooks into packets is taken
 * away before by the rooms above, in their own pernet operations; when exit
 * runs here nobody looks anything up any more.
 */
#include <linux/slab.h>
#include <net/netns/generic.h>

#include "core/hop.h"
#include "core/net.h"
#include "core/real.h"
#include "core/service.h"
#include "core/vip.h"

static unsigned int dsr_net_id __read_mostly;

/**
 * dsr_net() - the module's root in a namespace
 * @net: the namespace
 *
 * Context: Any, while @net is alive and the module is loaded.
 * Return: the root, never NULL.
 */
struct dsr_net *dsr_net(const struct net *net)
{
	return net_generic(net, dsr_net_id);
}

/**
 * dsr_net_map() - the hash tables, made on first use
 * @dn: the namespace
 *
 * Context: Process context, under @dn's lock, may sleep.
 * Return: the tables, or NULL if there is no memory.
 */
struct dsr_map *dsr_net_map(struct dsr_net *dn)
{
	struct dsr_map *map = dsr_dereference(dn->map, dn);

	if (!map) {
		map = kvzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
		rcu_assign_pointer(dn->map, map);
	}
	return map;
}

static int __net_init init_net_root(struct net *net)
{
	struct dsr_net *dn = dsr_net(net);

	dn->net = net;
	dn->generation = 1;
	mutex_init(&dn->build);
	mutex_init(&dn->lock);
	xa_init_flags(&dn->services, XA_FLAGS_ALLOC1);
	xa_init_flags(&dn->reals, XA_FLAGS_ALLOC1);
	xa_init_flags(&dn->vips, XA_FLAGS_ALLOC1);
	xa_init(&dn->roles);
	INIT_LIST_HEAD(&dn->hops);
	INIT_LIST_HEAD(&dn->dirty);
	return 0;
}

static void __net_exit exit_net_root(struct net *net)
{
	struct dsr_net *dn = dsr_net(net);

	mutex_lock(&dn->lock);
	dsr_service_flush(dn);
	dsr_vip_flush(dn);
	WARN_ON_ONCE(!list_empty(&dn->hops));
	WARN_ON_ONCE(!xa_empty(&dn->roles));
	mutex_unlock(&dn->lock);

	/* Entries that were unlinked just now may still be walked by nobody:
	 * pre_exit of the rooms above was followed by a grace period.
	 */
	kvfree(rcu_dereference_raw(dn->map));
	mutex_destroy(&dn->lock);
	mutex_destroy(&dn->build);
}

static struct pernet_operations net_ops = {
	.init = init_net_root,
	.exit = exit_net_root,
	.id = &dsr_net_id,
	.size = sizeof(struct dsr_net),
};

/**
 * dsr_net_register() - make the root in every namespace, now and to come
 *
 * Context: Process context.
 * Return: 0 or -ENOMEM.
 */
int dsr_net_register(void)
{
	return register_pernet_subsys(&net_ops);
}

/**
 * dsr_net_unregister() - free the root in every namespace
 *
 * Context: Process context. Objects freed here may wait for RCU callbacks:
 * rcu_barrier() comes after.
 */
void dsr_net_unregister(void)
{
	unregister_pernet_subsys(&net_ops);
}
