// SPDX-License-Identifier: GPL-2.0
/*
 * role-get, role-add, role-set, role-del.
 */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "ctl/ctl.h"
#include "role/role.h"

static int put(struct sk_buff *skb, const struct dsr_role_dev *rd)
{
	if (nla_put_u32(skb, DSR_A_ROLE_IFINDEX, rd->dev->ifindex) ||
	    nla_put_string(skb, DSR_A_ROLE_DEV, rd->dev->name) ||
	    nla_put_u32(skb, DSR_A_ROLE_ROLE, rd->config.role))
		return -EMSGSIZE;
	if (rd->config.role != DSR_ROLE_BACKEND)
		return 0;
	if (nla_put_u8(skb, DSR_A_ROLE_ARP_IGNORE, rd->config.arp_ignore) ||
	    nla_put_u8(skb, DSR_A_ROLE_ARP_ANNOUNCE, rd->config.arp_announce))
		return -EMSGSIZE;
	return 0;
}

/**
 * dsr_nl_fill_role() - a message about a role
 * @reply: where
 * @cb: the dump that it is part of, or NULL
 * @rd: the role
 *
 * Context: Process context, under the lock of the namespace.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_nl_fill_role(const struct dsr_nl_reply *reply, struct netlink_callback *cb,
		     const struct dsr_role_dev *rd)
{
	void *header = dsr_nl_put_header(reply, cb);

	if (!header)
		return -EMSGSIZE;
	if (put(reply->skb, rd)) {
		genlmsg_cancel(reply->skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(reply->skb, header);
	return 0;
}

/* The device that a request names, or NULL with the refusal in @err. */
static struct net_device *named_dev(struct genl_info *info, int *err)
{
	struct nlattr *index = info->attrs[DSR_A_ROLE_IFINDEX];
	struct nlattr *name = info->attrs[DSR_A_ROLE_DEV];
	struct net *net = genl_info_net(info);
	struct net_device *dev;

	ASSERT_RTNL();
	*err = -EINVAL;
	if (index && name) {
		*err = dsr_nl_refuse(info, DSR_A_ROLE_DEV, -EINVAL,
				     "give dev or ifindex, not both");
		return NULL;
	}
	if (!index && dsr_nl_missing(info, DSR_A_ROLE_DEV, "dev"))
		return NULL;
	dev = index ? __dev_get_by_index(net, nla_get_u32(index)) :
		      __dev_get_by_name(net, nla_data(name));
	if (dev && dev->reg_state == NETREG_REGISTERED) {
		*err = 0;
		return dev;
	}
	*err = index ? dsr_nl_refuse(info, DSR_A_ROLE_IFINDEX, -ENODEV,
				     "no device has this index") :
		       dsr_nl_refuse(info, DSR_A_ROLE_DEV, -ENODEV, "no device has this name");
	return NULL;
}

/* The role that a request names, or NULL with the refusal in @err. */
static struct dsr_role_dev *named(struct dsr_net *dn, struct genl_info *info, int *err)
{
	struct net_device *dev = named_dev(info, err);
	struct dsr_role_dev *rd;

	if (!dev)
		return NULL;
	*err = -EINVAL;
	if (dsr_nl_missing(info, DSR_A_ROLE_ROLE, "role"))
		return NULL;
	rd = dsr_role_find(dn, dev->ifindex, nla_get_u32(info->attrs[DSR_A_ROLE_ROLE]));
	*err = rd ? 0 : dsr_nl_refuse(info, DSR_A_ROLE_ROLE, -ENOENT,
				      "the device does not have this role");
	return rd;
}

/* Attaching and detaching want RTNL outside the lock of the namespace. */
static void lock(struct dsr_net *dn)
{
	rtnl_lock();
	mutex_lock(&dn->lock);
}

static void unlock(struct dsr_net *dn)
{
	mutex_unlock(&dn->lock);
	rtnl_unlock();
}

int dsr_nl_role_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_nl_reply reply;
	struct dsr_role_dev *rd;
	int err;

	if (!dsr_nl_reply_alloc(&reply, info, DSR_CMD_ROLE_GET))
		return -ENOMEM;
	lock(dn);
	rd = named(dn, info, &err);
	if (rd)
		err = dsr_nl_fill_role(&reply, NULL, rd);
	unlock(dn);
	if (!err)
		return genlmsg_reply(reply.skb, info);
	nlmsg_free(reply.skb);
	return err;
}

int dsr_nl_role_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dsr_nl_reply reply = dsr_nl_dump_reply(skb, cb, DSR_CMD_ROLE_GET);
	struct nlattr **attrs = dsr_genl_dump_attrs(cb);
	struct dsr_net *dn = dsr_net(sock_net(skb->sk));
	unsigned long key = cb->args[0];
	struct dsr_role_dev *rd;
	int i;

	for (i = 1; i <= DSR_A_ROLE_ROLE; i++) {
		if (!attrs[i])
			continue;
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[i],
				    "a dump shows all roles: do not name one");
		return -EINVAL;
	}
	mutex_lock(&dn->lock);
	cb->seq = dn->generation;
	xa_for_each_start(&dn->roles, key, rd, cb->args[0]) {
		if (dsr_nl_fill_role(&reply, cb, rd))
			break;
		cb->args[0] = key + 1;
	}
	mutex_unlock(&dn->lock);
	return skb->len;
}

/* Take over what is there of what may be changed. */
static int parse_changes(struct genl_info *info, struct dsr_role_config *config)
{
	struct nlattr *ignore = info->attrs[DSR_A_ROLE_ARP_IGNORE];
	struct nlattr *announce = info->attrs[DSR_A_ROLE_ARP_ANNOUNCE];

	if ((ignore || announce) && config->role != DSR_ROLE_BACKEND)
		return dsr_nl_refuse(info,
				     ignore ? DSR_A_ROLE_ARP_IGNORE : DSR_A_ROLE_ARP_ANNOUNCE,
				     -EINVAL, "only a backend has this");
	if (ignore)
		config->arp_ignore = nla_get_u8(ignore);
	if (announce)
		config->arp_announce = nla_get_u8(announce);
	return 0;
}

static int add(struct dsr_net *dn, struct genl_info *info)
{
	struct dsr_role_config config;
	struct net_device *dev;
	int err;

	dev = named_dev(info, &err);
	if (!dev)
		return err;
	if (dsr_nl_missing(info, DSR_A_ROLE_ROLE, "role"))
		return -EINVAL;
	config = dsr_role_defaults(nla_get_u32(info->attrs[DSR_A_ROLE_ROLE]));
	err = parse_changes(info, &config);
	if (err)
		return err;
	return PTR_ERR_OR_ZERO(dsr_role_attach(dn, dev, &config, info->extack));
}

int dsr_nl_role_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	int err;

	lock(dn);
	err = add(dn, info);
	unlock(dn);
	return err;
}

int dsr_nl_role_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_role_config config;
	struct dsr_role_dev *rd;
	int err;

	lock(dn);
	rd = named(dn, info, &err);
	if (!rd)
		goto out_unlock;
	config = rd->config;
	err = parse_changes(info, &config);
	if (!err)
		dsr_role_set(rd, &config);
out_unlock:
	unlock(dn);
	return err;
}

int dsr_nl_role_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_role_dev *rd;
	int err;

	lock(dn);
	rd = named(dn, info, &err);
	if (rd)
		dsr_role_detach(rd);
	unlock(dn);
	return err;
}
