// SPDX-License-Identifier: GPL-2.0
/*
 * The VIPs of the backend side. Being silent about them is role/backend.c's.
 */
#include <linux/slab.h>

#include "core/event.h"
#include "core/vip.h"

/**
 * dsr_vip_find() - whether an address is a VIP to be silent about
 * @dn: the namespace
 * @addr: the address
 *
 * Context: RCU read side, or under @dn's lock.
 * Return: the VIP or NULL.
 */
struct dsr_vip *dsr_vip_find(struct dsr_net *dn, const struct in6_addr *addr)
{
	struct dsr_map *map = rcu_dereference_check(dn->map, lockdep_is_held(&dn->lock));
	struct dsr_vip *vip;

	if (!map)
		return NULL;
	hlist_for_each_entry_rcu(vip, &map->vip[dsr_addr_hash(addr)], node,
				 lockdep_is_held(&dn->lock))
		if (ipv6_addr_equal(&vip->addr, addr))
			return vip;
	return NULL;
}

/**
 * dsr_vip_find4() - whether an IPv4 address is a VIP to be silent about
 * @dn: the namespace
 * @addr: the address
 *
 * Context: RCU read side, or under @dn's lock.
 * Return: the VIP or NULL.
 */
struct dsr_vip *dsr_vip_find4(struct dsr_net *dn, __be32 addr)
{
	struct in6_addr mapped;

	ipv6_addr_set_v4mapped(addr, &mapped);
	return dsr_vip_find(dn, &mapped);
}

/**
 * dsr_vip_add() - remember a VIP
 * @dn: the namespace
 * @addr: the address, checked
 * @dev: name of the device that the user puts it on, or ""
 *
 * Context: Process context, under @dn's lock, may sleep.
 * Return: the VIP, or an ERR_PTR: -EEXIST, -ENOMEM.
 */
struct dsr_vip *dsr_vip_add(struct dsr_net *dn, const struct in6_addr *addr, const char *dev)
{
	struct dsr_map *map = dsr_net_map(dn);
	struct dsr_vip *vip;
	int err;

	if (!map)
		return ERR_PTR(-ENOMEM);
	if (dsr_vip_find(dn, addr))
		return ERR_PTR(-EEXIST);
	vip = kzalloc(sizeof(*vip), GFP_KERNEL_ACCOUNT);
	if (!vip)
		return ERR_PTR(-ENOMEM);
	vip->addr = *addr;
	strscpy(vip->dev, dev, sizeof(vip->dev));
	err = xa_alloc_cyclic(&dn->vips, &vip->id, vip, xa_limit_31b, &dn->vip_next,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0) {
		kfree(vip);
		return ERR_PTR(err);
	}
	hlist_add_head_rcu(&vip->node, &map->vip[dsr_addr_hash(addr)]);
	dn->n_vips++;
	dsr_event_emit(dn, DSR_EVENT_VIP_ADD, vip);
	return vip;
}

/**
 * dsr_vip_del() - forget a VIP
 * @dn: the namespace
 * @vip: the VIP, gone when this returns
 *
 * Context: Process context, under @dn's lock.
 */
void dsr_vip_del(struct dsr_net *dn, struct dsr_vip *vip)
{
	dsr_net_assert_locked(dn);
	dsr_event_emit(dn, DSR_EVENT_VIP_DEL, vip);
	hlist_del_rcu(&vip->node);
	dn->n_vips--;
	xa_erase(&dn->vips, vip->id);
	kfree_rcu(vip, rcu);
}

/**
 * dsr_vip_flush() - forget all VIPs
 * @dn: the namespace
 *
 * Context: Process context, under @dn's lock.
 */
void dsr_vip_flush(struct dsr_net *dn)
{
	struct dsr_vip *vip;
	unsigned long id;

	xa_for_each(&dn->vips, id, vip)
		dsr_vip_del(dn, vip);
	xa_destroy(&dn->vips);
}
