// SPDX-License-Identifier: GPL-2.0
/*
 * dsrctl role: what this host does on a device.
 */
#include <net/if.h>

#include <linux/dsr.h>

#include "dsrctl.h"

const char role_help[] =
"dsrctl role add dev DEV balancer\n"
"dsrctl role add dev DEV backend [ arp-ignore 0-8 ] [ arp-announce 0-2 ]\n"
"dsrctl role set dev DEV backend [ arp-ignore 0-8 ] [ arp-announce 0-2 ]\n"
"dsrctl role del dev DEV { balancer | backend }\n"
"dsrctl role show [ dev DEV ] [ balancer | backend ]\n";

static const struct field role_fields[] = {
	FIELD(role, DSR_A_ROLE_IFINDEX, KIND_U32, ifindex),
	FIELD(role, DSR_A_ROLE_DEV, KIND_DEV, dev),
	FIELD(role, DSR_A_ROLE_ROLE, KIND_WORD, role, .words = role_words,
	      .bare = true),
	FIELD(role, DSR_A_ROLE_ARP_IGNORE, KIND_U8, arp_ignore, .max = 8,
	      .what = "a value of arp-ignore"),
	FIELD(role, DSR_A_ROLE_ARP_ANNOUNCE, KIND_U8, arp_announce, .max = 2,
	      .what = "a value of arp-announce"),
};

#define KEY	(BIT(DSR_A_ROLE_DEV) | BIT(DSR_A_ROLE_ROLE))
#define VALUES	(BIT(DSR_A_ROLE_ARP_IGNORE) | BIT(DSR_A_ROLE_ARP_ANNOUNCE))

static void role_row(struct out *out, const void *rec)
{
	out_attr(out, &role_object, rec, DSR_A_ROLE_DEV);
	out_value(out, &role_object, rec, DSR_A_ROLE_ROLE);
	if (object_has(rec, DSR_A_ROLE_ARP_IGNORE))
		out_attr(out, &role_object, rec, DSR_A_ROLE_ARP_IGNORE);
	if (object_has(rec, DSR_A_ROLE_ARP_ANNOUNCE))
		out_attr(out, &role_object, rec, DSR_A_ROLE_ARP_ANNOUNCE);
}

const struct object role_object = {
	.word = "role",
	.attrs = role_attrs,
	.nattrs = ARRAY_SIZE(role_attrs),
	.fields = role_fields,
	.nfields = ARRAY_SIZE(role_fields),
	.size = sizeof(struct role),
	.get = DSR_CMD_ROLE_GET,
	.dumps_all = true,
	.row = role_row,
};

static int parse(struct dsrctl *ctl, struct args *args, uint32_t allowed,
		 struct role *role)
{
	if (!args_keywords(args, &role_object, role, allowed, &ctl->why))
		return dsrctl_complained(ctl);
	if (!object_has(role, DSR_A_ROLE_DEV))
		return dsrctl_misused(ctl, "dev DEV is missing");
	if (!object_has(role, DSR_A_ROLE_ROLE))
		return dsrctl_misused(ctl, "the role is missing (balancer, backend)");
	return DONE;
}

static int role_add(struct dsrctl *ctl, struct args *args)
{
	struct role role = { 0 };
	int err = parse(ctl, args, KEY | VALUES, &role);

	return err ? err : genl_do(ctl, DSR_CMD_ROLE_ADD, &role_object, &role);
}

static int role_set(struct dsrctl *ctl, struct args *args)
{
	struct role role = { 0 };
	int err = parse(ctl, args, KEY | VALUES, &role);

	if (err)
		return err;
	if (!(role.have & VALUES))
		return dsrctl_misused(ctl, "nothing to set (arp-ignore, arp-announce)");
	return genl_do(ctl, DSR_CMD_ROLE_SET, &role_object, &role);
}

static int role_del(struct dsrctl *ctl, struct args *args)
{
	struct role role = { 0 };
	int err = parse(ctl, args, KEY, &role);

	return err ? err : genl_do(ctl, DSR_CMD_ROLE_DEL, &role_object, &role);
}

static int role_show(struct dsrctl *ctl, struct args *args)
{
	struct role role = { 0 };

	if (!args_keywords(args, &role_object, &role, KEY, &ctl->why))
		return dsrctl_complained(ctl);
	/* A list that has nothing would not say so. */
	if (object_has(&role, DSR_A_ROLE_DEV) && !if_nametoindex(role.dev))
		return dsrctl_refused(ctl, "no device has this name (dev %s)",
				      role.dev);
	return show_objects(ctl, &role_object, &role, role.have == KEY);
}

const struct command role_commands[] = {
	{ .word = "show", .run = role_show },
	{ .word = "add", .run = role_add },
	{ .word = "set", .run = role_set },
	{ .word = "del", .run = role_del },
	{ 0 }
};
