// SPDX-License-Identifier: GPL-2.0
/*
 * All that is configured, read at once and put in order, so that what is
 * printed does not depend on how the kernel stores it.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/dsr.h>

#include "dsrctl.h"

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_dev(const void *a, const void *b)
{
	const struct role *x = a, *y = b;
	int order = strcmp(x->dev, y->dev);

	return order ? order : compare(x->role, y->role);
}

static int by_service_id(const void *a, const void *b)
{
	return compare(((const struct service *)a)->id,
		       ((const struct service *)b)->id);
}

static int by_vip_id(const void *a, const void *b)
{
	return compare(((const struct vip *)a)->id,
		       ((const struct vip *)b)->id);
}

static int by_service(const void *a, const void *b)
{
	const struct real *x = a, *y = b;
	int order = strcmp(x->service, y->service);

	return order ? order : compare(x->id, y->id);
}

/**
 * snapshot_sort - put objects in an order that the kernel has no say in
 * @list: of any object
 */
void snapshot_sort(struct list *list)
{
	int (*order)(const void *a, const void *b) =
		list->obj == &role_object ? by_dev :
		list->obj == &service_object ? by_service_id :
		list->obj == &real_object ? by_service :
		list->obj == &vip_object ? by_vip_id : NULL;

	if (order && list->n)
		qsort(list->recs, list->n, list->obj->size, order);
}

/**
 * snapshot_init - an empty snapshot
 * @all: to be freed with snapshot_free()
 */
void snapshot_init(struct snapshot *all)
{
	memset(all, 0, sizeof(*all));
	all->roles.obj = &role_object;
	all->services.obj = &service_object;
	all->reals.obj = &real_object;
	all->vips.obj = &vip_object;
}

/**
 * snapshot_read - read all objects of a kind, in order
 * @ctl: to say what is wrong
 * @list: where to put them; list->obj says which
 *
 * Return: exit code.
 */
int snapshot_read(struct dsrctl *ctl, struct list *list)
{
	int err = genl_get(ctl, NULL, false, list);

	if (err)
		return err;
	snapshot_sort(list);
	if (list->torn)
		dsrctl_notice(ctl, "%ss keep changing: some may be missing or twice",
			      list->obj->word);
	return DONE;
}

/**
 * snapshot_read_all - read all objects
 * @ctl: to say what is wrong
 * @all: initialised
 *
 * Return: exit code.
 */
int snapshot_read_all(struct dsrctl *ctl, struct snapshot *all)
{
	int err = snapshot_read(ctl, &all->roles);

	if (!err)
		err = snapshot_read(ctl, &all->services);
	if (!err)
		err = snapshot_read(ctl, &all->reals);
	if (!err)
		err = snapshot_read(ctl, &all->vips);
	return err;
}

/**
 * snapshot_reals - the reals of a service
 * @all: of this
 * @service: which
 * @n: where to put how many
 *
 * Return: the first.
 */
const struct real *snapshot_reals(const struct snapshot *all,
				  const struct service *service, size_t *n)
{
	const struct real *reals = (const void *)all->reals.recs;
	size_t low = 0, high = all->reals.n, end, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(reals[middle].service, service->name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < all->reals.n; end++)
		if (strcmp(reals[end].service, service->name))
			break;
	*n = end - low;
	return *n ? &reals[low] : NULL;
}

/**
 * snapshot_free - give the memory back
 * @all: initialised
 */
void snapshot_free(struct snapshot *all)
{
	list_free(&all->roles);
	list_free(&all->services);
	list_free(&all->reals);
	list_free(&all->vips);
}
