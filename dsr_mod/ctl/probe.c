// SPDX-License-Identifier: GPL-2.0
/*
 * Keep what is known of hops true: follow the kernel's neighbour events, and
 * ask every hop once an interval.
 */
#include <linux/jiffies.h>
#include <net/neighbour.h>
#include <net/netevent.h>

#include "core/event.h"
#include "core/hop.h"
#include "ctl/ctl.h"

/* Whether namespaces may be told of another interval, which anybody may write
 * before they are ready and while the module goes.
 */
static DEFINE_MUTEX(following_lock);
static bool following;

static void work(struct work_struct *work)
{
	struct dsr_net *dn = container_of(to_delayed_work(work), struct dsr_net, probe);
	unsigned long interval = dsr_param_probe_interval();
	u64 now, next;
	struct dsr_hop *hop;
	bool due;

	mutex_lock(&dn->lock);
	if (dn->closing || list_empty(&dn->hops))
		goto out_unlock;
	due = time_after_eq64(get_jiffies_64(), dn->probed + interval);
	list_for_each_entry(hop, &dn->hops, list) {
		if (due)
			dsr_hop_probe(hop, interval);
		else if (READ_ONCE(hop->stale))
			dsr_hop_refresh(hop);
		cond_resched();
	}
	now = get_jiffies_64();
	if (due)
		dn->probed = now;
	next = dn->probed + interval;
	queue_delayed_work(system_unbound_wq, &dn->probe,
			   time_before64(now, next) ? next - now : 0);
out_unlock:
	mutex_unlock(&dn->lock);
}

/**
 * dsr_probe_soon() - look at stale hops at once
 * @dn: the namespace
 *
 * Context: Any.
 */
void dsr_probe_soon(struct dsr_net *dn)
{
	if (!READ_ONCE(dn->closing))
		mod_delayed_work(system_unbound_wq, &dn->probe, 0);
}

/**
 * dsr_probe_all() - look at all hops at once
 * @dn: the namespace
 *
 * Context: Process context, under @dn's lock.
 */
void dsr_probe_all(struct dsr_net *dn)
{
	struct dsr_hop *hop;

	dsr_net_assert_locked(dn);
	list_for_each_entry(hop, &dn->hops, list)
		WRITE_ONCE(hop->stale, true);
	if (!list_empty(&dn->hops))
		dsr_probe_soon(dn);
}

/**
 * dsr_probe_retime() - have another probe_interval hold from now on
 *
 * The next round is one new interval after the last, at once if that has passed:
 * however often it is written, no real has less time to answer than it says.
 *
 * Context: Process context, may sleep. Not under RTNL nor a namespace's lock.
 */
void dsr_probe_retime(void)
{
	struct net *net;

	mutex_lock(&following_lock);
	if (following) {
		down_read(&net_rwsem);
		for_each_net(net)
			dsr_probe_soon(dsr_net(net));
		up_read(&net_rwsem);
	}
	mutex_unlock(&following_lock);
}

/* The kernel gives up in the entry's timer, long after an answer, and somebody may
 * have made it ask again by now, which is no event. Nothing else in the entry tells
 * that from what a process has failed: mostly to delete it, and missed by nobody, or
 * just when an answer came in. (Just when it announced itself or became stale would
 * be taken for the timer: the price is one interval.) An entry that was thrown out
 * says nothing, and takes nothing back.
 */
static enum dsr_hop_news news_of(const struct neighbour *n)
{
	/* Whoever writes it just now says that it is confirmed just now. */
	unsigned long confirmed = data_race(n->confirmed);

	if (READ_ONCE(n->dead))
		return DSR_HOP_CHANGED;
	if (READ_ONCE(n->nud_state) & NUD_VALID || !in_serving_softirq())
		return DSR_HOP_CLEARED;
	return time_after(jiffies, confirmed + HZ) ? DSR_HOP_VAIN : DSR_HOP_CHANGED;
}

/* Atomic, at times under the lock of the table: take note, no more. */
static int neigh_changed(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct neighbour *n = data;
	struct in6_addr addr;
	struct dsr_net *dn;

	if (event != NETEVENT_NEIGH_UPDATE)
		return NOTIFY_DONE;
	if (n->tbl->family == AF_INET)
		ipv6_addr_set_v4mapped(*(const __be32 *)n->primary_key, &addr);
	else if (n->tbl->family == AF_INET6)
		addr = *(const struct in6_addr *)n->primary_key;
	else
		return NOTIFY_DONE;

	dn = dsr_net(dev_net(n->dev));
	if (dsr_hop_mark_stale(dn, &addr, n->dev->ifindex, news_of(n)))
		dsr_probe_soon(dn);
	return NOTIFY_DONE;
}

static struct notifier_block neigh_listener = { .notifier_call = neigh_changed };

static int listen(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct dsr_news *news = data;

	if (event == DSR_EVENT_REAL_ADD && !news->dn->closing)
		queue_delayed_work(system_unbound_wq, &news->dn->probe,
				   dsr_param_probe_interval());
	return NOTIFY_DONE;
}

static struct notifier_block listener = { .notifier_call = listen };

/**
 * dsr_probe_init() - prepare a namespace
 * @dn: the namespace
 *
 * Context: Process context.
 */
void dsr_probe_init(struct dsr_net *dn)
{
	INIT_DELAYED_WORK(&dn->probe, work);
}

/**
 * dsr_probe_register() - start to follow neighbours and reals
 *
 * Context: Process context.
 * Return: 0 or a negative errno.
 */
int dsr_probe_register(void)
{
	int err;

	err = dsr_event_register(&listener);
	if (err)
		return err;
	err = register_netevent_notifier(&neigh_listener);
	if (err) {
		dsr_event_unregister(&listener);
		return err;
	}
	mutex_lock(&following_lock);
	following = true;
	mutex_unlock(&following_lock);
	return 0;
}

/**
 * dsr_probe_unregister() - stop following
 *
 * Context: Process context.
 */
void dsr_probe_unregister(void)
{
	mutex_lock(&following_lock);
	following = false;
	mutex_unlock(&following_lock);
	unregister_netevent_notifier(&neigh_listener);
	dsr_event_unregister(&listener);
}
