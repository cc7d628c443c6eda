/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/dsr.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_DSR_GEN_H
#define _LINUX_DSR_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/dsr.h>

extern const struct nla_policy dsr_role_get_nl_policy[DSR_A_ROLE_ROLE + 1];

extern const struct nla_policy dsr_role_add_nl_policy[DSR_A_ROLE_ARP_ANNOUNCE + 1];

extern const struct nla_policy dsr_role_set_nl_policy[DSR_A_ROLE_ARP_ANNOUNCE + 1];

extern const struct nla_policy dsr_role_del_nl_policy[DSR_A_ROLE_ROLE + 1];

extern const struct nla_policy dsr_service_get_nl_policy[DSR_A_SERVICE_NAME + 1];

extern const struct nla_policy dsr_service_add_nl_policy[DSR_A_SERVICE_SEED + 1];

extern const struct nla_policy dsr_service_set_nl_policy[DSR_A_SERVICE_SEED + 1];

extern const struct nla_policy dsr_service_del_nl_policy[DSR_A_SERVICE_NAME + 1];

extern const struct nla_policy dsr_real_get_nl_policy[DSR_A_REAL_ADDR + 1];

extern const struct nla_policy dsr_real_add_nl_policy[DSR_A_REAL_STATE + 1];

extern const struct nla_policy dsr_real_set_nl_policy[DSR_A_REAL_STATE + 1];

extern const struct nla_policy dsr_real_del_nl_policy[DSR_A_REAL_ADDR + 1];

extern const struct nla_policy dsr_vip_get_nl_policy[DSR_A_VIP_ADDR + 1];

extern const struct nla_policy dsr_vip_add_nl_policy[DSR_A_VIP_DEV + 1];

extern const struct nla_policy dsr_vip_del_nl_policy[DSR_A_VIP_ADDR + 1];

extern const struct nla_policy dsr_stats_get_nl_policy[DSR_A_STATS_REASON + 1];

/* Ops table for dsr */
extern const struct genl_ops dsr_nl_ops[16];

int dsr_nl_role_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_role_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dsr_nl_role_add_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_role_set_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_role_del_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_service_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_service_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dsr_nl_service_add_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_service_set_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_service_del_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_real_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_real_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dsr_nl_real_add_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_real_set_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_real_del_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_vip_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_vip_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dsr_nl_vip_add_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_vip_del_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

enum {
	DSR_NLGRP_EVENTS,
};

#endif /* _LINUX_DSR_GEN_H */
