// SPDX-License-Identifier: GPL-2.0
/*
 * vip-get, vip-add, vip-del.
 */
#include <linux/netdevice.h>
#include <linux/netlink.h>

#include "core/vip.h"
#include "ctl/ctl.h"
#include "role/role.h"

/* The counters of struct dsr_vip and of the protocol, in the same order. */
static int put_counters(struct sk_buff *skb, const struct dsr_vip *vip)
{
	struct nlattr *nest = nla_nest_start(skb, DSR_A_VIP_COUNTERS);
	int i;

	BUILD_BUG_ON(DSR_A_VIP_COUNTERS_ND_SUPPRESSED - DSR_A_VIP_COUNTERS_ARP_IGNORED + 1 !=
		     DSR_VIP_N_REASONS);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < DSR_VIP_N_REASONS; i++)
		if (nla_put_u64_64bit(skb, DSR_A_VIP_COUNTERS_ARP_IGNORED + i,
				      atomic64_read(&vip->n[i]), DSR_A_VIP_COUNTERS_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put(struct sk_buff *skb, const struct dsr_vip *vip)
{
	if (nla_put_u32(skb, DSR_A_VIP_ID, vip->id) ||
	    nla_put_in6_addr(skb, DSR_A_VIP_ADDR, &vip->addr) ||
	    (vip->dev[0] && nla_put_string(skb, DSR_A_VIP_DEV, vip->dev)))
		return -EMSGSIZE;
	return put_counters(skb, vip);
}

/**
 * dsr_nl_fill_vip() - a message about a VIP
 * @reply: where
 * @cb: the dump that it is part of, or NULL
 * @vip: the VIP
 *
 * Context: Process context, under the lock of the namespace.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_nl_fill_vip(const struct dsr_nl_reply *reply, struct netlink_callback *cb,
		    const struct dsr_vip *vip)
{
	void *header = dsr_nl_put_header(reply, cb);

	if (!header)
		return -EMSGSIZE;
	if (put(reply->skb, vip)) {
		genlmsg_cancel(reply->skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(reply->skb, header);
	return 0;
}

/* The VIP that a request names, or NULL with the refusal in @err. */
static struct dsr_vip *named(struct dsr_net *dn, struct genl_info *info, int *err)
{
	struct in6_addr addr;
	struct dsr_vip *vip;

	*err = -EINVAL;
	if (dsr_nl_missing(info, DSR_A_VIP_ADDR, "addr"))
		return NULL;
	addr = nla_get_in6_addr(info->attrs[DSR_A_VIP_ADDR]);
	vip = dsr_vip_find(dn, &addr);
	*err = vip ? 0 : dsr_nl_refuse(info, DSR_A_VIP_ADDR, -ENOENT, "no VIP has this address");
	return vip;
}

int dsr_nl_vip_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_nl_reply reply;
	struct dsr_vip *vip;
	int err;

	if (!dsr_nl_reply_alloc(&reply, info, DSR_CMD_VIP_GET))
		return -ENOMEM;
	mutex_lock(&dn->lock);
	vip = named(dn, info, &err);
	if (vip)
		err = dsr_nl_fill_vip(&reply, NULL, vip);
	mutex_unlock(&dn->lock);
	if (!err)
		return genlmsg_reply(reply.skb, info);
	nlmsg_free(reply.skb);
	return err;
}

int dsr_nl_vip_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dsr_nl_reply reply = dsr_nl_dump_reply(skb, cb, DSR_CMD_VIP_GET);
	struct nlattr *addr = dsr_genl_dump_attrs(cb)[DSR_A_VIP_ADDR];
	struct dsr_net *dn = dsr_net(sock_net(skb->sk));
	unsigned long id = cb->args[0];
	struct dsr_vip *vip;

	if (addr) {
		NL_SET_ERR_MSG_ATTR(cb->extack, addr, "a dump shows all VIPs: do not name one");
		return -EINVAL;
	}
	mutex_lock(&dn->lock);
	cb->seq = dn->generation;
	xa_for_each_start(&dn->vips, id, vip, cb->args[0]) {
		if (dsr_nl_fill_vip(&reply, cb, vip))
			break;
		cb->args[0] = id + 1;
	}
	mutex_unlock(&dn->lock);
	return skb->len;
}

int dsr_nl_vip_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct nlattr **attrs = info->attrs;
	struct in6_addr addr;
	const char *dev;
	int err;

	if (dsr_nl_missing(info, DSR_A_VIP_ADDR, "addr"))
		return -EINVAL;
	addr = nla_get_in6_addr(attrs[DSR_A_VIP_ADDR]);
	err = dsr_nl_check_unicast(info, DSR_A_VIP_ADDR, &addr);
	if (err)
		return err;
	dev = attrs[DSR_A_VIP_DEV] ? nla_data(attrs[DSR_A_VIP_DEV]) : "";
	/* It need not be there, but what is remembered must be of use to who reads it. */
	if (dev[0] && !dev_valid_name(dev))
		return dsr_nl_refuse(info, DSR_A_VIP_DEV, -EINVAL, "not a name of a device");

	mutex_lock(&dn->lock);
	err = dsr_backend_vip_add(dn, &addr, dev, info->extack);
	mutex_unlock(&dn->lock);
	if (err == -EEXIST)
		return dsr_nl_refuse(info, DSR_A_VIP_ADDR, -EEXIST,
				     "a VIP has this address already");
	/* The reply says that the address may be added. */
	if (!err)
		synchronize_net();
	return err;
}

int dsr_nl_vip_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_vip *vip;
	int err;

	mutex_lock(&dn->lock);
	vip = named(dn, info, &err);
	if (vip)
		dsr_backend_vip_del(dn, vip);
	mutex_unlock(&dn->lock);
	return err;
}
