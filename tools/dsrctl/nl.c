// SPDX-License-Identifier: GPL-2.0
/*
 * Requests and replies on a netlink socket, with all that the kernel says when
 * it refuses. The kernel works a request off while it is being sent, so that
 * having several under way would gain nothing but doubt about which one failed.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "dsrctl.h"

static void set_option(struct nl *nl, int option)
{
	int on = 1;

	/* Without it there is less to say, but nothing fails. */
	mnl_socket_setsockopt(nl->sk, option, &on, sizeof(on));
}

/**
 * nl_open - open a socket unless it is open
 * @ctl: to say what is wrong
 * @nl: the socket
 * @bus: netlink protocol
 *
 * Return: exit code.
 */
int nl_open(struct dsrctl *ctl, struct nl *nl, int bus)
{
	if (nl->sk)
		return DONE;
	nl->sk = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->sk)
		return dsrctl_refused(ctl, "cannot open a netlink socket: %s",
				      strerror(errno));
	set_option(nl, NETLINK_EXT_ACK);
	set_option(nl, NETLINK_CAP_ACK);
	set_option(nl, NETLINK_GET_STRICT_CHK);
	if (mnl_socket_bind(nl->sk, 0, MNL_SOCKET_AUTOPID) < 0) {
		dsrctl_refused(ctl, "cannot bind a netlink socket: %s",
			       strerror(errno));
		nl_close(nl);
		return REFUSED;
	}
	nl->port = mnl_socket_get_portid(nl->sk);
	return DONE;
}

/**
 * nl_close - close a socket if it is open
 * @nl: the socket
 */
void nl_close(struct nl *nl)
{
	if (nl->sk)
		mnl_socket_close(nl->sk);
	nl->sk = NULL;
}

/**
 * nl_start - begin a request
 * @nl: its socket, whose request it becomes
 * @type: of message
 * @flags: besides NLM_F_REQUEST
 * @head: what comes before the attributes
 * @len: of @head
 *
 * Return: the request.
 */
struct nlmsghdr *nl_start(struct nl *nl, uint16_t type, uint16_t flags,
			  const void *head, size_t len)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->request);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	memcpy(mnl_nlmsg_put_extra_header(nlh, len), head, len);
	return nlh;
}

static void parse_tlvs(const void *tlvs, size_t len, struct refusal *why)
{
	const struct nlattr *attr;
	size_t n;

	mnl_attr_for_each_payload(tlvs, len) {
		n = mnl_attr_get_payload_len(attr);
		switch (mnl_attr_get_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			snprintf(why->text, sizeof(why->text), "%.*s", (int)n,
				 mnl_attr_get_str(attr));
			break;
		case NLMSGERR_ATTR_OFFS:
			if (n == sizeof(uint32_t))
				why->offset = mnl_attr_get_u32(attr);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			if (n == sizeof(uint32_t))
				why->missing = mnl_attr_get_u32(attr);
			break;
		}
	}
}

/**
 * nl_parse_refusal - read the end of an answer
 * @nlh: NLMSG_ERROR or NLMSG_DONE
 * @why: what it says; why->err is 0 if it is no refusal
 */
void nl_parse_refusal(const struct nlmsghdr *nlh, struct refusal *why)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	const char *payload = mnl_nlmsg_get_payload(nlh);
	size_t skip = sizeof(int);
	int err = 0;

	if (len >= sizeof(err))
		memcpy(&err, payload, sizeof(err));
	why->err = err < 0 ? -err : 0;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *msg = (const void *)payload;

		skip = sizeof(*msg);
		if (len >= skip && !(nlh->nlmsg_flags & NLM_F_CAPPED))
			skip += NLMSG_ALIGN(msg->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS && len > skip)
		parse_tlvs(payload + skip, len - skip, why);
}

/* Returns true at the end of the answer. */
static bool take(struct nl *nl, size_t len, mnl_cb_t each, void *data,
		 struct refusal *why)
{
	const struct nlmsghdr *nlh = (const void *)nl->reply;
	int left = len, own = 0;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		/* The end of an earlier answer that was given up on. */
		if (nlh->nlmsg_seq != nl->seq || nlh->nlmsg_pid != nl->port)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			nl->torn = true;
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE) {
			own = why->err;
			nl_parse_refusal(nlh, why);
			if (own)
				why->err = own;
			return true;
		}
		if (each && !why->err && each(nlh, data) < 0)
			why->err = ENOMEM;
	}
	return false;
}

/**
 * nl_talk - send the request and take in the whole answer
 * @nl: the socket; nl->torn says whether things changed during a dump
 * @each: for each message that is not the end
 * @data: for @each
 * @why: where to say why it was refused
 *
 * Where the answer is not complete the socket is closed: nl_open() comes before
 * the next request.
 *
 * Return: true if it was done, else @why has an err.
 */
bool nl_talk(struct nl *nl, mnl_cb_t each, void *data, struct refusal *why)
{
	const struct nlmsghdr *nlh = (const void *)nl->request;
	ssize_t len;

	memset(why, 0, sizeof(*why));
	nl->torn = false;
	if (mnl_socket_sendto(nl->sk, nlh, nlh->nlmsg_len) < 0) {
		why->err = errno;
		return false;
	}
	do {
		do
			len = mnl_socket_recvfrom(nl->sk, nl->reply,
						  sizeof(nl->reply));
		while (len < 0 && errno == EINTR);
		if (len <= 0) {
			why->err = len ? errno : ECONNRESET;
			why->lost = true;
			break;
		}
	} while (!take(nl, len, each, data, why));
	/* A dump may go on after an error, and be in the way of the next. */
	if (why->lost || (why->err && nlh->nlmsg_flags & NLM_F_DUMP))
		nl_close(nl);
	return !why->err;
}
