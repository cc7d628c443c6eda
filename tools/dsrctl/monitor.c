// SPDX-License-Identifier: GPL-2.0
/*
 * dsrctl monitor: one line for each change, until somebody stops it.
 */
#include <errno.h>
#include <jansson.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/dsr.h>

#include "dsrctl.h"

const char monitor_help[] =
"dsrctl [ -t ] [ -j ] monitor\n"
"\n"
"Prints a line for each change, until it is stopped. -t says when it came,\n"
"-j makes each line a JSON object. \"lost\" means that changes came faster than\n"
"they could be read, so that some are missing.\n";

#define RECEIVE_BUFFER	(8 << 20)	/* bytes */

/* What the notify group of the family "nlctrl" has always been. */
#define NLCTRL_GROUP	GENL_ID_CTRL

/**
 * struct event - an event and what it is about
 * @cmd: netlink command
 * @word: what it is called
 * @obj: what its attributes are
 */
struct event {
	uint8_t cmd;
	const char *word;
	const struct object *obj;
};

static const struct event events[] = {
	{ DSR_CMD_ROLE_ADD_NTF, "role-add", &role_object },
	{ DSR_CMD_ROLE_SET_NTF, "role-set", &role_object },
	{ DSR_CMD_ROLE_DEL_NTF, "role-del", &role_object },
	{ DSR_CMD_SERVICE_ADD_NTF, "service-add", &service_object },
	{ DSR_CMD_SERVICE_SET_NTF, "service-set", &service_object },
	{ DSR_CMD_SERVICE_DEL_NTF, "service-del", &service_object },
	{ DSR_CMD_SERVICE_TABLE_NTF, "service-table", &service_object },
	{ DSR_CMD_REAL_ADD_NTF, "real-add", &real_object },
	{ DSR_CMD_REAL_SET_NTF, "real-set", &real_object },
	{ DSR_CMD_REAL_DEL_NTF, "real-del", &real_object },
	{ DSR_CMD_REAL_REACH_NTF, "real-reach", &real_object },
	{ DSR_CMD_VIP_ADD_NTF, "vip-add", &vip_object },
	{ DSR_CMD_VIP_DEL_NTF, "vip-del", &vip_object },
};

static void now(char *to, size_t size)
{
	struct timespec ts;
	struct tm tm;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	len = strftime(to, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(to + len, size - len, ".%06ldZ", ts.tv_nsec / 1000);
}

static void print_json(struct dsrctl *ctl, const struct event *event,
		       const void *rec)
{
	json_t *json = json_object(), *more;
	char text[40];

	if (ctl->timestamp) {
		now(text, sizeof(text));
		json_object_set_new(json, "time", json_string(text));
	}
	json_object_set_new(json, "event", json_string(event->word));
	if (event->obj) {
		more = object_json(event->obj, rec);
		json_object_update(json, more);
		json_decref(more);
	}
	out_json(&ctl->out, json);
}

static void print_text(struct dsrctl *ctl, const struct event *event,
		       const void *rec)
{
	char text[40];

	out_row(&ctl->out, "");
	if (ctl->timestamp) {
		now(text, sizeof(text));
		out_cell(&ctl->out, "%s", text);
	}
	out_cell(&ctl->out, "%s", event->word);
	if (event->obj)
		event->obj->row(&ctl->out, rec);
	else
		out_cell(&ctl->out, "some changes were lost, they came too fast");
	out_align(&ctl->out);
}

static void print(struct dsrctl *ctl, const struct event *event,
		  const void *rec)
{
	if (ctl->out.json)
		print_json(ctl, event, rec);
	else
		print_text(ctl, event, rec);
}

static void take_event(struct dsrctl *ctl, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *head = mnl_nlmsg_get_payload(nlh);
	union {
		struct role role;
		struct service service;
		struct real real;
		struct vip vip;
	} rec;
	const void *attrs;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i].cmd == head->cmd)
			break;
	if (i == ARRAY_SIZE(events))
		return;
	memset(&rec, 0, sizeof(rec));
	attrs = genl_attrs(nlh, &len);
	object_parse(events[i].obj, &rec, attrs, len);
	print(ctl, &events[i], &rec);
}

/* Whether this says that the family is gone, as it is after rmmod. */
static bool is_end(const struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *head = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	const void *attrs;
	size_t len;

	if (nlh->nlmsg_type != GENL_ID_CTRL || head->cmd != CTRL_CMD_DELFAMILY)
		return false;
	attrs = genl_attrs(nlh, &len);
	mnl_attr_for_each_payload(attrs, len)
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			return mnl_attr_get_u16(attr) == nl->family;
	return false;
}

/* Returns true when there is nothing more to come. */
static bool take(struct dsrctl *ctl, size_t size)
{
	const struct nlmsghdr *nlh = (const void *)ctl->genl.reply;
	int left = size;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN)
			continue;
		if (nlh->nlmsg_type == ctl->genl.family)
			take_event(ctl, nlh);
		else if (is_end(&ctl->genl, nlh))
			return true;
	}
	return false;
}

static int subscribe(struct dsrctl *ctl)
{
	int size = RECEIVE_BUFFER, err, fd;
	uint32_t group;

	err = genl_open(ctl);
	if (err)
		return err;
	fd = mnl_socket_get_fd(ctl->genl.sk);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	group = NLCTRL_GROUP;
	mnl_socket_setsockopt(ctl->genl.sk, NETLINK_ADD_MEMBERSHIP, &group,
			      sizeof(group));
	group = ctl->genl.events;
	if (mnl_socket_setsockopt(ctl->genl.sk, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) < 0)
		return dsrctl_refused(ctl, "cannot listen: %s",
				      errno == EPERM ?
				      "not permitted: are you root? (CAP_NET_ADMIN)" :
				      strerror(errno));
	return DONE;
}

/**
 * monitor_run - dsrctl monitor
 * @ctl: where
 * @args: none
 *
 * Return: exit code, when the module or the reader is gone.
 */
int monitor_run(struct dsrctl *ctl, struct args *args)
{
	static const struct event lost = { .word = "lost" };
	ssize_t len;
	int err;

	if (args->n)
		return dsrctl_too_many(ctl, args);
	if (ctl->batch)
		return dsrctl_misused(ctl, "not in a batch, it would never end");
	ctl->out.pretty = false;
	err = subscribe(ctl);
	if (err)
		return err;
	while (out_flush(&ctl->out)) {
		len = mnl_socket_recvfrom(ctl->genl.sk, ctl->genl.reply,
					  sizeof(ctl->genl.reply));
		if (len < 0 && errno == ENOBUFS)
			print(ctl, &lost, NULL);
		else if (len < 0 && errno != EINTR)
			return dsrctl_refused(ctl, "%s", strerror(errno));
		else if (len > 0 && take(ctl, len))
			return dsrctl_refused(ctl, "dsr.ko was removed");
	}
	return DONE;
}
