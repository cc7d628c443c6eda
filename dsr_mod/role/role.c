// SPDX-License-Identifier: GPL-2.0
/*
 * Give roles to devices and take them away.
 */
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "core/event.h"
#include "role/role.h"

struct dsr_role_tuning dsr_role_tuning = {
	.arp_ignore = 1,
	.arp_announce = 2,
	.hook_priority = 0,
};

static int check_dev(const struct net_device *dev, struct netlink_ext_ack *extack)
{
	if (dev->type != ARPHRD_ETHER || dev->addr_len != ETH_ALEN) {
		NL_SET_ERR_MSG(extack, "not an Ethernet device");
		return -EINVAL;
	}
	if (netif_is_bridge_port(dev) || netif_is_ovs_port(dev)) {
		NL_SET_ERR_MSG(extack,
			       "the device is a port of a bridge: give the bridge the role");
		return -EBUSY;
	}
	if (netif_is_lag_port(dev)) {
		NL_SET_ERR_MSG(extack, "the device is a port of a bond: give the bond the role");
		return -EBUSY;
	}
	return 0;
}

static int start(struct dsr_role_dev *rd, struct netlink_ext_ack *extack)
{
	int err;

	if (rd->config.role != DSR_ROLE_BALANCER)
		return 0;
	rd->map = dsr_net_map(rd->dn);
	if (!rd->map)
		return -ENOMEM;
	/* What LRO has merged cannot be taken apart for transmission. */
	dev_disable_lro(rd->dev);
	dsr_balancer_init(rd);
	err = nf_register_net_hook(dev_net(rd->dev), &rd->ops);
	if (err == -E2BIG)
		NL_SET_ERR_MSG(extack, "the device has too many netfilter hooks");
	else if (err)
		NL_SET_ERR_MSG(extack, "the ingress hook cannot be registered");
	return err;
}

static void free_role_rcu(struct rcu_head *rcu)
{
	struct dsr_role_dev *rd = container_of(rcu, struct dsr_role_dev, rcu);

	free_percpu(rd->reasons);
	kfree(rd);
}

/**
 * dsr_role_attach() - give a device a role
 * @dn: the namespace
 * @dev: the device, registered in @dn
 * @config: which, and what the user says of it, checked
 * @extack: says why not
 *
 * Context: Process context, under RTNL and @dn's lock, may sleep.
 * Return: the role, or an ERR_PTR: -EINVAL if the device is of the wrong kind,
 *	-EBUSY if another device has it as a port, -EEXIST if it has the role,
 *	-E2BIG if it has too many hooks, -ENOMEM.
 */
struct dsr_role_dev *dsr_role_attach(struct dsr_net *dn, struct net_device *dev,
				     const struct dsr_role_config *config,
				     struct netlink_ext_ack *extack)
{
	unsigned long key = dsr_role_key(dev->ifindex, config->role);
	struct dsr_role_dev *rd;
	int err;

	ASSERT_RTNL();
	dsr_net_assert_locked(dn);
	err = check_dev(dev, extack);
	if (err)
		return ERR_PTR(err);

	rd = kzalloc(sizeof(*rd), GFP_KERNEL_ACCOUNT);
	if (!rd)
		return ERR_PTR(-ENOMEM);
	rd->dn = dn;
	rd->dev = dev;
	rd->config = *config;
	err = -ENOMEM;
	rd->reasons = dsr_reasons_alloc();
	if (!rd->reasons)
		goto err_free_role;
	err = xa_insert(&dn->roles, key, rd, GFP_KERNEL_ACCOUNT);
	if (err) {
		/* xa_insert() says that the place is taken with -EBUSY. */
		if (err == -EBUSY) {
			NL_SET_ERR_MSG(extack, "the device has this role already");
			err = -EEXIST;
		}
		goto err_free_reasons;
	}
	err = start(rd, extack);
	if (err)
		goto err_erase;
	dsr_event_emit(dn, DSR_EVENT_ROLE_ADD, rd);
	return rd;

err_erase:
	xa_erase(&dn->roles, key);
	/* The backend's hooks may have seen it. */
	call_rcu(&rd->rcu, free_role_rcu);
	return ERR_PTR(err);
err_free_reasons:
	free_percpu(rd->reasons);
err_free_role:
	kfree(rd);
	return ERR_PTR(err);
}

/**
 * dsr_role_detach() - take a role from a device
 * @rd: the role; packets under way may see it until a grace period has passed
 *
 * Context: Process context, under the lock of the namespace, may sleep.
 */
void dsr_role_detach(struct dsr_role_dev *rd)
{
	struct dsr_net *dn = rd->dn;
	enum dsr_reason reason;

	dsr_net_assert_locked(dn);
	if (rd->config.role == DSR_ROLE_BALANCER)
		nf_unregister_net_hook(dn->net, &rd->ops);
	xa_erase(&dn->roles, dsr_role_key(rd->dev->ifindex, rd->config.role));
	dsr_event_emit(dn, DSR_EVENT_ROLE_DEL, rd);
	for (reason = 0; reason < DSR_N_REASONS; reason++)
		dn->retired[rd->config.role][reason] += dsr_reasons_sum(rd->reasons, reason);
	call_rcu(&rd->rcu, free_role_rcu);
}

/**
 * dsr_role_detach_dev() - take all roles from a device that is going away
 * @dn: the namespace
 * @dev: the device
 *
 * Context: Process context, under RTNL and @dn's lock.
 */
void dsr_role_detach_dev(struct dsr_net *dn, const struct net_device *dev)
{
	enum dsr_role role;

	for (role = 0; role < DSR_N_ROLES; role++) {
		struct dsr_role_dev *rd = dsr_role_find(dn, dev->ifindex, role);

		if (rd)
			dsr_role_detach(rd);
	}
}

/**
 * dsr_role_may_enslave() - whether a device may become a port of another
 * @dn: the namespace
 * @dev: the device
 * @upper: the other
 * @extack: says why not
 *
 * Packets of a port pass its hook before they reach the bridge or bond, also
 * those that it would not have taken. What dsr_role_attach() refuses is refused
 * in the other order, too.
 *
 * Context: Process context, under RTNL and @dn's lock.
 * Return: 0 or -EBUSY.
 */
int dsr_role_may_enslave(struct dsr_net *dn, const struct net_device *dev,
			 const struct net_device *upper, struct netlink_ext_ack *extack)
{
	enum dsr_role role;

	if (!netif_is_bridge_master(upper) && !netif_is_lag_master(upper) &&
	    !netif_is_ovs_master(upper))
		return 0;
	for (role = 0; role < DSR_N_ROLES; role++) {
		if (!dsr_role_find(dn, dev->ifindex, role))
			continue;
		NL_SET_ERR_MSG(extack, "the device has a dsr role: take it away first");
		return -EBUSY;
	}
	return 0;
}

/**
 * dsr_role_defaults() - what a role is like when the user says no more
 * @role: which
 *
 * Context: Any.
 * Return: its configuration.
 */
struct dsr_role_config dsr_role_defaults(enum dsr_role role)
{
	return (struct dsr_role_config) {
		.role = role,
		.arp_ignore = READ_ONCE(dsr_role_tuning.arp_ignore),
		.arp_announce = READ_ONCE(dsr_role_tuning.arp_announce),
	};
}

/**
 * dsr_role_set() - change a role
 * @rd: the role
 * @config: what the user says of it now, checked; constant parts are as before
 *
 * Context: Process context, under the lock of the namespace.
 */
void dsr_role_set(struct dsr_role_dev *rd, const struct dsr_role_config *config)
{
	dsr_net_assert_locked(rd->dn);
	WRITE_ONCE(rd->config.arp_ignore, config->arp_ignore);
	WRITE_ONCE(rd->config.arp_announce, config->arp_announce);
	dsr_event_emit(rd->dn, DSR_EVENT_ROLE_SET, rd);
}

/* Hooks go before anything that they look at: pre_exit is followed by a grace
 * period, then by exit of core. The roles of devices that are still there when
 * the module goes end here; those of a dying namespace's devices, too.
 */
static void __net_exit pre_exit_net(struct net *net)
{
	struct dsr_net *dn = dsr_net(net);
	struct dsr_role_dev *rd;
	unsigned long key;

	mutex_lock(&dn->lock);
	WRITE_ONCE(dn->closing, true);
	dsr_backend_unhook(dn);
	xa_for_each(&dn->roles, key, rd)
		dsr_role_detach(rd);
	mutex_unlock(&dn->lock);
}

static struct pernet_operations net_ops = {
	.pre_exit = pre_exit_net,
};

/**
 * dsr_role_register() - follow the life of namespaces
 *
 * Context: Process context.
 * Return: 0 or -ENOMEM.
 */
int dsr_role_register(void)
{
	return register_pernet_subsys(&net_ops);
}

/**
 * dsr_role_unregister() - take every role from every device
 *
 * Context: Process context. No hook runs any more when it returns.
 */
void dsr_role_unregister(void)
{
	unregister_pernet_subsys(&net_ops);
}
