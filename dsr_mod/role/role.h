/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this host does on one network device, and the hooks for it.
 */
#ifndef _DSR_ROLE_ROLE_H
#define _DSR_ROLE_ROLE_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>

#include "core/net.h"
#include "core/vip.h"

struct netlink_ext_ack;

/**
 * struct dsr_role_config - what the user says of a role
 * @role: which; constant
 * @arp_ignore: backend: when the device answers ARP for a VIP, 0 to 8
 * @arp_announce: backend: when a VIP may be its ARP sender, 0 to 2
 */
struct dsr_role_config {
	enum dsr_role role;
	u8 arp_ignore;
	u8 arp_announce;
};

/**
 * struct dsr_role_dev - one role of one device
 * @reasons: what became of the packets it saw
 * @map: balancer: where its hook looks packets up; lives as long as @dn
 * @ops: the balancer's hook
 * @dn: the namespace
 * @dev: the device. Not refcounted: the role is detached when it unregisters
 * @config: what the user said; hooks read the two values without the lock
 * @rcu: for freeing
 */
struct dsr_role_dev {
	struct dsr_reasons __percpu *reasons;
	const struct dsr_map *map;
	struct nf_hook_ops ops;
	struct dsr_net *dn;
	struct net_device *dev;
	struct dsr_role_config config;
	struct rcu_head rcu;
};

/**
 * struct dsr_role_tuning - the defaults of all namespaces
 * @arp_ignore: of devices without a backend role
 * @arp_announce: of devices without a backend role
 * @hook_priority: of the balancer's ingress hook, among others of the device
 */
struct dsr_role_tuning {
	u8 arp_ignore;
	u8 arp_announce;
	int hook_priority;
};

extern struct dsr_role_tuning dsr_role_tuning;

/* Roles of a device stand next to each other in struct dsr_net.roles. */
static inline unsigned long dsr_role_key(int ifindex, enum dsr_role role)
{
	return (unsigned long)ifindex * DSR_N_ROLES + role;
}

/**
 * dsr_role_find() - a role of a device
 * @dn: the namespace
 * @ifindex: the device
 * @role: which
 *
 * Context: RCU read side, or under @dn's lock.
 * Return: the role or NULL.
 */
static inline struct dsr_role_dev *dsr_role_find(struct dsr_net *dn, int ifindex,
						 enum dsr_role role)
{
	return xa_load(&dn->roles, dsr_role_key(ifindex, role));
}

struct dsr_role_dev *dsr_role_attach(struct dsr_net *dn, struct net_device *dev,
				     const struct dsr_role_config *config,
				     struct netlink_ext_ack *extack);
void dsr_role_set(struct dsr_role_dev *rd, const struct dsr_role_config *config);
struct dsr_role_config dsr_role_defaults(enum dsr_role role);
int dsr_role_may_enslave(struct dsr_net *dn, const struct net_device *dev,
			 const struct net_device *upper, struct netlink_ext_ack *extack);
void dsr_role_detach(struct dsr_role_dev *rd);
void dsr_role_detach_dev(struct dsr_net *dn, const struct net_device *dev);
int dsr_role_register(void);
void dsr_role_unregister(void);

/* balancer.c */
void dsr_balancer_init(struct dsr_role_dev *rd);

/* backend.c */
int dsr_backend_vip_add(struct dsr_net *dn, const struct in6_addr *addr, const char *dev,
			struct netlink_ext_ack *extack);
void dsr_backend_vip_del(struct dsr_net *dn, struct dsr_vip *vip);
void dsr_backend_unhook(struct dsr_net *dn);
void dsr_backend_count(struct dsr_net *dn, struct dsr_vip *vip, int ifindex,
		       enum dsr_reason reason);
u8 dsr_backend_arp_ignore(struct dsr_net *dn, int ifindex);
u8 dsr_backend_arp_announce(struct dsr_net *dn, int ifindex);

/* arp.c, nd.c */
unsigned int dsr_arp_in(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);
unsigned int dsr_arp_out(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);
unsigned int dsr_nd_in(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);
unsigned int dsr_nd_out(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);

#endif /* _DSR_ROLE_ROLE_H */
