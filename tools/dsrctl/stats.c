// SPDX-License-Identifier: GPL-2.0
/*
 * dsrctl stats: what became of the packets, and who got how many.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include <linux/dsr.h>

#include "dsrctl.h"

const char stats_help[] =
"dsrctl stats\n"
"\n"
"Prints the packets that each role saw on each device, by what became of\n"
"them; then the packets and bytes of each service and each real. share is\n"
"the part of all services for a service, of its service for a real.\n";

struct stats {
	uint32_t have;
	uint32_t ifindex;
	char dev[16];
	uint32_t role;
	uint32_t reason;
	uint64_t packets;
};

static const struct field stats_fields[] = {
	FIELD(stats, DSR_A_STATS_IFINDEX, KIND_U32, ifindex),
	FIELD(stats, DSR_A_STATS_DEV, KIND_DEV, dev),
	FIELD(stats, DSR_A_STATS_ROLE, KIND_WORD, role, .words = role_words),
	FIELD(stats, DSR_A_STATS_REASON, KIND_WORD, reason,
	      .words = reason_words),
	FIELD(stats, DSR_A_STATS_PACKETS, KIND_U64, packets),
};

static void stats_row(struct out *out, const void *rec);

static const struct object stats_object = {
	.word = "stats",
	.attrs = stats_attrs,
	.nattrs = ARRAY_SIZE(stats_attrs),
	.fields = stats_fields,
	.nfields = ARRAY_SIZE(stats_fields),
	.size = sizeof(struct stats),
	.get = DSR_CMD_STATS_GET,
	.row = stats_row,
};

static void stats_row(struct out *out, const void *rec)
{
	const struct stats *stats = rec;
	const struct word *reason = names_of(reason_words, stats->reason);

	if (object_has(rec, DSR_A_STATS_DEV))
		out_value(out, &stats_object, rec, DSR_A_STATS_DEV);
	else
		out_cell(out, "(gone)");
	out_value(out, &stats_object, rec, DSR_A_STATS_ROLE);
	out_right(out, "%" PRIu64, stats->packets);
	out_value(out, &stats_object, rec, DSR_A_STATS_REASON);
	if (reason)
		out_cell(out, "%s", reason->help);
}

static void show_reasons(struct out *out, const struct list *reasons)
{
	size_t i;

	if (!reasons->n)
		return;
	out_row(out, "");
	out_cell(out, "dev");
	out_cell(out, "role");
	out_right(out, "packets");
	out_cell(out, "reason");
	for (i = 0; i < reasons->n; i++) {
		out_row(out, "");
		stats_row(out, list_at(reasons, i));
	}
	out_align(out);
}

static void share_row(struct out *out, const char *name,
		      const struct counters *counters, uint64_t whole)
{
	out_row(out, "");
	out_cell(out, "%s", name);
	out_right(out, "%" PRIu64, counters->packets);
	out_right(out, "%" PRIu64, counters->bytes);
	if (whole)
		out_right(out, "%.1f%%", 100.0 * counters->packets / whole);
	else
		out_right(out, "-");
}

static void share_service(struct out *out, const struct snapshot *all,
			  const struct service *service, uint64_t whole)
{
	char addr[OBJECT_TEXT], name[OBJECT_TEXT + 2];
	const struct real *reals;
	size_t i, n;

	share_row(out, service->name, &service->counters, whole);
	reals = snapshot_reals(all, service, &n);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "  %s",
			 object_text(&real_object, &reals[i], DSR_A_REAL_ADDR,
				     addr));
		share_row(out, name, &reals[i].counters,
			  service->counters.packets);
	}
}

static void show_shares(struct out *out, const struct snapshot *all)
{
	const struct service *service;
	uint64_t whole = 0;
	size_t i;

	if (!all->services.n)
		return;
	for (i = 0; i < all->services.n; i++) {
		service = list_at(&all->services, i);
		whole += service->counters.packets;
	}
	out_row(out, "");
	out_cell(out, "service");
	out_right(out, "packets");
	out_right(out, "bytes");
	out_right(out, "share");
	for (i = 0; i < all->services.n; i++)
		share_service(out, all, list_at(&all->services, i), whole);
	out_align(out);
}

static void show_json(struct out *out, const struct list *reasons,
		      const struct snapshot *all)
{
	json_t *json = json_object();

	out_member(out, json, reasons);
	out_member(out, json, &all->services);
	out_member(out, json, &all->reals);
	out_json(out, json);
}

/**
 * stats_run - dsrctl stats
 * @ctl: where
 * @args: none
 *
 * Return: exit code.
 */
int stats_run(struct dsrctl *ctl, struct args *args)
{
	struct list reasons = { .obj = &stats_object };
	struct snapshot all;
	int err;

	if (args->n)
		return dsrctl_too_many(ctl, args);
	snapshot_init(&all);
	err = snapshot_read(ctl, &reasons);
	if (!err)
		err = snapshot_read(ctl, &all.services);
	if (!err)
		err = snapshot_read(ctl, &all.reals);
	if (!err && ctl->out.json) {
		show_json(&ctl->out, &reasons, &all);
	} else if (!err) {
		show_reasons(&ctl->out, &reasons);
		if (reasons.n && all.services.n)
			putchar('\n');
		show_shares(&ctl->out, &all);
	}
	list_free(&reasons);
	snapshot_free(&all);
	return err;
}
