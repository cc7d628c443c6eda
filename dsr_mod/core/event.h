/* SPDX-License-Identifier: GPL-2.0 */
/*
 * News from the nouns to whoever listens. Core does not know who does: this is
 * how it reaches the rooms above without including them.
 */
#ifndef _DSR_CORE_EVENT_H
#define _DSR_CORE_EVENT_H

#include <linux/notifier.h>

struct dsr_net;

/**
 * enum dsr_event - what happened
 * @DSR_EVENT_ROLE_ADD: object is the struct dsr_role_dev that was attached
 * @DSR_EVENT_ROLE_SET: object is the struct dsr_role_dev that was changed
 * @DSR_EVENT_ROLE_DEL: object is the struct dsr_role_dev that was detached
 * @DSR_EVENT_SERVICE_ADD: object is the new struct dsr_service
 * @DSR_EVENT_SERVICE_SET: object is the struct dsr_service that was changed
 * @DSR_EVENT_SERVICE_DEL: object is the struct dsr_service that is leaving
 * @DSR_EVENT_SERVICE_DIRTY: object is a struct dsr_service whose table is out
 *	of date; not told again until its new table is published
 * @DSR_EVENT_SERVICE_TABLE: object is a struct dsr_service with a new table
 * @DSR_EVENT_REAL_ADD: object is the new struct dsr_real
 * @DSR_EVENT_REAL_SET: object is the struct dsr_real that was changed
 * @DSR_EVENT_REAL_DEL: object is the struct dsr_real that is leaving
 * @DSR_EVENT_REAL_REACH: object is a struct dsr_real whose hop changed
 * @DSR_EVENT_VIP_ADD: object is the new struct dsr_vip
 * @DSR_EVENT_VIP_DEL: object is the struct dsr_vip that is leaving
 */
enum dsr_event {
	DSR_EVENT_ROLE_ADD,
	DSR_EVENT_ROLE_SET,
	DSR_EVENT_ROLE_DEL,
	DSR_EVENT_SERVICE_ADD,
	DSR_EVENT_SERVICE_SET,
	DSR_EVENT_SERVICE_DEL,
	DSR_EVENT_SERVICE_DIRTY,
	DSR_EVENT_SERVICE_TABLE,
	DSR_EVENT_REAL_ADD,
	DSR_EVENT_REAL_SET,
	DSR_EVENT_REAL_DEL,
	DSR_EVENT_REAL_REACH,
	DSR_EVENT_VIP_ADD,
	DSR_EVENT_VIP_DEL,
};

/**
 * struct dsr_news - what a listener is given
 * @dn: the namespace it happened in
 * @object: see enum dsr_event
 */
struct dsr_news {
	struct dsr_net *dn;
	void *object;
};

int dsr_event_init(void);
void dsr_event_exit(void);
int dsr_event_register(struct notifier_block *nb);
void dsr_event_unregister(struct notifier_block *nb);
void dsr_event_emit(struct dsr_net *dn, enum dsr_event event, void *object);

#endif /* _DSR_CORE_EVENT_H */
