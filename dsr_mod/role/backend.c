// SPDX-License-Identifier: GPL-2.0
/*
 * The backend's side of a namespace: hooks that keep its VIPs out of ARP and
 * ND on every device, there while it has any VIP.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/netfilter_arp.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netlink.h>

#include "core/vip.h"
#include "role/role.h"

/* First on the way in, so that nothing answers before; last on the way out, so
 * that nothing puts a VIP back in after. In is where packets are for this host:
 * with br_netfilter a bridge sends those of others through PRE_ROUTING.
 */
static const struct nf_hook_ops ops[] = {
	{
		.hook = dsr_arp_in,
		.pf = NFPROTO_ARP,
		.hooknum = NF_ARP_IN,
		.priority = NF_IP_PRI_FIRST,
	},
	{
		.hook = dsr_arp_out,
		.pf = NFPROTO_ARP,
		.hooknum = NF_ARP_OUT,
		.priority = NF_IP_PRI_LAST,
	},
	{
		.hook = dsr_nd_in,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_FIRST,
	},
	{
		.hook = dsr_nd_out,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_LAST,
	},
};

static int hook(struct dsr_net *dn, struct netlink_ext_ack *extack)
{
	int err = nf_register_net_hooks(dn->net, ops, ARRAY_SIZE(ops));

	if (err)
		NL_SET_ERR_MSG(extack, "the ARP and ND hooks cannot be registered");
	return err;
}

static void unhook(struct dsr_net *dn)
{
	nf_unregister_net_hooks(dn->net, ops, ARRAY_SIZE(ops));
}

/**
 * dsr_backend_vip_add() - be silent about an address
 * @dn: the namespace
 * @addr: the address, checked
 * @dev: name of the device that the user will put it on, or ""
 * @extack: says why not
 *
 * A packet that was under way before may still be answered until a grace
 * period has passed: the address may be added after synchronize_net(), which
 * is left to the caller so that it need not wait under the lock.
 *
 * Context: Process context, under @dn's lock, may sleep.
 * Return: 0, -EEXIST, -ENOMEM, or what netfilter says.
 */
int dsr_backend_vip_add(struct dsr_net *dn, const struct in6_addr *addr, const char *dev,
			struct netlink_ext_ack *extack)
{
	bool first = !dn->n_vips;
	struct dsr_vip *vip;
	int err;

	dsr_net_assert_locked(dn);
	if (first) {
		err = hook(dn, extack);
		if (err)
			return err;
	}
	vip = dsr_vip_add(dn, addr, dev);
	if (IS_ERR(vip)) {
		if (first)
			unhook(dn);
		return PTR_ERR(vip);
	}
	return 0;
}

/**
 * dsr_backend_vip_del() - stop being silent about an address
 * @dn: the namespace
 * @vip: the VIP, gone when this returns
 *
 * Context: Process context, under @dn's lock.
 */
void dsr_backend_vip_del(struct dsr_net *dn, struct dsr_vip *vip)
{
	dsr_vip_del(dn, vip);
	if (!dn->n_vips)
		unhook(dn);
}

/**
 * dsr_backend_unhook() - let go of ARP and ND because the namespace closes
 * @dn: the namespace
 *
 * Context: Process context, under @dn's lock.
 */
void dsr_backend_unhook(struct dsr_net *dn)
{
	dsr_net_assert_locked(dn);
	if (!dn->n_vips)
		return;
	/* Addresses are the user's. Those that are still there answer from now
	 * on, which is worth a line in the log.
	 */
	if (check_net(dn->net))
		pr_notice("no longer silent about %u VIPs\n", dn->n_vips);
	unhook(dn);
	dsr_vip_flush(dn);
}

/**
 * dsr_backend_count() - count what became of a packet about a VIP
 * @dn: the namespace
 * @vip: the VIP
 * @ifindex: the device
 * @reason: from DSR_VIP_FIRST_REASON on
 *
 * Context: Any but hard interrupt, RCU read side.
 */
void dsr_backend_count(struct dsr_net *dn, struct dsr_vip *vip, int ifindex,
		       enum dsr_reason reason)
{
	struct dsr_role_dev *rd;

	atomic64_inc(&vip->n[reason - DSR_VIP_FIRST_REASON]);
	rd = dsr_role_find(dn, ifindex, DSR_ROLE_BACKEND);
	if (!rd)
		return;
	/* What we send ourselves comes from process context, too. */
	local_bh_disable();
	dsr_count_reason(rd->reasons, reason);
	local_bh_enable();
}

/**
 * dsr_backend_arp_ignore() - when a device answers ARP for a VIP
 * @dn: the namespace
 * @ifindex: the device
 *
 * Context: RCU read side.
 * Return: the value of its backend role, or the default.
 */
u8 dsr_backend_arp_ignore(struct dsr_net *dn, int ifindex)
{
	const struct dsr_role_dev *rd = dsr_role_find(dn, ifindex, DSR_ROLE_BACKEND);

	return rd ? READ_ONCE(rd->config.arp_ignore) : READ_ONCE(dsr_role_tuning.arp_ignore);
}

/**
 * dsr_backend_arp_announce() - when a VIP may be a device's ARP sender
 * @dn: the namespace
 * @ifindex: the device
 *
 * Context: RCU read side.
 * Return: the value of its backend role, or the default.
 */
u8 dsr_backend_arp_announce(struct dsr_net *dn, int ifindex)
{
	const struct dsr_role_dev *rd = dsr_role_find(dn, ifindex, DSR_ROLE_BACKEND);

	return rd ? READ_ONCE(rd->config.arp_announce) : READ_ONCE(dsr_role_tuning.arp_announce);
}
