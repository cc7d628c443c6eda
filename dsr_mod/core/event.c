// SPDX-License-Identifier: GPL-2.0
/*
 * The notifier chain of the module. Listeners register when the module loads
 * and leave when it unloads; there is no other use of the chain.
 *
 * Who leaves waits for those who tell, by SRCU and not by a blocking chain's
 * rwsem: one who tells may wait for a file of sysfs to be let go (its role
 * is gone), and another be in such a file and tell (its value is set).
 */
#include <linux/srcu.h>

#include "core/event.h"
#include "core/net.h"

/* Whoever loads or unloads the module is alone: no lock for changes. */
static RAW_NOTIFIER_HEAD(chain);
static struct srcu_struct telling;

/**
 * dsr_event_init() - make ready for listeners
 *
 * Not DEFINE_SRCU(): of that the kernel warns when a module has no memory for it.
 *
 * Context: Process context.
 * Return: 0 or -ENOMEM.
 */
int dsr_event_init(void)
{
	return init_srcu_struct(&telling);
}

/**
 * dsr_event_exit() - undo dsr_event_init()
 *
 * Context: Process context, when nobody listens or tells any more.
 */
void dsr_event_exit(void)
{
	cleanup_srcu_struct(&telling);
}

/**
 * dsr_event_register() - listen
 * @nb: called with an enum dsr_event and a struct dsr_news, under the lock of
 *	the namespace, and so may not take it
 *
 * Context: Process context.
 * Return: 0, or -EEXIST if @nb listens already.
 */
int dsr_event_register(struct notifier_block *nb)
{
	return raw_notifier_chain_register(&chain, nb);
}

/**
 * dsr_event_unregister() - stop listening
 * @nb: as registered
 *
 * Context: Process context, not in a listener, may sleep. When it returns @nb
 * is not running.
 */
void dsr_event_unregister(struct notifier_block *nb)
{
	raw_notifier_chain_unregister(&chain, nb);
	synchronize_srcu(&telling);
}

/**
 * dsr_event_emit() - tell all listeners
 * @dn: the namespace it happened in
 * @event: what
 * @object: to whom, see enum dsr_event
 *
 * Also moves the generation on, so that a dump that was under way is marked as
 * interrupted.
 *
 * Context: Process context, under @dn's lock.
 */
void dsr_event_emit(struct dsr_net *dn, enum dsr_event event, void *object)
{
	struct dsr_news news = { .dn = dn, .object = object };
	int idx;

	dsr_net_assert_locked(dn);
	/* 0 would tell netlink that the dump has no generation at all. */
	if (!++dn->generation)
		dn->generation = 1;
	idx = srcu_read_lock(&telling);
	raw_notifier_call_chain(&chain, event, &news);
	srcu_read_unlock(&telling, idx);
}
