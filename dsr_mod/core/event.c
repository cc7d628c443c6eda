// SPDX-License-Identifier: GPL-2.0
/*
 * The notifier chain of the module. Listeners register when the module loads
 * and leave when it unloads; there is no other use of the chain.
 */
#include "core/event.h"
#include "core/net.h"

static BLOCKING_NOTIFIER_HEAD(chain);

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
	return blocking_notifier_chain_register(&chain, nb);
}

/**
 * dsr_event_unregister() - stop listening
 * @nb: as registered
 *
 * Context: Process context. When it returns @nb is not running.
 */
void dsr_event_unregister(struct notifier_block *nb)
{
	blocking_notifier_chain_unregister(&chain, nb);
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

	dsr_net_assert_locked(dn);
	/* 0 would tell netlink that the dump has no generation at all. */
	if (!++dn->generation)
		dn->generation = 1;
	blocking_notifier_call_chain(&chain, event, &news);
}
