// SPDX-License-Identifier: GPL-2.0
/*
 * stats-get: what became of the packets that roles saw.
 */
#include <linux/netlink.h>

#include "ctl/ctl.h"
#include "role/role.h"

/* One counter: of a role of a device, or of past roles if there is no @rd. */
struct counter {
	const struct dsr_role_dev *rd;
	enum dsr_role role;
	enum dsr_reason reason;
	u64 packets;
};

static int put(struct sk_buff *skb, const struct counter *counter)
{
	if (counter->rd &&
	    (nla_put_u32(skb, DSR_A_STATS_IFINDEX, counter->rd->dev->ifindex) ||
	     nla_put_string(skb, DSR_A_STATS_DEV, counter->rd->dev->name)))
		return -EMSGSIZE;
	if (nla_put_u32(skb, DSR_A_STATS_ROLE, counter->role) ||
	    nla_put_u32(skb, DSR_A_STATS_REASON, counter->reason) ||
	    nla_put_u64_64bit(skb, DSR_A_STATS_PACKETS, counter->packets, DSR_A_STATS_PAD))
		return -EMSGSIZE;
	return 0;
}

static int fill(const struct dsr_nl_reply *reply, struct netlink_callback *cb,
		const struct counter *counter)
{
	void *header = dsr_nl_put_header(reply, cb);

	if (!header)
		return -EMSGSIZE;
	if (put(reply->skb, counter)) {
		genlmsg_cancel(reply->skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(reply->skb, header);
	return 0;
}

/* The one counter that a request names. */
static int named(struct dsr_net *dn, struct genl_info *info, struct counter *counter)
{
	struct nlattr *index = info->attrs[DSR_A_STATS_IFINDEX];
	struct nlattr *name = info->attrs[DSR_A_STATS_DEV];
	struct dsr_role_dev *rd;
	unsigned long key;

	if (index && name)
		return dsr_nl_refuse(info, DSR_A_STATS_DEV, -EINVAL,
				     "give dev or ifindex, not both");
	if ((!index && dsr_nl_missing(info, DSR_A_STATS_DEV, "dev")) ||
	    dsr_nl_missing(info, DSR_A_STATS_ROLE, "role") ||
	    dsr_nl_missing(info, DSR_A_STATS_REASON, "reason"))
		return -EINVAL;
	counter->role = nla_get_u32(info->attrs[DSR_A_STATS_ROLE]);
	counter->reason = nla_get_u32(info->attrs[DSR_A_STATS_REASON]);
	xa_for_each(&dn->roles, key, rd) {
		if (rd->config.role != counter->role ||
		    (index && rd->dev->ifindex != nla_get_u32(index)) ||
		    (name && strcmp(rd->dev->name, nla_data(name))))
			continue;
		counter->rd = rd;
		counter->packets = dsr_reasons_sum(rd->reasons, counter->reason);
		return 0;
	}
	return dsr_nl_refuse(info, index ? DSR_A_STATS_IFINDEX : DSR_A_STATS_DEV, -ENOENT,
			     "no such device has this role");
}

int dsr_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_nl_reply reply;
	struct counter counter;
	int err;

	if (!dsr_nl_reply_alloc(&reply, info, DSR_CMD_STATS_GET))
		return -ENOMEM;
	mutex_lock(&dn->lock);
	err = named(dn, info, &counter);
	if (!err)
		err = fill(&reply, NULL, &counter);
	mutex_unlock(&dn->lock);
	if (!err)
		return genlmsg_reply(reply.skb, info);
	nlmsg_free(reply.skb);
	return err;
}

static bool matches(struct nlattr **attrs, const struct counter *counter)
{
	const struct net_device *dev = counter->rd ? counter->rd->dev : NULL;

	if (attrs[DSR_A_STATS_IFINDEX] &&
	    (!dev || dev->ifindex != nla_get_u32(attrs[DSR_A_STATS_IFINDEX])))
		return false;
	if (attrs[DSR_A_STATS_DEV] &&
	    (!dev || strcmp(dev->name, nla_data(attrs[DSR_A_STATS_DEV]))))
		return false;
	if (attrs[DSR_A_STATS_ROLE] &&
	    counter->role != nla_get_u32(attrs[DSR_A_STATS_ROLE]))
		return false;
	return !attrs[DSR_A_STATS_REASON] ||
	       counter->reason == nla_get_u32(attrs[DSR_A_STATS_REASON]);
}

/* The counters of one role from @cb->args[1] on. */
static int dump_one(const struct dsr_nl_reply *reply, struct netlink_callback *cb,
		    struct dsr_net *dn, struct counter *counter)
{
	struct nlattr **attrs = dsr_genl_dump_attrs(cb);

	for (; cb->args[1] < DSR_N_REASONS; cb->args[1]++) {
		counter->reason = cb->args[1];
		counter->packets = counter->rd ?
			dsr_reasons_sum(counter->rd->reasons, counter->reason) :
			dn->retired[counter->role][counter->reason];
		if (counter->packets && matches(attrs, counter) && fill(reply, cb, counter))
			return -EMSGSIZE;
	}
	cb->args[1] = 0;
	return 0;
}

/* Past roles take the keys of ifindex 0, which no device has. */
int dsr_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dsr_nl_reply reply = dsr_nl_dump_reply(skb, cb, DSR_CMD_STATS_GET);
	struct dsr_net *dn = dsr_net(sock_net(skb->sk));
	unsigned long key = cb->args[0];
	struct counter counter = {};
	struct dsr_role_dev *rd;

	mutex_lock(&dn->lock);
	cb->seq = dn->generation;
	for (; cb->args[0] < DSR_N_ROLES; cb->args[0]++) {
		counter.role = cb->args[0];
		if (dump_one(&reply, cb, dn, &counter))
			goto out_unlock;
	}
	xa_for_each_start(&dn->roles, key, rd, cb->args[0]) {
		if (key != cb->args[0])
			cb->args[1] = 0;
		cb->args[0] = key;
		counter.rd = rd;
		counter.role = rd->config.role;
		if (dump_one(&reply, cb, dn, &counter))
			goto out_unlock;
		cb->args[0] = key + 1;
	}
out_unlock:
	mutex_unlock(&dn->lock);
	return skb->len;
}
