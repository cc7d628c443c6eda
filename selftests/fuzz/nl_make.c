// SPDX-License-Identifier: GPL-2.0
/*
 * Requests: valid ones by the spec, and valid ones with one thing wrong.
 */
#include <string.h>

#include "nl.h"

static void begin(struct msg *m, const struct spec_op *op, uint16_t family)
{
	m->op = op;
	m->n = 0;
	m->used = 0;
	m->tail = 0;
	m->genl = (struct genlmsghdr) { .cmd = op->cmd, .version = 1 };
	m->type = family;
	m->flags = NLM_F_REQUEST | NLM_F_ACK;
}

static const struct spec_op *any_op(struct rng *r)
{
	unsigned int i, sum = 0, at;

	for (i = 0; i < nl_n_ops; i++)
		sum += nl_ops[i].weight;
	at = rng_below(r, sum);
	for (i = 0; at >= nl_ops[i].weight; i++)
		at -= nl_ops[i].weight;
	return &nl_ops[i];
}

static unsigned int any_bit(struct rng *r, uint32_t mask)
{
	unsigned int skip = rng_below(r, __builtin_popcount(mask));

	while (skip--)
		mask &= mask - 1;
	return __builtin_ctz(mask);
}

/* Only a backend has the attributes of ARP, as the spec's words say and its types do not. */
static bool senseless(const struct msg *m, unsigned int number)
{
	const char *name = m->op->set->attrs[number].name;
	int i;

	if (strncmp(name, "arp-", 4))
		return false;
	for (i = 0; i < m->n; i++)
		if (!strcmp(m->op->set->attrs[m->attr[i].type].name, "role"))
			return !m->arena[m->attr[i].at];
	return true;
}

static void put_masks(struct msg *m, struct rng *r, uint32_t needs, uint32_t one, uint32_t other)
{
	uint32_t mask = needs | (one ? 1u << any_bit(r, one) : 0);

	for (; mask; mask &= mask - 1)
		nl_put_value(m, r, __builtin_ctz(mask));
	for (mask = other; mask; mask &= mask - 1)
		if (rng_one_in(r, 3) && !senseless(m, __builtin_ctz(mask)))
			nl_put_value(m, r, __builtin_ctz(mask));
}

/* A valid request of one operation, or its dump. */
void nl_request(struct msg *m, struct rng *r, uint16_t family, const struct spec_op *op, bool dump)
{
	begin(m, op, family);
	if (dump) {
		m->flags |= NLM_F_DUMP;
		put_masks(m, r, 0, 0, op->filter);
	} else {
		put_masks(m, r, op->needs, op->one, op->request & ~op->needs & ~op->one);
	}
}

void nl_valid(struct msg *m, struct rng *r, uint16_t family)
{
	nl_request(m, r, family, any_op(r), false);
}

void nl_dump(struct msg *m, struct rng *r, uint16_t family)
{
	const struct spec_op *op;

	do {
		op = any_op(r);
	} while (!op->dump);
	nl_request(m, r, family, op, true);
}

/* --- one thing wrong ------------------------------------------------------------------------ */

static struct attr *any_attr(struct msg *m, struct rng *r)
{
	return m->n ? &m->attr[rng_below(r, m->n)] : NULL;
}

static void wrong_length(struct msg *m, struct rng *r, struct attr *a)
{
	static const uint32_t lengths[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 4096,
					    65531 };
	uint32_t len = lengths[rng_below(r, ARRAY_SIZE(lengths))];
	uint32_t at = m->used;
	void *to;

	/* Sixty thousand bytes are worth a look, not half of the time. */
	if (len > 33 && !rng_one_in(r, 8))
		len = a->len + 1;
	to = nl_room(m, len);
	if (!to)
		return;
	memset(to, rng_one_in(r, 2) ? 'x' : 0, len);
	memcpy(to, m->arena + a->at, len < a->len ? len : a->len);
	a->at = at;
	a->len = len;
}

static void wrong_type(struct msg *m, struct rng *r, struct attr *a)
{
	switch (rng_below(r, 4)) {
	case 0:
		a->type |= NLA_F_NESTED;
		break;
	case 1:
		a->type |= NLA_F_NET_BYTEORDER;
		break;
	case 2:
		/* Of the set, but perhaps none of a request. */
		a->type = rng_below(r, m->op->set->n + 2);
		break;
	default:
		a->type = rng_next(r);
	}
}

static void wrong_value(struct msg *m, struct rng *r, struct attr *a)
{
	const struct spec_attr *attr = a->type < m->op->set->n ? &m->op->set->attrs[a->type] : NULL;
	uint64_t value;
	uint32_t i;

	if (!a->len)
		return;
	if (!attr || attr->kind != KIND_NUMBER || a->len > sizeof(value)) {
		for (i = 1 + rng_below(r, 4); i; i--)
			m->arena[a->at + rng_below(r, a->len)] = rng_next(r);
		return;
	}
	switch (rng_below(r, 4)) {
	case 0:
		value = attr->min - 1;
		break;
	case 1:
		value = attr->max + 1;
		break;
	case 2:
		value = rng_one_in(r, 2) ? 0 : UINT64_MAX;
		break;
	default:
		value = rng_next(r);
	}
	memcpy(m->arena + a->at, &value, a->len);
}

/* Attributes within attributes, as deep as they fit. */
static void nested(struct msg *m, struct rng *r, struct attr *a)
{
	uint32_t depth = rng_one_in(r, 8) ? 1 + rng_below(r, 4000) : 1 + rng_below(r, 8);
	uint32_t at = m->used, i;
	struct nlattr *nla = nl_room(m, depth * NLA_HDRLEN);

	if (!nla)
		return;
	for (i = 0; i < depth; i++)
		nla[i] = (struct nlattr) {
			.nla_len = (depth - i) * NLA_HDRLEN,
			.nla_type = NLA_F_NESTED | (1 + rng_below(r, 12)),
		};
	a->at = at;
	a->len = depth * NLA_HDRLEN;
	if (rng_one_in(r, 2))
		a->type |= NLA_F_NESTED;
}

static void shuffle(struct msg *m, struct rng *r)
{
	struct attr a;
	int i, j;

	for (i = m->n - 1; i > 0; i--) {
		j = rng_below(r, i + 1);
		a = m->attr[i];
		m->attr[i] = m->attr[j];
		m->attr[j] = a;
	}
}

static void remove_attr(struct msg *m, struct attr *a)
{
	m->n--;
	memmove(a, a + 1, (char *)&m->attr[m->n] - (char *)a);
}

/* Once more, with another value perhaps. */
static void duplicate(struct msg *m, struct rng *r, const struct attr *a)
{
	uint16_t type = a->type;

	if (type && type < m->op->set->n && rng_one_in(r, 2))
		nl_put_value(m, r, type);
	else if (m->n < MAX_ATTRS)
		m->attr[m->n++] = *a;
}

static void stranger(struct msg *m, struct rng *r)
{
	unsigned int number = 1 + rng_below(r, m->op->set->n - 1);

	nl_put_value(m, r, number);
}

static void spoil_once(struct msg *m, struct rng *r)
{
	struct attr *a = any_attr(m, r);
	unsigned int what = rng_below(r, a ? 13 : 4);

	switch (what) {
	case 0:
		stranger(m, r);
		break;
	case 1:
		m->tail = 1 + rng_below(r, 7);
		break;
	case 2:
		m->genl.version = rng_next(r);
		break;
	case 3:
		m->genl.reserved = rng_one_in(r, 2) ? 1 : rng_next(r);
		break;
	case 4:
		shuffle(m, r);
		break;
	case 5:
		remove_attr(m, a);
		break;
	case 6:
		duplicate(m, r, a);
		break;
	case 7:
		nested(m, r, a);
		break;
	case 8:
		wrong_type(m, r, a);
		break;
	case 9:
		/* It lies about its length: less than a header, or more than there is. */
		a->nla_len = rng_one_in(r, 2) ? 1 + rng_below(r, 24) : rng_next(r);
		break;
	case 10:
	case 11:
		wrong_value(m, r, a);
		break;
	default:
		wrong_length(m, r, a);
	}
}

void nl_spoil(struct msg *m, struct rng *r)
{
	do {
		spoil_once(m, r);
	} while (rng_one_in(r, 5));
}

void nl_near(struct msg *m, struct rng *r, uint16_t family)
{
	if (rng_one_in(r, 8))
		nl_dump(m, r, family);
	else
		nl_valid(m, r, family);
	nl_spoil(m, r);
}

/* --- to bytes ------------------------------------------------------------------------------- */

size_t nl_bytes(const struct msg *m, uint8_t *to, size_t room)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)to;
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN;
	const struct attr *a;
	struct nlattr *nla;

	for (a = m->attr; a < m->attr + m->n; a++) {
		if (at + NLA_HDRLEN + NLA_ALIGN(a->len) + 16 > room)
			break;
		nla = (struct nlattr *)(to + at);
		nla->nla_len = a->nla_len ? a->nla_len : NLA_HDRLEN + a->len;
		nla->nla_type = a->type;
		memcpy(nla + 1, m->arena + a->at, a->len);
		memset((uint8_t *)(nla + 1) + a->len, 0, NLA_ALIGN(a->len) - a->len);
		at += NLA_HDRLEN + NLA_ALIGN(a->len);
	}
	memset(to + at, 0xff, 8);
	*nlh = (struct nlmsghdr) {
		.nlmsg_len = at + m->tail,
		.nlmsg_type = m->type,
		.nlmsg_flags = m->flags,
		.nlmsg_seq = m->seq,
	};
	memcpy(NLMSG_DATA(nlh), &m->genl, sizeof(m->genl));
	return NLMSG_ALIGN(at + m->tail);
}
