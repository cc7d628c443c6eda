// SPDX-License-Identifier: GPL-2.0
/*
 * Follow network devices: they go away, change their MAC address and move to
 * other namespaces, and nothing here may keep them or be surprised.
 */
#include <linux/netdevice.h>

#include "core/hop.h"
#include "ctl/ctl.h"
#include "role/role.h"

static int will_be_port(struct dsr_net *dn, struct netdev_notifier_changeupper_info *change)
{
	struct net_device *dev = netdev_notifier_info_to_dev(&change->info);
	int err;

	if (!change->linking || !change->master)
		return NOTIFY_DONE;
	mutex_lock(&dn->lock);
	err = dsr_role_may_enslave(dn, dev, change->upper_dev,
				   netdev_notifier_info_to_extack(&change->info));
	mutex_unlock(&dn->lock);
	return notifier_from_errno(err);
}

/* A move to another namespace unregisters here and registers there. */
static int changed(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);
	struct dsr_net *dn = dsr_net(dev_net(dev));

	switch (event) {
	case NETDEV_UNREGISTER:
		mutex_lock(&dn->lock);
		dsr_role_detach_dev(dn, dev);
		dsr_hop_dev_gone(dn, dev);
		mutex_unlock(&dn->lock);
		break;
	case NETDEV_DOWN:
		mutex_lock(&dn->lock);
		dsr_hop_dev_down(dn, dev);
		mutex_unlock(&dn->lock);
		break;
	case NETDEV_PRECHANGEUPPER:
		return will_be_port(dn, data);
	case NETDEV_UP:
	case NETDEV_CHANGE:
	case NETDEV_CHANGEADDR:
	case NETDEV_CHANGEMTU:
	case NETDEV_CHANGENAME:
		mutex_lock(&dn->lock);
		dsr_probe_all(dn);
		mutex_unlock(&dn->lock);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block listener = { .notifier_call = changed };

/**
 * dsr_netdev_register() - start to follow devices
 *
 * Context: Process context.
 * Return: 0 or a negative errno.
 */
int dsr_netdev_register(void)
{
	return register_netdevice_notifier(&listener);
}

/**
 * dsr_netdev_unregister() - stop following devices
 *
 * Context: Process context. Ends with news of the unregistration of every
 * device, so roles and hops are detached when it returns.
 */
void dsr_netdev_unregister(void)
{
	unregister_netdevice_notifier(&listener);
}
