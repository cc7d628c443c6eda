// SPDX-License-Identifier: GPL-2.0
/*
 * dsrctl service: a VIP, port and protocol, and how they are shared.
 */
#include <inttypes.h>
#include <stdio.h>

#include <linux/dsr.h>

#include "dsrctl.h"

const char service_help[] =
"dsrctl service add NAME ADDR:PORT/PROTO [ sched maglev ] [ table-size PRIME ]\n"
"                   [ seed NUMBER ]\n"
"dsrctl service set NAME [ sched maglev ] [ table-size PRIME ] [ seed NUMBER ]\n"
"dsrctl service del NAME\n"
"dsrctl service show [ NAME ]\n"
"\n"
"ADDR of IPv6 is in brackets: [2001:db8::99]:443/tcp\n"
"PROTO is tcp or udp, PRIME is a prime number from 251 to 655373 (65537),\n"
"NUMBER has 64 bits (0): balancers that share a VIP need the same.\n";

static const struct field counters_fields[] = {
	FIELD(counters, DSR_A_COUNTERS_PACKETS, KIND_U64, packets),
	FIELD(counters, DSR_A_COUNTERS_BYTES, KIND_U64, bytes),
};

const struct object counters_object = {
	.word = "counters",
	.attrs = counters_attrs,
	.nattrs = ARRAY_SIZE(counters_attrs),
	.fields = counters_fields,
	.nfields = ARRAY_SIZE(counters_fields),
	.size = sizeof(struct counters),
};

static const struct field service_fields[] = {
	FIELD(service, DSR_A_SERVICE_ID, KIND_U32, id),
	FIELD(service, DSR_A_SERVICE_NAME, KIND_NAME, name),
	FIELD(service, DSR_A_SERVICE_ADDR, KIND_ADDR, addr),
	FIELD(service, DSR_A_SERVICE_PORT, KIND_U16, port),
	FIELD(service, DSR_A_SERVICE_PROTO, KIND_WORD, proto,
	      .words = proto_words),
	FIELD(service, DSR_A_SERVICE_SCHED, KIND_WORD, sched,
	      .words = sched_words),
	FIELD(service, DSR_A_SERVICE_TABLE_SIZE, KIND_U32, table_size,
	      .min = DSR_TABLE_SIZE_MIN, .max = DSR_TABLE_SIZE_MAX,
	      .what = "a table size"),
	FIELD(service, DSR_A_SERVICE_SEED, KIND_HEX64, seed, .what = "a seed"),
	FIELD(service, DSR_A_SERVICE_DIGEST, KIND_HEX64, digest),
	FIELD(service, DSR_A_SERVICE_REALS, KIND_U32, reals),
	FIELD(service, DSR_A_SERVICE_ACTIVE, KIND_U32, active),
	FIELD(service, DSR_A_SERVICE_COUNTERS, KIND_NEST, counters,
	      .nest = &counters_object),
};

#define VALUES	(BIT(DSR_A_SERVICE_SCHED) | BIT(DSR_A_SERVICE_TABLE_SIZE) | \
		 BIT(DSR_A_SERVICE_SEED))

/**
 * service_endpoint - ADDR:PORT/PROTO of a service
 * @service: which
 * @to: for the text
 *
 * Return: @to.
 */
const char *service_endpoint(const struct service *service,
			     char to[ENDPOINT_TEXT])
{
	bool v4 = IN6_IS_ADDR_V4MAPPED(&service->addr);
	char addr[OBJECT_TEXT], proto[OBJECT_TEXT];

	snprintf(to, ENDPOINT_TEXT, v4 ? "%s:%u/%s" : "[%s]:%u/%s",
		 object_text(&service_object, service, DSR_A_SERVICE_ADDR,
			     addr), service->port,
		 object_text(&service_object, service, DSR_A_SERVICE_PROTO,
			     proto));
	return to;
}

static void service_row(struct out *out, const void *rec)
{
	const struct service *service = rec;
	char endpoint[ENDPOINT_TEXT];

	out_cell(out, "%s", service->name);
	out_cell(out, "%s", service_endpoint(service, endpoint));
	out_value(out, &service_object, rec, DSR_A_SERVICE_SCHED);
	out_attr(out, &service_object, rec, DSR_A_SERVICE_TABLE_SIZE);
	if (service->seed)
		out_attr(out, &service_object, rec, DSR_A_SERVICE_SEED);
	out_attr(out, &service_object, rec, DSR_A_SERVICE_DIGEST);
	out_cell(out, "active %u/%u", service->active, service->reals);
	out_cell(out, "packets %" PRIu64, service->counters.packets);
	out_cell(out, "bytes %" PRIu64, service->counters.bytes);
}

const struct object service_object = {
	.word = "service",
	.attrs = service_attrs,
	.nattrs = ARRAY_SIZE(service_attrs),
	.fields = service_fields,
	.nfields = ARRAY_SIZE(service_fields),
	.size = sizeof(struct service),
	.get = DSR_CMD_SERVICE_GET,
	.row = service_row,
};

static bool parse_name(struct dsrctl *ctl, struct args *args,
		       struct service *service)
{
	return args_positional(args, &service_object, DSR_A_SERVICE_NAME,
			       service, "NAME", &ctl->why);
}

static bool parse_endpoint(struct dsrctl *ctl, struct args *args,
			   struct service *service)
{
	const char *text = args_next(args);

	if (!text)
		return args_complain(&ctl->why, NULL,
				     "ADDR:PORT/PROTO is missing");
	service->have |= BIT(DSR_A_SERVICE_ADDR) | BIT(DSR_A_SERVICE_PORT) |
			 BIT(DSR_A_SERVICE_PROTO);
	return args_endpoint(text, &service->addr, &service->port,
			     &service->proto, &ctl->why);
}

static bool parse_rest(struct dsrctl *ctl, struct args *args,
		       struct service *service, uint32_t allowed)
{
	return args_keywords(args, &service_object, service, allowed,
			     &ctl->why);
}

static int service_add(struct dsrctl *ctl, struct args *args)
{
	struct service service = { 0 };

	if (!parse_name(ctl, args, &service) ||
	    !parse_endpoint(ctl, args, &service) ||
	    !parse_rest(ctl, args, &service, VALUES))
		return dsrctl_complained(ctl);
	return genl_do(ctl, DSR_CMD_SERVICE_ADD, &service_object, &service);
}

static int service_set(struct dsrctl *ctl, struct args *args)
{
	struct service service = { 0 };

	if (!parse_name(ctl, args, &service) ||
	    !parse_rest(ctl, args, &service, VALUES))
		return dsrctl_complained(ctl);
	if (!(service.have & VALUES))
		return dsrctl_misused(ctl, "nothing to set (sched, table-size, seed)");
	return genl_do(ctl, DSR_CMD_SERVICE_SET, &service_object, &service);
}

static int service_del(struct dsrctl *ctl, struct args *args)
{
	struct service service = { 0 };

	if (!parse_name(ctl, args, &service) ||
	    !parse_rest(ctl, args, &service, 0))
		return dsrctl_complained(ctl);
	return genl_do(ctl, DSR_CMD_SERVICE_DEL, &service_object, &service);
}

static int service_show(struct dsrctl *ctl, struct args *args)
{
	struct service service = { 0 };

	if ((args->n && !parse_name(ctl, args, &service)) ||
	    !parse_rest(ctl, args, &service, 0))
		return dsrctl_complained(ctl);
	return show_objects(ctl, &service_object, &service, service.have);
}

const struct command service_commands[] = {
	{ .word = "show", .run = service_show },
	{ .word = "add", .run = service_add },
	{ .word = "set", .run = service_set },
	{ .word = "del", .run = service_del },
	{ 0 }
};
