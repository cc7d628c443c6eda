// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/dsr.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "nl_gen.h"

#include <uapi/linux/dsr.h>

/* Integer value ranges */
static struct netlink_range_validation dsr_a_service_table_size_range = {
	.min	= DSR_TABLE_SIZE_MIN,
	.max	= DSR_TABLE_SIZE_MAX,
};

/* DSR_CMD_ROLE_GET - do */
const struct nla_policy dsr_role_get_nl_policy[DSR_A_ROLE_ROLE + 1] = {
	[DSR_A_ROLE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[DSR_A_ROLE_DEV] = { .type = NLA_NUL_STRING, .len = DSR_DEV_MAX, },
	[DSR_A_ROLE_ROLE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* DSR_CMD_ROLE_ADD - do */
const struct nla_policy dsr_role_add_nl_policy[DSR_A_ROLE_ARP_ANNOUNCE + 1] = {
	[DSR_A_ROLE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[DSR_A_ROLE_DEV] = { .type = NLA_NUL_STRING, .len = DSR_DEV_MAX, },
	[DSR_A_ROLE_ROLE] = NLA_POLICY_MAX(NLA_U32, 1),
	[DSR_A_ROLE_ARP_IGNORE] = NLA_POLICY_MAX(NLA_U8, 8),
	[DSR_A_ROLE_ARP_ANNOUNCE] = NLA_POLICY_MAX(NLA_U8, 2),
};

/* DSR_CMD_ROLE_SET - do */
const struct nla_policy dsr_role_set_nl_policy[DSR_A_ROLE_ARP_ANNOUNCE + 1] = {
	[DSR_A_ROLE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[DSR_A_ROLE_DEV] = { .type = NLA_NUL_STRING, .len = DSR_DEV_MAX, },
	[DSR_A_ROLE_ROLE] = NLA_POLICY_MAX(NLA_U32, 1),
	[DSR_A_ROLE_ARP_IGNORE] = NLA_POLICY_MAX(NLA_U8, 8),
	[DSR_A_ROLE_ARP_ANNOUNCE] = NLA_POLICY_MAX(NLA_U8, 2),
};

/* DSR_CMD_ROLE_DEL - do */
const struct nla_policy dsr_role_del_nl_policy[DSR_A_ROLE_ROLE + 1] = {
	[DSR_A_ROLE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[DSR_A_ROLE_DEV] = { .type = NLA_NUL_STRING, .len = DSR_DEV_MAX, },
	[DSR_A_ROLE_ROLE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* DSR_CMD_SERVICE_GET - do */
const struct nla_policy dsr_service_get_nl_policy[DSR_A_SERVICE_NAME + 1] = {
	[DSR_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = DSR_NAME_MAX, },
};

/* DSR_CMD_SERVICE_ADD - do */
const struct nla_policy dsr_service_add_nl_policy[DSR_A_SERVICE_SEED + 1] = {
	[DSR_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = DSR_NAME_MAX, },
	[DSR_A_SERVICE_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[DSR_A_SERVICE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[DSR_A_SERVICE_PROTO] = NLA_POLICY_MAX(NLA_U32, 1),
	[DSR_A_SERVICE_SCHED] = NLA_POLICY_MAX(NLA_U32, 0),
	[DSR_A_SERVICE_TABLE_SIZE] = NLA_POLICY_FULL_RANGE(NLA_U32, &dsr_a_service_table_size_range),
	[DSR_A_SERVICE_SEED] = { .type = NLA_U64, },
};

/* DSR_CMD_SERVICE_SET - do */
const struct nla_policy dsr_service_set_nl_policy[DSR_A_SERVICE_SEED + 1] = {
	[DSR_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = DSR_NAME_MAX, },
	[DSR_A_SERVICE_SCHED] = NLA_POLICY_MAX(NLA_U32, 0),
	[DSR_A_SERVICE_TABLE_SIZE] = NLA_POLICY_FULL_RANGE(NLA_U32, &dsr_a_service_table_size_range),
	[DSR_A_SERVICE_SEED] = { .type = NLA_U64, },
};

/* DSR_CMD_SERVICE_DEL - do */
const struct nla_policy dsr_service_del_nl_policy[DSR_A_SERVICE_NAME + 1] = {
	[DSR_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = DSR_NAME_MAX, },
};

/* DSR_CMD_REAL_GET - do */
const struct nla_policy dsr_real_get_nl_policy[DSR_A_REAL_ADDR + 1] = {
	[DSR_A_REAL_SERVICE] = { .type = NLA_NUL_STRING, .len = DSR_NAME_MAX, },
	[DSR_A_REAL_ADDR] = NLA_POLICY_EXACT_LEN(16),
};

/* DSR_CMD_REAL_ADD - do */
const struct nla_policy dsr_real_add_nl_policy[DSR_A_REAL_STATE + 1] = {
	[DSR_A_REAL_SERVICE] = { .type = NLA_NUL_STRING, .len = DSR_NAME_MAX, },
	[DSR_A_REAL_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[DSR_A_REAL_DEV] = { .type = NLA_NUL_STRING, .len = DSR_DEV_MAX, },
	[DSR_A_REAL_LLADDR] = NLA_POLICY_EXACT_LEN(6),
	[DSR_A_REAL_WEIGHT] = { .type = NLA_U16, },
	[DSR_A_REAL_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
};

/* DSR_CMD_REAL_SET - do */
const struct nla_policy dsr_real_set_nl_policy[DSR_A_REAL_STATE + 1] = {
	[DSR_A_REAL_SERVICE] = { .type = NLA_NUL_STRING, .len = DSR_NAME_MAX, },
	[DSR_A_REAL_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[DSR_A_REAL_LLADDR] = NLA_POLICY_EXACT_LEN(6),
	[DSR_A_REAL_WEIGHT] = { .type = NLA_U16, },
	[DSR_A_REAL_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
};

/* DSR_CMD_REAL_DEL - do */
const struct nla_policy dsr_real_del_nl_policy[DSR_A_REAL_ADDR + 1] = {
	[DSR_A_REAL_SERVICE] = { .type = NLA_NUL_STRING, .len = DSR_NAME_MAX, },
	[DSR_A_REAL_ADDR] = NLA_POLICY_EXACT_LEN(16),
};

/* DSR_CMD_VIP_GET - do */
const struct nla_policy dsr_vip_get_nl_policy[DSR_A_VIP_ADDR + 1] = {
	[DSR_A_VIP_ADDR] = NLA_POLICY_EXACT_LEN(16),
};

/* DSR_CMD_VIP_ADD - do */
const struct nla_policy dsr_vip_add_nl_policy[DSR_A_VIP_DEV + 1] = {
	[DSR_A_VIP_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[DSR_A_VIP_DEV] = { .type = NLA_NUL_STRING, .len = DSR_DEV_MAX, },
};

/* DSR_CMD_VIP_DEL - do */
const struct nla_policy dsr_vip_del_nl_policy[DSR_A_VIP_ADDR + 1] = {
	[DSR_A_VIP_ADDR] = NLA_POLICY_EXACT_LEN(16),
};

/* DSR_CMD_STATS_GET - do */
const struct nla_policy dsr_stats_get_nl_policy[DSR_A_STATS_REASON + 1] = {
	[DSR_A_STATS_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[DSR_A_STATS_DEV] = { .type = NLA_NUL_STRING, .len = DSR_DEV_MAX, },
	[DSR_A_STATS_ROLE] = NLA_POLICY_MAX(NLA_U32, 1),
	[DSR_A_STATS_REASON] = NLA_POLICY_MAX(NLA_U32, 23),
};

/* Ops table for dsr */
const struct genl_ops dsr_nl_ops[16] = {
	{
		.cmd		= DSR_CMD_ROLE_GET,
		.doit		= dsr_nl_role_get_doit,
		.dumpit		= dsr_nl_role_get_dumpit,
		.policy		= dsr_role_get_nl_policy,
		.maxattr	= DSR_A_ROLE_ROLE,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_ROLE_ADD,
		.doit		= dsr_nl_role_add_doit,
		.policy		= dsr_role_add_nl_policy,
		.maxattr	= DSR_A_ROLE_ARP_ANNOUNCE,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_ROLE_SET,
		.doit		= dsr_nl_role_set_doit,
		.policy		= dsr_role_set_nl_policy,
		.maxattr	= DSR_A_ROLE_ARP_ANNOUNCE,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_ROLE_DEL,
		.doit		= dsr_nl_role_del_doit,
		.policy		= dsr_role_del_nl_policy,
		.maxattr	= DSR_A_ROLE_ROLE,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_SERVICE_GET,
		.doit		= dsr_nl_service_get_doit,
		.dumpit		= dsr_nl_service_get_dumpit,
		.policy		= dsr_service_get_nl_policy,
		.maxattr	= DSR_A_SERVICE_NAME,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_SERVICE_ADD,
		.doit		= dsr_nl_service_add_doit,
		.policy		= dsr_service_add_nl_policy,
		.maxattr	= DSR_A_SERVICE_SEED,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_SERVICE_SET,
		.doit		= dsr_nl_service_set_doit,
		.policy		= dsr_service_set_nl_policy,
		.maxattr	= DSR_A_SERVICE_SEED,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_SERVICE_DEL,
		.doit		= dsr_nl_service_del_doit,
		.policy		= dsr_service_del_nl_policy,
		.maxattr	= DSR_A_SERVICE_NAME,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_REAL_GET,
		.doit		= dsr_nl_real_get_doit,
		.dumpit		= dsr_nl_real_get_dumpit,
		.policy		= dsr_real_get_nl_policy,
		.maxattr	= DSR_A_REAL_ADDR,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_REAL_ADD,
		.doit		= dsr_nl_real_add_doit,
		.policy		= dsr_real_add_nl_policy,
		.maxattr	= DSR_A_REAL_STATE,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_REAL_SET,
		.doit		= dsr_nl_real_set_doit,
		.policy		= dsr_real_set_nl_policy,
		.maxattr	= DSR_A_REAL_STATE,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_REAL_DEL,
		.doit		= dsr_nl_real_del_doit,
		.policy		= dsr_real_del_nl_policy,
		.maxattr	= DSR_A_REAL_ADDR,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_VIP_GET,
		.doit		= dsr_nl_vip_get_doit,
		.dumpit		= dsr_nl_vip_get_dumpit,
		.policy		= dsr_vip_get_nl_policy,
		.maxattr	= DSR_A_VIP_ADDR,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_VIP_ADD,
		.doit		= dsr_nl_vip_add_doit,
		.policy		= dsr_vip_add_nl_policy,
		.maxattr	= DSR_A_VIP_DEV,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_VIP_DEL,
		.doit		= dsr_nl_vip_del_doit,
		.policy		= dsr_vip_del_nl_policy,
		.maxattr	= DSR_A_VIP_ADDR,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_STATS_GET,
		.doit		= dsr_nl_stats_get_doit,
		.dumpit		= dsr_nl_stats_get_dumpit,
		.policy		= dsr_stats_get_nl_policy,
		.maxattr	= DSR_A_STATS_REASON,
		.flags		= GENL_ADMIN_PERM,
	},
};

