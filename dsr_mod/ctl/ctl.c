// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family, and what its handlers share.
 */
#include <net/ipv6.h>

#include "core/addr.h"
#include "ctl/ctl.h"

static const struct genl_multicast_group groups[] = {
	{ .name = "events", .flags = GENL_MCAST_CAP_NET_ADMIN },
};

struct genl_family dsr_nl_family __ro_after_init = {
	.name = DSR_FAMILY_NAME,
	.version = DSR_FAMILY_VERSION,
	.netnsok = true,
	/* Each namespace has a lock of its own. */
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = dsr_nl_ops,
	.n_ops = ARRAY_SIZE(dsr_nl_ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

/**
 * dsr_nl_net() - the namespace that a request is about
 * @info: the request
 *
 * Context: Process context.
 * Return: its root.
 */
struct dsr_net *dsr_nl_net(struct genl_info *info)
{
	return dsr_net(genl_info_net(info));
}

/**
 * dsr_nl_put_header() - start a message
 * @reply: where
 * @cb: the dump that it is part of, or NULL
 *
 * Context: Process context.
 * Return: the header for genlmsg_end(), or NULL if there is no room.
 */
void *dsr_nl_put_header(const struct dsr_nl_reply *reply, struct netlink_callback *cb)
{
	void *header = genlmsg_put(reply->skb, reply->portid, reply->seq, &dsr_nl_family,
				   reply->flags, reply->cmd);

	if (header && cb)
		genl_dump_check_consistent(cb, header);
	return header;
}

/**
 * dsr_nl_put_counters() - add a nest of packets and bytes
 * @skb: the message
 * @attr: what the nest is called
 * @sum: the numbers
 *
 * Context: Any.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_nl_put_counters(struct sk_buff *skb, int attr, const struct dsr_sum *sum)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest ||
	    nla_put_u64_64bit(skb, DSR_A_COUNTERS_PACKETS, sum->packets, DSR_A_COUNTERS_PAD) ||
	    nla_put_u64_64bit(skb, DSR_A_COUNTERS_BYTES, sum->bytes, DSR_A_COUNTERS_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * dsr_nl_dump_reply() - where the messages of a dump go
 * @skb: the buffer to fill
 * @cb: the dump
 * @cmd: the command
 *
 * Context: Process context.
 * Return: for dsr_nl_fill_*().
 */
struct dsr_nl_reply dsr_nl_dump_reply(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return (struct dsr_nl_reply) {
		.skb = skb,
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = cmd,
	};
}

/**
 * dsr_nl_reply_alloc() - start the reply to a request
 * @reply: filled in
 * @info: the request
 * @cmd: the command
 *
 * Context: Process context, may sleep.
 * Return: the buffer, also in @reply, or NULL.
 */
struct sk_buff *dsr_nl_reply_alloc(struct dsr_nl_reply *reply, const struct genl_info *info,
				   u8 cmd)
{
	*reply = (struct dsr_nl_reply) {
		.skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL),
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = cmd,
	};
	return reply->skb;
}

/**
 * dsr_nl_check_unicast() - refuse an address that can be no host's here
 * @info: the request
 * @attr: where the address is from
 * @addr: the address
 *
 * Context: Process context.
 * Return: 0, -EINVAL, or -EAFNOSUPPORT if this host has no IPv6.
 */
int dsr_nl_check_unicast(struct genl_info *info, int attr, const struct in6_addr *addr)
{
	__be32 v4 = dsr_addr_v4(addr);
	bool unusable;

	if (!dsr_addr_is_v4(addr) && !ipv6_mod_enabled())
		return dsr_nl_refuse(info, attr, -EAFNOSUPPORT, "IPv6 is disabled on this host");
	if (dsr_addr_is_v4(addr))
		unusable = ipv4_is_zeronet(v4) || ipv4_is_loopback(v4) ||
			   ipv4_is_multicast(v4) || ipv4_is_lbcast(v4);
	else
		unusable = !(ipv6_addr_type(addr) & IPV6_ADDR_UNICAST) ||
			   ipv6_addr_loopback(addr);
	return unusable ? dsr_nl_refuse(info, attr, -EINVAL, "not a unicast address") : 0;
}

static int __net_init init_net_ctl(struct net *net)
{
	struct dsr_net *dn = dsr_net(net);

	dsr_rebuild_init(dn);
	dsr_probe_init(dn);
	return 0;
}

static void __net_exit pre_exit_net_ctl(struct net *net)
{
	struct dsr_net *dn = dsr_net(net);

	mutex_lock(&dn->lock);
	WRITE_ONCE(dn->closing, true);
	mutex_unlock(&dn->lock);
}

/* A grace period after pre_exit: the neighbour notifier has seen it, too. */
static void __net_exit exit_net_ctl(struct net *net)
{
	struct dsr_net *dn = dsr_net(net);

	cancel_delayed_work_sync(&dn->probe);
	cancel_delayed_work_sync(&dn->rebuild);
}

static struct pernet_operations net_ops = {
	.init = init_net_ctl,
	.pre_exit = pre_exit_net_ctl,
	.exit = exit_net_ctl,
};

static const struct {
	int (*start)(void);
	void (*stop)(void);
} parts[] = {
	{ dsr_rebuild_register, dsr_rebuild_unregister },
	{ dsr_sysfs_register, dsr_sysfs_unregister },
	{ dsr_probe_register, dsr_probe_unregister },
	{ dsr_netdev_register, dsr_netdev_unregister },
};

/**
 * dsr_ctl_register() - open the doors: events, devices, and last the user
 *
 * Context: Process context.
 * Return: 0 or a negative errno.
 */
int dsr_ctl_register(void)
{
	int err, i;

	err = register_pernet_subsys(&net_ops);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		err = parts[i].start();
		if (err)
			goto err_stop;
	}
	err = genl_register_family(&dsr_nl_family);
	if (err)
		goto err_stop;
	err = dsr_notify_register();
	if (!err)
		return 0;
	genl_unregister_family(&dsr_nl_family);
err_stop:
	while (i--)
		parts[i].stop();
	unregister_pernet_subsys(&net_ops);
	return err;
}

/**
 * dsr_ctl_unregister() - close the doors
 *
 * Context: Process context.
 */
void dsr_ctl_unregister(void)
{
	int i = ARRAY_SIZE(parts);

	/* Without its family a group's number may be that of another. */
	dsr_notify_unregister();
	genl_unregister_family(&dsr_nl_family);
	while (i--)
		parts[i].stop();
	unregister_pernet_subsys(&net_ops);
}
