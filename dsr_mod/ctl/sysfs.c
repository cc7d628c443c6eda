// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/class/net/DEV/dsr: the roles of a device, what they count, and the two
 * values of a backend. A thin layer over what netlink calls; see
 * Documentation/ABI/testing/sysfs-class-net-dsr.
 *
 * Removing a file waits for those who are in it. So what shows takes no lock,
 * and what stores only tries to and has the system call restarted, as
 * net/core/net-sysfs.c does.
 */
#include <linux/netdevice.h>
#include <linux/sched/signal.h>
#include <linux/sysfs.h>

#include "core/event.h"
#include "ctl/ctl.h"
#include "role/role.h"

static struct dsr_net *net_of(struct device *device)
{
	return dsr_net(dev_net(to_net_dev(device)));
}

static ssize_t roles_show(struct device *device, struct device_attribute *attr, char *buf)
{
	static const char *const words[DSR_N_ROLES] = {
		[DSR_ROLE_BALANCER] = "balancer",
		[DSR_ROLE_BACKEND] = "backend",
	};
	int ifindex = to_net_dev(device)->ifindex;
	enum dsr_role role;
	int len = 0;

	rcu_read_lock();
	for (role = 0; role < DSR_N_ROLES; role++)
		if (dsr_role_find(net_of(device), ifindex, role))
			len += sysfs_emit_at(buf, len, "%s%s", len ? " " : "", words[role]);
	rcu_read_unlock();
	return len + sysfs_emit_at(buf, len, "\n");
}
static DEVICE_ATTR_RO(roles);

/* One of the two values: where it is, and how far it goes. */
struct value_attribute {
	struct device_attribute attr;
	size_t offset;
	u8 max;
};

static u8 *value_in(struct dsr_role_config *config, const struct device_attribute *attr)
{
	return (u8 *)config + container_of(attr, struct value_attribute, attr)->offset;
}

static ssize_t value_show(struct device *device, struct device_attribute *attr, char *buf)
{
	struct dsr_role_dev *rd;
	int value = -1;

	rcu_read_lock();
	rd = dsr_role_find(net_of(device), to_net_dev(device)->ifindex, DSR_ROLE_BACKEND);
	if (rd)
		value = READ_ONCE(*value_in(&rd->config, attr));
	rcu_read_unlock();
	return value < 0 ? -ENODEV : sysfs_emit(buf, "%d\n", value);
}

static int set_value(struct dsr_net *dn, int ifindex, const struct device_attribute *attr, u8 value)
{
	struct dsr_role_dev *rd = dsr_role_find(dn, ifindex, DSR_ROLE_BACKEND);
	struct dsr_role_config config;

	if (!rd)
		return -ENODEV;
	config = rd->config;
	*value_in(&config, attr) = value;
	dsr_role_set(rd, &config);
	return 0;
}

static ssize_t value_store(struct device *device, struct device_attribute *attr, const char *buf,
			   size_t count)
{
	struct net_device *dev = to_net_dev(device);
	struct dsr_net *dn = net_of(device);
	u8 value;
	int err;

	/* As netlink's GENL_ADMIN_PERM. */
	if (!capable(CAP_NET_ADMIN))
		return -EPERM;
	err = kstrtou8(buf, 0, &value);
	if (err)
		return err;
	if (value > container_of(attr, struct value_attribute, attr)->max)
		return -ERANGE;
	if (!mutex_trylock(&dn->lock))
		return restart_syscall();
	err = set_value(dn, dev->ifindex, attr, value);
	mutex_unlock(&dn->lock);
	return err ?: count;
}

static struct value_attribute arp_ignore_attr = {
	.attr = __ATTR(arp_ignore, 0644, value_show, value_store),
	.offset = offsetof(struct dsr_role_config, arp_ignore),
	.max = 8,
};

static struct value_attribute arp_announce_attr = {
	.attr = __ATTR(arp_announce, 0644, value_show, value_store),
	.offset = offsetof(struct dsr_role_config, arp_announce),
	.max = 2,
};

/* A counter of each reason, of all roles of the device together. */
struct reason_attribute {
	struct device_attribute attr;
	enum dsr_reason reason;
};

static ssize_t reason_show(struct device *device, struct device_attribute *attr, char *buf)
{
	enum dsr_reason reason = container_of(attr, struct reason_attribute, attr)->reason;
	struct dsr_role_dev *rd;
	enum dsr_role role;
	u64 packets = 0;

	rcu_read_lock();
	for (role = 0; role < DSR_N_ROLES; role++) {
		rd = dsr_role_find(net_of(device), to_net_dev(device)->ifindex, role);
		if (rd)
			packets += dsr_reasons_sum(rd->reasons, reason);
	}
	rcu_read_unlock();
	return sysfs_emit(buf, "%llu\n", packets);
}

#define REASON_ATTR(suffix, file)					\
static struct reason_attribute file##_attr = {				\
	.attr = __ATTR(file, 0444, reason_show, NULL),			\
	.reason = DSR_REASON_##suffix,					\
};
DSR_REASONS(REASON_ATTR)

#define REASON_ATTR_PTR(suffix, file)	&file##_attr.attr.attr,
static struct attribute *attrs[] = {
	&dev_attr_roles.attr,
	&arp_ignore_attr.attr.attr,
	&arp_announce_attr.attr.attr,
	DSR_REASONS(REASON_ATTR_PTR)
	NULL
};

static struct net_device *dev_of(struct kobject *kobj)
{
	return to_net_dev(kobj_to_dev(kobj));
}

/* Asked under the lock of the namespace, when a role comes or goes. */
static umode_t visible(struct kobject *kobj, struct attribute *attr, int n)
{
	struct net_device *dev = dev_of(kobj);

	if (attr != &arp_ignore_attr.attr.attr && attr != &arp_announce_attr.attr.attr)
		return attr->mode;
	return dsr_role_find(dsr_net(dev_net(dev)), dev->ifindex, DSR_ROLE_BACKEND) ?
	       attr->mode : 0;
}

static const struct attribute_group group = {
	.name = "dsr",
	.attrs = attrs,
	.is_visible = visible,
};

static bool has_role(const struct dsr_role_dev *rd)
{
	enum dsr_role role;

	for (role = 0; role < DSR_N_ROLES; role++)
		if (dsr_role_find(rd->dn, rd->dev->ifindex, role))
			return true;
	return false;
}

/* Not always when the device has a role: there may have been no memory for it. */
static bool has_folder(struct kobject *kobj)
{
	struct kernfs_node *folder = sysfs_get_dirent(kobj->sd, group.name);

	sysfs_put(folder);
	return folder;
}

/* Without the folder all works but the folder: netlink is the way that counts.
 * The next role of the device tries again.
 */
static int listen(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct dsr_news *news = data;
	struct dsr_role_dev *rd = news->object;
	struct kobject *kobj;
	int err = 0;

	if (event != DSR_EVENT_ROLE_ADD && event != DSR_EVENT_ROLE_DEL)
		return NOTIFY_DONE;
	kobj = &rd->dev->dev.kobj;
	if (!has_folder(kobj))
		err = has_role(rd) ? sysfs_create_group(kobj, &group) : 0;
	else if (has_role(rd))
		err = sysfs_update_group(kobj, &group);
	else
		sysfs_remove_group(kobj, &group);
	if (err)
		netdev_err(rd->dev, "dsr: no folder in sysfs: %pe\n", ERR_PTR(err));
	return NOTIFY_DONE;
}

static struct notifier_block listener = { .notifier_call = listen };

/**
 * dsr_sysfs_register() - start to follow roles
 *
 * Context: Process context.
 * Return: 0 or a negative errno.
 */
int dsr_sysfs_register(void)
{
	return dsr_event_register(&listener);
}

/**
 * dsr_sysfs_unregister() - stop following roles
 *
 * Context: Process context, when no device has a role any more.
 */
void dsr_sysfs_unregister(void)
{
	dsr_event_unregister(&listener);
}
