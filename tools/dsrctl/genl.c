// SPDX-License-Identifier: GPL-2.0
/*
 * The family "dsr": finding it, asking it, and making one line of a refusal.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>

#include <linux/dsr.h>

#include "dsrctl.h"

#define DUMP_TRIES	20

static int no_family(struct dsrctl *ctl)
{
	return dsrctl_refused(ctl, "the kernel has no dsr family: is dsr.ko loaded? (modprobe dsr)");
}

/**
 * genl_attrs - the attributes of a generic netlink message
 * @nlh: the message
 * @len: where to put their length
 *
 * Return: the first.
 */
const void *genl_attrs(const struct nlmsghdr *nlh, size_t *len)
{
	size_t all = mnl_nlmsg_get_payload_len(nlh);

	*len = all > GENL_HDRLEN ? all - GENL_HDRLEN : 0;
	return mnl_nlmsg_get_payload_offset(nlh, GENL_HDRLEN);
}

static void parse_group(struct nl *nl, const struct nlattr *group)
{
	const char *name = "";
	const struct nlattr *attr;
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, group) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
			name = mnl_attr_get_str(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
			id = mnl_attr_get_u32(attr);
	}
	if (!strcmp(name, DSR_MCGRP_EVENTS))
		nl->events = id;
}

static int parse_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *group;
	struct nl *nl = data;
	const void *attrs;
	size_t len;

	attrs = genl_attrs(nlh, &len);
	mnl_attr_for_each_payload(attrs, len) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			nl->family = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			mnl_attr_for_each_nested(group, attr)
				parse_group(nl, group);
	}
	return MNL_CB_OK;
}

/**
 * genl_open - open the socket and find the family, unless that has been done
 * @ctl: the socket is ctl->genl
 *
 * Return: exit code.
 */
int genl_open(struct dsrctl *ctl)
{
	struct genlmsghdr head = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	struct nl *nl = &ctl->genl;
	struct nlmsghdr *nlh;
	struct refusal why;
	int err;

	err = nl_open(ctl, nl, NETLINK_GENERIC);
	if (err || nl->family)
		return err;
	nlh = nl_start(nl, GENL_ID_CTRL, NLM_F_ACK, &head, sizeof(head));
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, DSR_FAMILY_NAME);
	if (nl_talk(nl, parse_family, nl, &why) && nl->family)
		return DONE;
	if (!why.err || why.err == ENOENT)
		return no_family(ctl);
	return dsrctl_refused(ctl, "cannot ask for the dsr family: %s",
			      strerror(why.err));
}

static struct nlmsghdr *start(struct nl *nl, uint8_t cmd, uint16_t flags)
{
	struct genlmsghdr head = { .cmd = cmd, .version = DSR_FAMILY_VERSION };

	return nl_start(nl, nl->family, flags, &head, sizeof(head));
}

/**
 * genl_try - ask for something to be done
 * @ctl: genl_open() has been called
 * @cmd: the command
 * @obj: what @rec is
 * @rec: what it has is sent
 * @why: where to say why it was refused
 *
 * Return: true if it was done.
 */
bool genl_try(struct dsrctl *ctl, uint8_t cmd, const struct object *obj,
	      const void *rec, struct refusal *why)
{
	struct nlmsghdr *nlh = start(&ctl->genl, cmd, NLM_F_ACK);

	if (!object_put(nlh, NL_REQUEST_ROOM, obj, rec)) {
		memset(why, 0, sizeof(*why));
		why->err = EMSGSIZE;
		return false;
	}
	if (!nl_talk(&ctl->genl, NULL, NULL, why))
		return false;
	if (*why->text)
		dsrctl_notice(ctl, "%s", why->text);
	return true;
}

/**
 * genl_do - ask for something to be done, or say why it was refused
 * @ctl: genl_open() need not have been called
 * @cmd: the command
 * @obj: what @rec is
 * @rec: what it has is sent
 *
 * Return: exit code.
 */
int genl_do(struct dsrctl *ctl, uint8_t cmd, const struct object *obj,
	    const void *rec)
{
	struct refusal why;
	int err;

	err = genl_open(ctl);
	if (err)
		return err;
	if (!genl_try(ctl, cmd, obj, rec, &why))
		return genl_refused(ctl, obj, &why);
	return DONE;
}

static int take(const struct nlmsghdr *nlh, void *data)
{
	struct list *to = data;
	void *rec = list_add(to);
	const void *attrs;
	size_t len;

	if (!rec)
		return MNL_CB_ERROR;
	attrs = genl_attrs(nlh, &len);
	object_parse(to->obj, rec, attrs, len);
	return MNL_CB_OK;
}

/**
 * genl_get - ask for one object, or for all that match
 * @ctl: genl_open() need not have been called
 * @filter: its key, or what they have in common; NULL for all
 * @one: whether @filter is a key
 * @to: where to put what comes; to->torn if it kept changing meanwhile
 *
 * Return: exit code.
 */
int genl_get(struct dsrctl *ctl, const void *filter, bool one, struct list *to)
{
	uint16_t flags = one ? NLM_F_ACK : NLM_F_DUMP;
	struct nlmsghdr *nlh;
	struct refusal why;
	int err, tries = 0;

	err = genl_open(ctl);
	if (err)
		return err;
	do {
		list_empty(to);
		nlh = start(&ctl->genl, to->obj->get, flags);
		if (filter && (one || !to->obj->dumps_all))
			object_put(nlh, NL_REQUEST_ROOM, to->obj, filter);
		if (!nl_talk(&ctl->genl, take, to, &why))
			return genl_refused(ctl, to->obj, &why);
		to->torn = ctl->genl.torn;
	} while (to->torn && ++tries < DUMP_TRIES);
	if (filter && !one)
		list_keep(to, filter);
	return DONE;
}

/* The attribute that is to blame, 0 if none is. */
static unsigned int culprit(const struct nl *nl, const struct refusal *why)
{
	const struct nlmsghdr *nlh = (const void *)nl->request;
	uint32_t first = NLMSG_HDRLEN + GENL_HDRLEN;
	uint32_t offset = why->offset;

	if (why->missing)
		return why->missing;
	/* 6.1 does not say it of a dump; there is one attribute to filter by. */
	if (!offset && nlh->nlmsg_flags & NLM_F_DUMP && *why->text)
		offset = first;
	if (offset < first || offset % MNL_ALIGNTO ||
	    offset + MNL_ATTR_HDRLEN > nlh->nlmsg_len)
		return 0;
	return mnl_attr_get_type((const void *)(nl->request + offset));
}

/* What the request said of an attribute. */
static const char *said(const struct nl *nl, const struct object *obj,
			unsigned int attr, char to[OBJECT_TEXT])
{
	char rec[512] __attribute__((aligned(8))) = { 0 };
	const void *attrs;
	size_t len;

	if (obj->size > sizeof(rec))
		return "?";
	attrs = genl_attrs((const void *)nl->request, &len);
	object_parse(obj, rec, attrs, len);
	return object_text(obj, rec, attr, to);
}

/* For a refusal without words. */
static const char *reason(const struct refusal *why)
{
	switch (why->err) {
	case EPERM:
		return "not permitted: are you root? (CAP_NET_ADMIN)";
	case EOPNOTSUPP:
		return "dsr.ko does not know this: is it older than dsrctl?";
	default:
		return strerror(why->err);
	}
}

/**
 * genl_refused - say why the last request was refused
 * @ctl: what was asked
 * @obj: what the request was about
 * @why: what the kernel said
 *
 * Return: REFUSED.
 */
int genl_refused(struct dsrctl *ctl, const struct object *obj,
		 const struct refusal *why)
{
	unsigned int attr = culprit(&ctl->genl, why);
	const char *text = *why->text ? why->text : reason(why);
	const char *word = attr ? object_word(obj, attr) : NULL;
	char value[OBJECT_TEXT];

	if (why->err == ENOENT && !*why->text && !word)
		return no_family(ctl);
	if (word && !why->missing)
		return dsrctl_refused(ctl, "%s (%s %s)", text, word,
				      said(&ctl->genl, obj, attr, value));
	if (word && !strstr(text, word))
		return dsrctl_refused(ctl, "%s (%s is missing)", text, word);
	return dsrctl_refused(ctl, "%s", text);
}
