/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The user's side. Every request is handled in three steps: parse its
 * attributes, check them against what is there, apply. The first two change
 * nothing, and the third fails only for lack of memory.
 */
#ifndef _DSR_CTL_CTL_H
#define _DSR_CTL_CTL_H

#include <net/genetlink.h>
#include <uapi/linux/dsr.h>

#include "core/net.h"
#include "ctl/nl_gen.h"

struct dsr_real;
struct dsr_role_dev;
struct dsr_service;
struct dsr_vip;

/* Refuse a request that lacks an attribute, and say which. */
#define dsr_nl_missing(info, attr, what) ({				\
	struct genl_info *_info = (info);				\
	bool _missing = GENL_REQ_ATTR_CHECK(_info, attr);		\
									\
	if (_missing)							\
		NL_SET_ERR_MSG(_info->extack, what " is missing");	\
	_missing;							\
})

/* Refuse a request because of what one attribute says. */
#define dsr_nl_refuse(info, attr, err, msg) ({				\
	struct genl_info *_info = (info);				\
									\
	NL_SET_ERR_MSG_ATTR(_info->extack, _info->attrs[attr], msg);	\
	err;								\
})

/**
 * struct dsr_nl_reply - where the reply to a request goes
 * @skb: the message under construction
 * @portid: of the receiver
 * @seq: of the request
 * @flags: NLM_F_MULTI in a dump
 * @cmd: enum of the uapi header
 */
struct dsr_nl_reply {
	struct sk_buff *skb;
	u32 portid;
	u32 seq;
	int flags;
	u8 cmd;
};

extern struct genl_family dsr_nl_family;

/* ctl.c */
int dsr_ctl_register(void);
void dsr_ctl_unregister(void);
struct dsr_net *dsr_nl_net(struct genl_info *info);
void *dsr_nl_put_header(const struct dsr_nl_reply *reply, struct netlink_callback *cb);
int dsr_nl_put_counters(struct sk_buff *skb, int attr, const struct dsr_sum *sum);
struct dsr_nl_reply dsr_nl_dump_reply(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);
struct sk_buff *dsr_nl_reply_alloc(struct dsr_nl_reply *reply, const struct genl_info *info,
				   u8 cmd);
int dsr_nl_check_unicast(struct genl_info *info, int attr, const struct in6_addr *addr);

/* nl_*.c: one message about one object */
int dsr_nl_fill_role(const struct dsr_nl_reply *reply, struct netlink_callback *cb,
		     const struct dsr_role_dev *rd);
int dsr_nl_fill_service(const struct dsr_nl_reply *reply, struct netlink_callback *cb,
			const struct dsr_service *service);
int dsr_nl_fill_real(const struct dsr_nl_reply *reply, struct netlink_callback *cb,
		     const struct dsr_real *real);
int dsr_nl_fill_vip(const struct dsr_nl_reply *reply, struct netlink_callback *cb,
		    const struct dsr_vip *vip);

/* nl_notify.c */
int dsr_notify_register(void);
void dsr_notify_unregister(void);

/* netdev.c */
int dsr_netdev_register(void);
void dsr_netdev_unregister(void);

/* probe.c */
int dsr_probe_register(void);
void dsr_probe_unregister(void);
void dsr_probe_init(struct dsr_net *dn);
void dsr_probe_soon(struct dsr_net *dn);
void dsr_probe_all(struct dsr_net *dn);
void dsr_probe_retime(void);

/* rebuild.c */
int dsr_rebuild_register(void);
void dsr_rebuild_unregister(void);
void dsr_rebuild_init(struct dsr_net *dn);
void dsr_rebuild_lock(struct dsr_net *dn);

/* sysfs.c */
int dsr_sysfs_register(void);
void dsr_sysfs_unregister(void);

/* param.c */
u32 dsr_param_table_size(void);
unsigned long dsr_param_probe_interval(void);

#endif /* _DSR_CTL_CTL_H */
