// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers that are no requests. Whoever makes them has the right to configure the network, so
 * they stay with this family and the controller: what they do to others is not ours to test.
 */
#include <string.h>

#include "nl.h"

/* A number of a message that no other family has; dsr's, the controller's, or netlink's own. */
static uint16_t any_type(struct rng *r, uint16_t family)
{
	switch (rng_below(r, 8)) {
	case 0:
		return rng_below(r, NLMSG_MIN_TYPE);
	case 1:
		return GENL_ID_CTRL;
	default:
		return family;
	}
}

static void noise(struct rng *r, uint8_t *to, size_t len)
{
	while (len--)
		*to++ = rng_next(r);
}

/* A request, its bytes then hit here and there behind the netlink header. */
static size_t hit(struct msg *m, struct rng *r, uint16_t family, uint8_t *to)
{
	size_t len, skip = NLMSG_HDRLEN, i;

	nl_near(m, r, family);
	len = nl_bytes(m, to, ROOM / 2);
	if (len > 2048)
		len = 2048;
	((struct nlmsghdr *)to)->nlmsg_len = len;
	for (i = 1 + rng_below(r, 8); i && len > skip; i--)
		to[skip + rng_below(r, len - skip)] ^= 1 << rng_below(r, 8);
	return len;
}

static size_t wrong_len(struct msg *m, struct rng *r, uint16_t family, uint8_t *to)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)to;
	size_t len;

	nl_valid(m, r, family);
	len = nl_bytes(m, to, ROOM / 2);
	switch (rng_below(r, 5)) {
	case 0:
		nlh->nlmsg_len = rng_below(r, NLMSG_HDRLEN);
		break;
	case 1:
		nlh->nlmsg_len = NLMSG_HDRLEN + rng_below(r, GENL_HDRLEN);
		break;
	case 2:
		nlh->nlmsg_len = rng_below(r, len);
		break;
	case 3:
		nlh->nlmsg_len = len + 1 + rng_below(r, 64);
		break;
	default:
		nlh->nlmsg_len = rng_next(r);
	}
	return len;
}

/* More attributes than there are types, one in the other or one behind the other. */
static size_t many(struct rng *r, uint16_t family, uint8_t *to)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)to;
	struct genlmsghdr *genl = NLMSG_DATA(nlh);
	struct nlattr *nla = (struct nlattr *)(genl + 1);
	uint32_t n = 1 + rng_below(r, 4096), i;
	bool deep = rng_one_in(r, 2);

	for (i = 0; i < n; i++)
		nla[i] = (struct nlattr) {
			.nla_len = deep ? (n - i) * NLA_HDRLEN : NLA_HDRLEN,
			.nla_type = (deep ? NLA_F_NESTED : 0) | rng_below(r, 16),
		};
	*nlh = (struct nlmsghdr) {
		.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN + n * NLA_HDRLEN,
		.nlmsg_type = family,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
	};
	*genl = (struct genlmsghdr) { .cmd = 1 + rng_below(r, nl_last_cmd), .version = 1 };
	return nlh->nlmsg_len;
}

static size_t bogus_header(struct msg *m, struct rng *r, uint16_t family, uint8_t *to)
{
	nl_valid(m, r, family);
	switch (rng_below(r, 4)) {
	case 0:
		/* Every combination, dump among them; a dump of an operation that has none. */
		m->flags = rng_next(r);
		break;
	case 1:
		m->genl.cmd = rng_next(r);
		break;
	case 2:
		m->flags = NLM_F_REQUEST | NLM_F_DUMP;
		m->genl.cmd = rng_below(r, nl_last_cmd + 2);
		break;
	default:
		m->type = any_type(r, family);
		m->genl.cmd = rng_below(r, 12);
	}
	return nl_bytes(m, to, ROOM / 2);
}

static size_t all_noise(struct rng *r, uint16_t family, uint8_t *to)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)to;
	size_t len = rng_below(r, 256);

	noise(r, to, len);
	if (len >= 6)
		nlh->nlmsg_type = any_type(r, family);
	if (len >= 4 && rng_one_in(r, 2))
		nlh->nlmsg_len = len;
	return len;
}

/* Everything about the family itself, while it is in use. */
static size_t controller(struct rng *r, uint16_t family, uint8_t *to)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)to;
	struct genlmsghdr *genl = NLMSG_DATA(nlh);
	struct nlattr *nla = (struct nlattr *)(genl + 1);
	uint32_t op = rng_below(r, nl_last_cmd + 2);
	bool policy = rng_one_in(r, 2);

	nla[0] = (struct nlattr) { NLA_HDRLEN + 2, CTRL_ATTR_FAMILY_ID };
	nla[1] = (struct nlattr) { family, 0 };
	nla[2] = (struct nlattr) { NLA_HDRLEN + 4, CTRL_ATTR_OP };
	memcpy(&nla[3], &op, sizeof(op));
	*nlh = (struct nlmsghdr) {
		.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN + (rng_one_in(r, 2) ? 16 : 8),
		.nlmsg_type = GENL_ID_CTRL,
		.nlmsg_flags = NLM_F_REQUEST | (policy ? NLM_F_DUMP : NLM_F_ACK),
	};
	*genl = (struct genlmsghdr) { policy ? CTRL_CMD_GETPOLICY : CTRL_CMD_GETFAMILY, 1, 0 };
	return nlh->nlmsg_len;
}

/* Fills a buffer with one message, or what is to look like one; returns its length. */
size_t nl_hostile(struct msg *m, struct rng *r, uint16_t family, uint8_t *to)
{
	size_t len;

	memset(to, 0, 64);
	switch (rng_below(r, 10)) {
	case 0:
		return wrong_len(m, r, family, to);
	case 1:
		return many(r, family, to);
	case 2:
	case 3:
	case 4:
		return bogus_header(m, r, family, to);
	case 5:
		return all_noise(r, family, to);
	case 6:
		/* A header that ends early. */
		nl_valid(m, r, family);
		len = nl_bytes(m, to, ROOM / 2);
		return rng_below(r, len < 32 ? len : 32);
	case 7:
		return controller(r, family, to);
	default:
		return hit(m, r, family, to);
	}
}
