// SPDX-License-Identifier: GPL-2.0
/*
 * dsrctl real: a server that a service is shared among.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <linux/dsr.h>

#include "dsrctl.h"

const char real_help[] =
"dsrctl real add SERVICE ADDR [ dev DEV ] [ lladdr MAC ] [ weight 0-65535 ]\n"
"                [ state { up | drain | down } ]\n"
"dsrctl real set SERVICE ADDR [ lladdr { MAC | none } ] [ weight 0-65535 ]\n"
"                [ state { up | drain | down } ]\n"
"dsrctl real del SERVICE ADDR\n"
"dsrctl real show [ SERVICE [ ADDR ] ]\n"
"\n"
"SERVICE is the name of a service, ADDR the real's own address, not the VIP.\n"
"A real without dev is reached by the connected route to ADDR; one without\n"
"lladdr by the MAC address that ARP or ND finds. weight is 1, state is up.\n"
"show marks with \"!\" what is not reachable.\n";

static const struct field real_fields[] = {
	FIELD(real, DSR_A_REAL_ID, KIND_U32, id),
	FIELD(real, DSR_A_REAL_SERVICE, KIND_NAME, service),
	FIELD(real, DSR_A_REAL_ADDR, KIND_ADDR, addr),
	FIELD(real, DSR_A_REAL_DEV, KIND_DEV, dev),
	FIELD(real, DSR_A_REAL_LLADDR, KIND_MAC, lladdr),
	FIELD(real, DSR_A_REAL_WEIGHT, KIND_U16, weight, .max = UINT16_MAX,
	      .what = "a weight"),
	FIELD(real, DSR_A_REAL_STATE, KIND_WORD, state, .words = state_words),
	FIELD(real, DSR_A_REAL_REACH, KIND_WORD, reach, .words = reach_words),
	FIELD(real, DSR_A_REAL_MAC, KIND_MAC, mac),
	FIELD(real, DSR_A_REAL_EGRESS, KIND_DEV, egress),
	FIELD(real, DSR_A_REAL_ROWS, KIND_U32, rows),
	FIELD(real, DSR_A_REAL_COUNTERS, KIND_NEST, counters,
	      .nest = &counters_object),
};

#define SETTABLE	(BIT(DSR_A_REAL_LLADDR) | BIT(DSR_A_REAL_WEIGHT) | \
			 BIT(DSR_A_REAL_STATE))
#define KEY		(BIT(DSR_A_REAL_SERVICE) | BIT(DSR_A_REAL_ADDR))

/**
 * real_mark - what stands before a real in text
 * @real: which
 *
 * Return: "! " if it cannot be reached.
 */
const char *real_mark(const struct real *real)
{
	return real->reach == DSR_REACH_REACHABLE ? "  " : "! ";
}

/* What not every real has, and why it cannot be reached: not in columns. */
static void real_rest(struct out *out, const struct real *real)
{
	const struct word *reach = names_of(reach_words, real->reach);
	bool good = real->reach == DSR_REACH_REACHABLE || !reach;
	char text[256] = "", mac[OBJECT_TEXT];
	size_t len = 0;

	if (object_has(real, DSR_A_REAL_DEV))
		len += snprintf(text + len, sizeof(text) - len, "  dev %s",
				real->dev);
	if (object_has(real, DSR_A_REAL_LLADDR))
		len += snprintf(text + len, sizeof(text) - len, "  lladdr %s",
				object_text(&real_object, real,
					    DSR_A_REAL_LLADDR, mac));
	if (!good)
		len += snprintf(text + len, sizeof(text) - len, "  (%s)",
				reach->help);
	if (len)
		out_cell(out, "%s", text + 2);
}

/**
 * real_cells - all of a real but its service, with why it cannot be reached
 * @out: of text
 * @rec: the real
 */
void real_cells(struct out *out, const void *rec)
{
	const struct real *real = rec;

	out_value(out, &real_object, rec, DSR_A_REAL_ADDR);
	out_attr(out, &real_object, rec, DSR_A_REAL_WEIGHT);
	out_value(out, &real_object, rec, DSR_A_REAL_STATE);
	out_value(out, &real_object, rec, DSR_A_REAL_REACH);
	out_attr(out, &real_object, rec, DSR_A_REAL_MAC);
	out_attr(out, &real_object, rec, DSR_A_REAL_EGRESS);
	out_attr(out, &real_object, rec, DSR_A_REAL_ROWS);
	out_cell(out, "packets %" PRIu64, real->counters.packets);
	out_cell(out, "bytes %" PRIu64, real->counters.bytes);
	real_rest(out, real);
}

static void real_row(struct out *out, const void *rec)
{
	const struct real *real = rec;

	out_cell(out, "%s%s", real_mark(real), real->service);
	real_cells(out, rec);
}

const struct object real_object = {
	.word = "real",
	.attrs = real_attrs,
	.nattrs = ARRAY_SIZE(real_attrs),
	.fields = real_fields,
	.nfields = ARRAY_SIZE(real_fields),
	.size = sizeof(struct real),
	.get = DSR_CMD_REAL_GET,
	.row = real_row,
};

static bool parse_key(struct dsrctl *ctl, struct args *args, struct real *real)
{
	return args_positional(args, &real_object, DSR_A_REAL_SERVICE, real,
			       "SERVICE", &ctl->why) &&
	       args_positional(args, &real_object, DSR_A_REAL_ADDR, real,
			       "ADDR", &ctl->why);
}

static bool parse_rest(struct dsrctl *ctl, struct args *args,
		       struct real *real, uint32_t allowed)
{
	return args_keywords(args, &real_object, real, allowed, &ctl->why);
}

static int real_add(struct dsrctl *ctl, struct args *args)
{
	static const uint8_t none[6];
	struct real real = { 0 };

	if (!parse_key(ctl, args, &real) ||
	    !parse_rest(ctl, args, &real, SETTABLE | BIT(DSR_A_REAL_DEV)))
		return dsrctl_complained(ctl);
	if (object_has(&real, DSR_A_REAL_LLADDR) &&
	    !memcmp(real.lladdr, none, sizeof(none)))
		return dsrctl_misused(ctl, "\"none\" is for real set only");
	return genl_do(ctl, DSR_CMD_REAL_ADD, &real_object, &real);
}

static int real_set(struct dsrctl *ctl, struct args *args)
{
	struct real real = { 0 };

	if (!parse_key(ctl, args, &real) ||
	    !parse_rest(ctl, args, &real, SETTABLE))
		return dsrctl_complained(ctl);
	if (!(real.have & SETTABLE))
		return dsrctl_misused(ctl, "nothing to set (lladdr, weight, state)");
	return genl_do(ctl, DSR_CMD_REAL_SET, &real_object, &real);
}

static int real_del(struct dsrctl *ctl, struct args *args)
{
	struct real real = { 0 };

	if (!parse_key(ctl, args, &real) || !parse_rest(ctl, args, &real, 0))
		return dsrctl_complained(ctl);
	return genl_do(ctl, DSR_CMD_REAL_DEL, &real_object, &real);
}

static int real_show(struct dsrctl *ctl, struct args *args)
{
	struct real real = { 0 };

	if ((args->n && !args_positional(args, &real_object,
					 DSR_A_REAL_SERVICE, &real, "SERVICE",
					 &ctl->why)) ||
	    (args->n && !args_positional(args, &real_object, DSR_A_REAL_ADDR,
					 &real, "ADDR", &ctl->why)) ||
	    !parse_rest(ctl, args, &real, 0))
		return dsrctl_complained(ctl);
	return show_objects(ctl, &real_object, &real, real.have == KEY);
}

const struct command real_commands[] = {
	{ .word = "show", .run = real_show },
	{ .word = "add", .run = real_add },
	{ .word = "set", .run = real_set },
	{ .word = "del", .run = real_del },
	{ 0 }
};
