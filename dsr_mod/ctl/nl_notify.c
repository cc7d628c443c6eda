// SPDX-License-Identifier: GPL-2.0
/*
 * Tell the multicast group what happens.
 */
#include "core/event.h"
#include "core/real.h"
#include "core/service.h"
#include "core/vip.h"
#include "ctl/ctl.h"
#include "role/role.h"

/* The only multicast group of the family. */
#define EVENTS	0

static int fill(const struct dsr_nl_reply *reply, enum dsr_event event, const void *object)
{
	switch (event) {
	case DSR_EVENT_ROLE_ADD:
	case DSR_EVENT_ROLE_SET:
	case DSR_EVENT_ROLE_DEL:
		return dsr_nl_fill_role(reply, NULL, object);
	case DSR_EVENT_SERVICE_ADD:
	case DSR_EVENT_SERVICE_SET:
	case DSR_EVENT_SERVICE_DEL:
	case DSR_EVENT_SERVICE_TABLE:
		return dsr_nl_fill_service(reply, NULL, object);
	case DSR_EVENT_REAL_ADD:
	case DSR_EVENT_REAL_SET:
	case DSR_EVENT_REAL_DEL:
	case DSR_EVENT_REAL_REACH:
		return dsr_nl_fill_real(reply, NULL, object);
	default:
		return dsr_nl_fill_vip(reply, NULL, object);
	}
}

static const u8 commands[] = {
	[DSR_EVENT_ROLE_ADD] = DSR_CMD_ROLE_ADD_NTF,
	[DSR_EVENT_ROLE_SET] = DSR_CMD_ROLE_SET_NTF,
	[DSR_EVENT_ROLE_DEL] = DSR_CMD_ROLE_DEL_NTF,
	[DSR_EVENT_SERVICE_ADD] = DSR_CMD_SERVICE_ADD_NTF,
	[DSR_EVENT_SERVICE_SET] = DSR_CMD_SERVICE_SET_NTF,
	[DSR_EVENT_SERVICE_DEL] = DSR_CMD_SERVICE_DEL_NTF,
	[DSR_EVENT_SERVICE_TABLE] = DSR_CMD_SERVICE_TABLE_NTF,
	[DSR_EVENT_REAL_ADD] = DSR_CMD_REAL_ADD_NTF,
	[DSR_EVENT_REAL_SET] = DSR_CMD_REAL_SET_NTF,
	[DSR_EVENT_REAL_DEL] = DSR_CMD_REAL_DEL_NTF,
	[DSR_EVENT_REAL_REACH] = DSR_CMD_REAL_REACH_NTF,
	[DSR_EVENT_VIP_ADD] = DSR_CMD_VIP_ADD_NTF,
	[DSR_EVENT_VIP_DEL] = DSR_CMD_VIP_DEL_NTF,
};

/* A listener that misses a message is told so by its socket (ENOBUFS), and so
 * must be one for whose message there is no memory.
 */
static int listen(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct dsr_news *news = data;
	struct net *net = news->dn->net;
	struct dsr_nl_reply reply = {};

	if (event == DSR_EVENT_SERVICE_DIRTY || !check_net(net) ||
	    !genl_has_listeners(&dsr_nl_family, net, EVENTS))
		return NOTIFY_DONE;

	reply.cmd = commands[event];
	reply.skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply.skb || fill(&reply, event, news->object)) {
		nlmsg_free(reply.skb);
		genl_set_err(&dsr_nl_family, net, 0, EVENTS, -ENOBUFS);
		return NOTIFY_DONE;
	}
	genlmsg_multicast_netns(&dsr_nl_family, net, reply.skb, 0, EVENTS, GFP_KERNEL);
	return NOTIFY_DONE;
}

static struct notifier_block listener = { .notifier_call = listen };

/**
 * dsr_notify_register() - start telling
 *
 * Context: Process context.
 * Return: 0 or a negative errno.
 */
int dsr_notify_register(void)
{
	return dsr_event_register(&listener);
}

/**
 * dsr_notify_unregister() - stop telling
 *
 * Context: Process context.
 */
void dsr_notify_unregister(void)
{
	dsr_event_unregister(&listener);
}
