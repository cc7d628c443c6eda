// SPDX-License-Identifier: GPL-2.0
/*
 * Bring tables up to date: gather the reals that may have rows, let sched give
 * them rows, and publish. Done by a work a moment after a change, so that a
 * thousand changes in a row cost one table and not a thousand.
 */
#include <linux/slab.h>

#include "core/event.h"
#include "core/real.h"
#include "core/service.h"
#include "ctl/ctl.h"
#include "sched/sched.h"

/* Long enough for the next message of a batch, short enough not to be seen. */
#define DELAY		1
/* When memory is short. */
#define RETRY_DELAY	HZ

static u32 count_eligible(const struct dsr_service *service)
{
	const struct dsr_real *real;
	u32 n = 0;

	list_for_each_entry(real, &service->reals, list)
		n += dsr_real_eligible(real);
	return n;
}

static void gather(struct dsr_service *service, struct dsr_sched_real *reals)
{
	struct dsr_real *real;

	list_for_each_entry(real, &service->reals, list) {
		real->rows = 0;
		if (!dsr_real_eligible(real))
			continue;
		reals->addr = real->config.key.addr;
		reals->weight = real->config.weight;
		reals->owner = real;
		reals++;
	}
}

/* Only when nothing can fail any more does the table take its references. */
static void hand_over(struct dsr_table *table, const struct dsr_sched_real *reals, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		struct dsr_real *real = reals[i].owner;

		real->rows = reals[i].rows;
		refcount_inc(&real->ref);
		table->reals[i] = real;
	}
	table->n_reals = n;
}

static int build(struct dsr_service *service, u32 n, struct dsr_table **result)
{
	const struct dsr_service_config *config = &service->config;
	struct dsr_sched_real *reals;
	struct dsr_table *table;
	int err = -ENOMEM;

	reals = kvcalloc(n, sizeof(*reals), GFP_KERNEL);
	table = dsr_table_alloc(service, n);
	if (!reals || !table)
		goto out_free;
	gather(service, reals);
	dsr_sched_sort(reals, n);
	err = dsr_sched_build(config->sched, table->rows, table->size, reals, n, config->seed);
	if (err)
		goto out_free;
	hand_over(table, reals, n);
	table->digest = dsr_sched_digest(table->rows, table->size, reals);
	*result = table;
	table = NULL;
out_free:
	dsr_table_free(table);
	kvfree(reals);
	return err;
}

static int rebuild(struct dsr_service *service)
{
	u32 n = count_eligible(service);
	struct dsr_table *table = NULL;
	int err;

	if (n) {
		err = build(service, n, &table);
		if (err)
			return err;
	} else {
		struct dsr_real *real;

		list_for_each_entry(real, &service->reals, list)
			real->rows = 0;
	}
	dsr_service_publish(service, table);
	dsr_event_emit(service->dn, DSR_EVENT_SERVICE_TABLE, service);
	return 0;
}

static void soon(struct dsr_net *dn, unsigned long delay)
{
	if (!dn->closing)
		queue_delayed_work(system_unbound_wq, &dn->rebuild, delay);
}

/**
 * dsr_rebuild_lock() - bring all tables of a namespace up to date and lock it
 * @dn: the namespace
 *
 * The lock is let go between two tables, because who waits for it may hold
 * RTNL. Without memory for a table a service keeps the one it has until a
 * later try.
 *
 * Context: Process context, may sleep. Returns with @dn's lock held.
 */
void dsr_rebuild_lock(struct dsr_net *dn)
{
	struct dsr_service *service;

	for (;;) {
		mutex_lock(&dn->lock);
		service = list_first_entry_or_null(&dn->dirty, struct dsr_service, list_dirty);
		if (!service || dn->closing)
			return;
		if (rebuild(service)) {
			soon(dn, RETRY_DELAY);
			return;
		}
		mutex_unlock(&dn->lock);
		cond_resched();
	}
}

static void work(struct work_struct *work)
{
	struct dsr_net *dn = container_of(to_delayed_work(work), struct dsr_net, rebuild);

	dsr_rebuild_lock(dn);
	mutex_unlock(&dn->lock);
}

static int listen(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct dsr_news *news = data;

	if (event == DSR_EVENT_SERVICE_DIRTY)
		soon(news->dn, DELAY);
	return NOTIFY_DONE;
}

static struct notifier_block listener = { .notifier_call = listen };

/**
 * dsr_rebuild_init() - prepare a namespace
 * @dn: the namespace
 *
 * Context: Process context.
 */
void dsr_rebuild_init(struct dsr_net *dn)
{
	INIT_DELAYED_WORK(&dn->rebuild, work);
}

/**
 * dsr_rebuild_register() - start to listen for tables out of date
 *
 * Context: Process context.
 * Return: 0 or a negative errno.
 */
int dsr_rebuild_register(void)
{
	return dsr_event_register(&listener);
}

/**
 * dsr_rebuild_unregister() - stop listening
 *
 * Context: Process context.
 */
void dsr_rebuild_unregister(void)
{
	dsr_event_unregister(&listener);
}
