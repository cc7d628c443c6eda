// SPDX-License-Identifier: GPL-2.0
/*
 * A netfilter ingress hook that does nothing, for the bench: what the core takes
 * to come to any hook. No hook can be had for less.
 *
 *	insmod empty_hook.ko dev=l0	in the network namespace of that device
 */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_netdev.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <net/net_namespace.h>

static char *dev = "";
module_param(dev, charp, 0444);
MODULE_PARM_DESC(dev, "the device whose packets pass");

static unsigned int hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static struct nf_hook_ops ops = {
	.hook = hook,
	.pf = NFPROTO_NETDEV,
	.hooknum = NF_NETDEV_INGRESS,
};

static struct net *net;

static int __init empty_hook_init(void)
{
	int err;

	net = get_net(current->nsproxy->net_ns);
	ops.dev = dev_get_by_name(net, dev);
	err = ops.dev ? nf_register_net_hook(net, &ops) : -ENODEV;
	/* The bench unloads this before it deletes the device. */
	dev_put(ops.dev);
	if (err)
		put_net(net);
	return err;
}
module_init(empty_hook_init);

static void __exit empty_hook_exit(void)
{
	nf_unregister_net_hook(net, &ops);
	put_net(net);
}
module_exit(empty_hook_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A netfilter ingress hook that does nothing");
