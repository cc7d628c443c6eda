// SPDX-License-Identifier: GPL-2.0
/*
 * Direct Server Return: load balancing at layer 2 by rewriting MAC addresses.
 *
 * The rooms from bottom to top, each with its door: core the nouns, sched the
 * tables, path one packet, role the hooks, ctl the user.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "core/event.h"
#include "core/net.h"
#include "ctl/ctl.h"
#include "role/role.h"

static int __init dsr_init(void)
{
	int err;

	err = dsr_event_init();
	if (err)
		return err;
	err = dsr_net_register();
	if (err)
		goto err_event;
	err = dsr_role_register();
	if (err)
		goto err_net;
	err = dsr_ctl_register();
	if (err)
		goto err_role;
	return 0;

err_role:
	dsr_role_unregister();
err_net:
	dsr_net_unregister();
	rcu_barrier();
err_event:
	dsr_event_exit();
	return err;
}

static void __exit dsr_exit(void)
{
	dsr_ctl_unregister();
	dsr_role_unregister();
	dsr_net_unregister();
	/* A table's callback drops reals whose last reference queues another. */
	rcu_barrier();
	rcu_barrier();
	dsr_event_exit();
}

module_init(dsr_init);
module_exit(dsr_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Direct Server Return load balancing at layer 2");
MODULE_VERSION("0.1.0");
MODULE_ALIAS_GENL_FAMILY(DSR_FAMILY_NAME);
