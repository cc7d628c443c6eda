// SPDX-License-Identifier: GPL-2.0
/*
 * dsrctl vip: an address that this host holds and is silent about. The order
 * matters: silence comes before the address, and stays until it is gone.
 */
#include <string.h>

#include <linux/dsr.h>

#include "dsrctl.h"

const char vip_help[] =
"dsrctl vip add ADDR [ dev DEV | noaddr ]\n"
"dsrctl vip del ADDR [ noaddr ]\n"
"dsrctl vip show [ ADDR ]\n"
"\n"
"add silences ARP and ND for ADDR, then puts ADDR on DEV (lo).\n"
"del takes ADDR from its device, then stops the silence.\n"
"noaddr leaves the address itself to somebody else.\n";

#define VIP_COUNTER(word_, i_)						\
	FIELD(vip_counters, DSR_A_VIP_COUNTERS_##word_, KIND_U64, packets[i_])

static const struct field vip_counters_fields[] = {
	VIP_COUNTER(ARP_IGNORED, 0),
	VIP_COUNTER(ARP_REWRITTEN, 1),
	VIP_COUNTER(ARP_SUPPRESSED, 2),
	VIP_COUNTER(ND_IGNORED, 3),
	VIP_COUNTER(ND_REWRITTEN, 4),
	VIP_COUNTER(ND_SUPPRESSED, 5),
};

static const struct object vip_counters_object = {
	.word = "counters",
	.attrs = vip_counters_attrs,
	.nattrs = ARRAY_SIZE(vip_counters_attrs),
	.fields = vip_counters_fields,
	.nfields = ARRAY_SIZE(vip_counters_fields),
	.size = sizeof(struct vip_counters),
};

#define NOADDR	0	/* in the place of an attribute */

static const struct field vip_fields[] = {
	FIELD(vip, DSR_A_VIP_ID, KIND_U32, id),
	FIELD(vip, DSR_A_VIP_ADDR, KIND_ADDR, addr),
	FIELD(vip, DSR_A_VIP_DEV, KIND_DEV, dev),
	FIELD(vip, DSR_A_VIP_COUNTERS, KIND_NEST, counters,
	      .nest = &vip_counters_object),
	{ .attr = NOADDR, .kind = KIND_FLAG, .flag = "noaddr" },
};

static void vip_row(struct out *out, const void *rec)
{
	const struct vip *vip = rec;
	unsigned int i;

	out_value(out, &vip_object, rec, DSR_A_VIP_ADDR);
	if (object_has(rec, DSR_A_VIP_DEV))
		out_attr(out, &vip_object, rec, DSR_A_VIP_DEV);
	else
		out_cell(out, "noaddr");
	for (i = 0; i < ARRAY_SIZE(vip_counters_fields); i++)
		if (vip->counters.packets[i])
			out_attr(out, &vip_counters_object, &vip->counters,
				 vip_counters_fields[i].attr);
}

const struct object vip_object = {
	.word = "vip",
	.attrs = vip_attrs,
	.nattrs = ARRAY_SIZE(vip_attrs),
	.fields = vip_fields,
	.nfields = ARRAY_SIZE(vip_fields),
	.size = sizeof(struct vip),
	.get = DSR_CMD_VIP_GET,
	.row = vip_row,
};

static bool parse(struct dsrctl *ctl, struct args *args, uint32_t allowed,
		  struct vip *vip)
{
	return args_positional(args, &vip_object, DSR_A_VIP_ADDR, vip, "ADDR",
			       &ctl->why) &&
	       args_keywords(args, &vip_object, vip, allowed, &ctl->why);
}

/* rtaddr_add() failed and said so: leave nothing of the VIP behind. */
static void undo_add(struct dsrctl *ctl, const struct vip *vip)
{
	struct vip key = { .have = BIT(DSR_A_VIP_ADDR), .addr = vip->addr };
	struct refusal why;

	if (!genl_try(ctl, DSR_CMD_VIP_DEL, &vip_object, &key, &why))
		dsrctl_notice(ctl, "the VIP itself could not be removed again: %s",
			      *why.text ? why.text : strerror(why.err));
}

static int vip_add(struct dsrctl *ctl, struct args *args)
{
	struct vip vip = { 0 };
	bool unsure;
	int err;

	if (!parse(ctl, args, BIT(DSR_A_VIP_DEV) | BIT(NOADDR), &vip))
		return dsrctl_complained(ctl);
	if (object_has(&vip, NOADDR) && object_has(&vip, DSR_A_VIP_DEV))
		return dsrctl_misused(ctl, "\"noaddr\" and \"dev\" exclude each other");
	if (object_has(&vip, NOADDR))
		return genl_do(ctl, DSR_CMD_VIP_ADD, &vip_object, &vip);
	if (!object_has(&vip, DSR_A_VIP_DEV)) {
		strcpy(vip.dev, "lo");
		object_mark(&vip, DSR_A_VIP_DEV);
	}
	err = genl_do(ctl, DSR_CMD_VIP_ADD, &vip_object, &vip);
	if (err)
		return err;
	err = rtaddr_add(ctl, &vip.addr, vip.dev, &unsure);
	if (err && unsure)
		dsrctl_notice(ctl, "the address may be on %s, so the VIP stays silent",
			      vip.dev);
	else if (err)
		undo_add(ctl, &vip);
	return err;
}

static int vip_del(struct dsrctl *ctl, struct args *args)
{
	struct list found = { .obj = &vip_object };
	struct vip vip = { 0 }, *was;
	bool noaddr;
	int err;

	if (!parse(ctl, args, BIT(NOADDR), &vip))
		return dsrctl_complained(ctl);
	noaddr = object_has(&vip, NOADDR);
	err = genl_get(ctl, &vip, true, &found);
	if (!err && found.n && !noaddr) {
		was = list_at(&found, 0);
		if (object_has(was, DSR_A_VIP_DEV))
			err = rtaddr_del(ctl, &vip.addr, was->dev);
	}
	list_free(&found);
	return err ? err : genl_do(ctl, DSR_CMD_VIP_DEL, &vip_object, &vip);
}

static int vip_show(struct dsrctl *ctl, struct args *args)
{
	struct vip vip = { 0 };

	if (args->n && !parse(ctl, args, 0, &vip))
		return dsrctl_complained(ctl);
	return show_objects(ctl, &vip_object, &vip, vip.have);
}

const struct command vip_commands[] = {
	{ .word = "show", .run = vip_show },
	{ .word = "add", .run = vip_add },
	{ .word = "del", .run = vip_del },
	{ 0 }
};
