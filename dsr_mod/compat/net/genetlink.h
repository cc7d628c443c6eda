/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux 6.7 moved the parsed attributes of a dump into a struct genl_info.
 */
#ifndef _DSR_COMPAT_NET_GENETLINK_H
#define _DSR_COMPAT_NET_GENETLINK_H

#include_next <net/genetlink.h>
#include <linux/version.h>

static inline struct nlattr **dsr_genl_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* _DSR_COMPAT_NET_GENETLINK_H */
