// SPDX-License-Identifier: GPL-2.0
/*
 * dsrctl show: everything at a glance; and the show of each object.
 */
#include <jansson.h>

#include "dsrctl.h"

const char show_help[] =
"dsrctl show\n"
"\n"
"Prints roles, services with their reals, and VIPs. A real that cannot be\n"
"reached is marked with \"!\".\n";

/**
 * show_objects - print one object, or all that match
 * @ctl: where
 * @obj: which kind
 * @filter: its key, or what they have in common
 * @one: whether @filter is a key
 *
 * Return: exit code.
 */
int show_objects(struct dsrctl *ctl, const struct object *obj,
		 const void *filter, bool one)
{
	struct list list = { .obj = obj };
	int err = genl_get(ctl, filter, one, &list);

	if (!err) {
		if (list.torn)
			dsrctl_notice(ctl, "things keep changing: some may be missing or twice");
		snapshot_sort(&list);
		out_list(&ctl->out, &list);
	}
	list_free(&list);
	return err;
}

static void show_json(struct out *out, const struct snapshot *all)
{
	json_t *json = json_object();

	out_member(out, json, &all->roles);
	out_member(out, json, &all->services);
	out_member(out, json, &all->reals);
	out_member(out, json, &all->vips);
	out_json(out, json);
}

static void show_rows(struct out *out, const struct list *list,
		      const char *prefix)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		out_row(out, prefix);
		list->obj->row(out, list_at(list, i));
	}
	out_align(out);
}

static void show_service(struct out *out, const struct snapshot *all,
			 const struct service *service)
{
	const struct real *reals;
	size_t i, n;

	out_row(out, "service  ");
	service_object.row(out, service);
	out_align(out);
	reals = snapshot_reals(all, service, &n);
	for (i = 0; i < n; i++) {
		out_row(out, "    ");
		out_cell(out, "%sreal", real_mark(&reals[i]));
		real_cells(out, &reals[i]);
	}
	out_align(out);
}

static void show_text(struct out *out, const struct snapshot *all)
{
	size_t i;

	show_rows(out, &all->roles, "role  ");
	for (i = 0; i < all->services.n; i++)
		show_service(out, all, list_at(&all->services, i));
	show_rows(out, &all->vips, "vip  ");
}

/**
 * show_run - dsrctl show
 * @ctl: where
 * @args: none
 *
 * Return: exit code.
 */
int show_run(struct dsrctl *ctl, struct args *args)
{
	struct snapshot all;
	int err;

	if (args->n)
		return dsrctl_too_many(ctl, args);
	snapshot_init(&all);
	err = snapshot_read_all(ctl, &all);
	if (!err && ctl->out.json)
		show_json(&ctl->out, &all);
	else if (!err)
		show_text(&ctl->out, &all);
	snapshot_free(&all);
	return err;
}
