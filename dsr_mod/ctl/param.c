// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters: the defaults of all namespaces, in
 * /sys/module/dsr/parameters. All but hook_priority may be written at any time
 * and apply to what is made or looked at from then on.
 */
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/module.h>

#include "ctl/ctl.h"
#include "role/role.h"
#include "sched/sched.h"

#define PROBE_INTERVAL_MIN	100
#define PROBE_INTERVAL_MAX	60000

static unsigned int probe_interval = 1000;
static unsigned int table_size = 65537;

static int set_in_range(const char *text, const struct kernel_param *kp, unsigned int min,
			unsigned int max)
{
	unsigned int value;
	int err = kstrtouint(text, 0, &value);

	if (err)
		return err;
	if (value < min || value > max)
		return -ERANGE;
	return param_set_uint(text, kp);
}

static int set_probe_interval(const char *text, const struct kernel_param *kp)
{
	int err = set_in_range(text, kp, PROBE_INTERVAL_MIN, PROBE_INTERVAL_MAX);

	if (!err)
		dsr_probe_retime();
	return err;
}

static const struct kernel_param_ops probe_interval_ops = {
	.set = set_probe_interval,
	.get = param_get_uint,
};

module_param_cb(probe_interval, &probe_interval_ops, &probe_interval, 0644);
MODULE_PARM_DESC(probe_interval, "how often a real is asked for by ARP or ND, in milliseconds (100-60000, default 1000)");

static int set_table_size(const char *text, const struct kernel_param *kp)
{
	unsigned int value;
	int err = kstrtouint(text, 0, &value);

	if (err)
		return err;
	if (!dsr_sched_size_valid(value))
		return -ERANGE;
	return param_set_uint(text, kp);
}

static const struct kernel_param_ops table_size_ops = {
	.set = set_table_size,
	.get = param_get_uint,
};

module_param_cb(table_size, &table_size_ops, &table_size, 0644);
MODULE_PARM_DESC(table_size, "rows of a new service's table, a prime (251-655373, default 65537)");

static int set_u8_max(const char *text, const struct kernel_param *kp, u8 max)
{
	u8 value;
	int err = kstrtou8(text, 0, &value);

	if (err)
		return err;
	if (value > max)
		return -ERANGE;
	WRITE_ONCE(*(u8 *)kp->arg, value);
	return 0;
}

static int set_arp_ignore(const char *text, const struct kernel_param *kp)
{
	return set_u8_max(text, kp, 8);
}

static const struct kernel_param_ops arp_ignore_ops = {
	.set = set_arp_ignore,
	.get = param_get_byte,
};

module_param_cb(arp_ignore, &arp_ignore_ops, &dsr_role_tuning.arp_ignore, 0644);
MODULE_PARM_DESC(arp_ignore, "when a device without backend role answers ARP for a VIP (0-8, default 1)");

static int set_arp_announce(const char *text, const struct kernel_param *kp)
{
	return set_u8_max(text, kp, 2);
}

static const struct kernel_param_ops arp_announce_ops = {
	.set = set_arp_announce,
	.get = param_get_byte,
};

module_param_cb(arp_announce, &arp_announce_ops, &dsr_role_tuning.arp_announce, 0644);
MODULE_PARM_DESC(arp_announce, "when a VIP may be the ARP sender of a device without backend role (0-2, default 2)");

module_param_named(hook_priority, dsr_role_tuning.hook_priority, int, 0444);
MODULE_PARM_DESC(hook_priority, "priority of the balancer among a device's ingress hooks (default 0)");

/**
 * dsr_param_table_size() - rows of a service that does not say
 *
 * Context: Any.
 * Return: rows, dsr_sched_size_valid().
 */
u32 dsr_param_table_size(void)
{
	return READ_ONCE(table_size);
}

/**
 * dsr_param_probe_interval() - how often to ask hops
 *
 * Context: Any.
 * Return: jiffies, at least 1.
 */
unsigned long dsr_param_probe_interval(void)
{
	return msecs_to_jiffies(READ_ONCE(probe_interval));
}
