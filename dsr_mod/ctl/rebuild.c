// SPDX-License-Identifier: GPL-2.0
/*
 * Bring tables up to date: gather the reals that may have rows, let sched give
 * them rows, and publish. Done by a work a moment after a change, so that all
 * that changes until it runs costs one table.
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

/**
 * struct job - one table in the making
 * @id: of the service
 * @change: of the service when the job began
 * @config: of the service
 * @reals: those that may have rows, sorted; of the same order as in @table
 * @n: how many
 * @table: holds a reference on each of them; NULL if there are none
 */
struct job {
	u32 id;
	u32 change;
	struct dsr_service_config config;
	struct dsr_sched_real *reals;
	u32 n;
	struct dsr_table *table;
};

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
		if (!dsr_real_eligible(real))
			continue;
		reals->addr = real->config.key.addr;
		reals->weight = real->config.weight;
		reals->owner = real;
		reals++;
	}
}

static void end(struct job *job)
{
	dsr_table_free(job->table);
	kvfree(job->reals);
}

/* Take from the service all that it takes to build its table. */
static int begin(struct dsr_service *service, struct job *job)
{
	struct dsr_real *real;
	u32 i;

	*job = (struct job) {
		.id = service->id,
		.change = service->change,
		.config = service->config,
		.n = count_eligible(service),
	};
	if (!job->n)
		return 0;
	job->reals = kvcalloc(job->n, sizeof(*job->reals), GFP_KERNEL);
	job->table = dsr_table_alloc(service, job->n);
	if (!job->reals || !job->table) {
		end(job);
		return -ENOMEM;
	}
	gather(service, job->reals);
	dsr_sched_sort(job->reals, job->n);
	for (i = 0; i < job->n; i++) {
		real = job->reals[i].owner;
		refcount_inc(&real->ref);
		job->table->reals[i] = real;
	}
	job->table->n_reals = job->n;
	return 0;
}

/* The long part, which needs nothing of the service. */
static int build(struct job *job)
{
	struct dsr_table *table = job->table;
	int err;

	if (!table)
		return 0;
	err = dsr_sched_build(job->config.sched, table->rows, table->size, job->reals, job->n,
			      job->config.seed);
	if (!err)
		table->digest = dsr_sched_digest(table->rows, table->size, job->reals);
	return err;
}

static void publish(struct dsr_service *service, struct job *job)
{
	struct dsr_real *real;
	u32 i;

	list_for_each_entry(real, &service->reals, list)
		real->rows = 0;
	for (i = 0; i < job->n; i++) {
		real = job->reals[i].owner;
		real->rows = job->reals[i].rows;
	}
	dsr_service_publish(service, job->table);
	job->table = NULL;
	dsr_event_emit(service->dn, DSR_EVENT_SERVICE_TABLE, service);
}

/* Lets go of the lock of the namespace while it builds, because who waits for
 * that may hold RTNL. If the service was changed meanwhile it builds once more
 * and holds on, or who changes it all the time would never get a table.
 */
static int rebuild(struct dsr_net *dn, struct dsr_service *service)
{
	struct job job;
	int err;

	err = begin(service, &job);
	if (err)
		return err;
	mutex_unlock(&dn->lock);
	err = build(&job);
	mutex_lock(&dn->lock);

	service = xa_load(&dn->services, job.id);
	if (!err && service && service->change != job.change) {
		end(&job);
		err = begin(service, &job);
		if (err)
			return err;
		err = build(&job);
	}
	if (!err && service)
		publish(service, &job);
	end(&job);
	return err;
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
 * Without memory for a table a service keeps the one it has until a later try.
 *
 * Context: Process context, may sleep. Returns with @dn's lock held.
 */
void dsr_rebuild_lock(struct dsr_net *dn)
{
	struct dsr_service *service;

	mutex_lock(&dn->build);
	mutex_lock(&dn->lock);
	while (!dn->closing) {
		service = list_first_entry_or_null(&dn->dirty, struct dsr_service, list_dirty);
		if (!service)
			break;
		if (rebuild(dn, service)) {
			soon(dn, RETRY_DELAY);
			break;
		}
		cond_resched();
	}
	mutex_unlock(&dn->build);
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
