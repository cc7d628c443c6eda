// SPDX-License-Identifier: GPL-2.0
/*
 * Values that an attribute can have. Names and addresses come from small pools, so that requests
 * of all threads are about the same few objects and get in each other's way.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"
#include "spec_table.h"

const struct spec_op *const nl_ops = spec_ops;
const unsigned int nl_n_ops = ARRAY_SIZE(spec_ops);
const unsigned int nl_last_cmd = SPEC_LAST_CMD;
uint32_t nl_ifindex[8];
unsigned int nl_n_ifindex;

static const char *const devs[] = { "eth0", "eth1", "d0", "d1" };
static const char *const names[] = {
	"web", "web6", "dns", "a", "0", "x._-", "mail.example.net",
	"1234567890123456789012345678901",
};

/* Reserve bytes of the message's arena; NULL if it is full. */
void *nl_room(struct msg *m, uint32_t len)
{
	void *at = m->arena + m->used;

	if (len > sizeof(m->arena) - m->used)
		return NULL;
	m->used += len;
	return at;
}

struct attr *nl_put(struct msg *m, uint16_t type, const void *data, uint32_t len)
{
	uint32_t at = m->used;
	struct attr *a;
	void *to;

	if (m->n == MAX_ATTRS)
		return NULL;
	to = nl_room(m, len);
	if (!to)
		return NULL;
	if (data)
		memcpy(to, data, len);
	a = &m->attr[m->n++];
	*a = (struct attr) { .type = type, .len = len, .at = at };
	return a;
}

static void address(uint8_t to[16], const char *format, unsigned int n)
{
	char text[64];

	snprintf(text, sizeof(text), format, n);
	memset(to, 0, 10);
	memset(to + 10, 0xff, 2);
	if (inet_pton(AF_INET, text, to + 12) != 1 && inet_pton(AF_INET6, text, to) != 1)
		abort();
}

static void put_address(struct msg *m, struct rng *r, unsigned int number, enum pool pool)
{
	static const char *const formats[][3] = {
		[POOL_FRONT] = { "198.51.100.%u", "198.51.100.%u", "2001:db8:1::%u" },
		/* Of .11 and .12 somebody answers ARP and ND, the others are lost. */
		[POOL_REAL] = { "192.0.2.%u", "192.0.2.%u", "2001:db8::%u" },
		[POOL_VIP] = { "203.0.113.%u", "203.0.113.%u", "2001:db8:2::%u" },
	};
	unsigned int first = pool == POOL_REAL ? 11 : 1;
	unsigned int n = pool == POOL_FRONT ? 2 : 4;
	uint8_t addr[16];

	address(addr, formats[pool][rng_below(r, 3)], first + rng_below(r, n));
	nl_put(m, number, addr, sizeof(addr));
}

static void put_number(struct msg *m, const struct spec_attr *attr, unsigned int number,
		       uint64_t value)
{
	/* Both machines that the guest can be are little-endian. */
	nl_put(m, number, &value, attr->size);
}

static void put_any_number(struct msg *m, struct rng *r, const struct spec_attr *attr,
			   unsigned int number)
{
	uint64_t span = attr->max - attr->min;
	uint64_t value = rng_next(r);

	if (rng_one_in(r, 8))
		value = rng_one_in(r, 2) ? 0 : span;
	put_number(m, attr, number, attr->min + (span + 1 ? value % (span + 1) : value));
}

static void put_lladdr(struct msg *m, struct rng *r, unsigned int number)
{
	uint8_t mac[6] = { 2, 0, 0, 0, 1, 1 + rng_below(r, 4) };

	if (rng_one_in(r, 6))
		memset(mac, 0, sizeof(mac));
	nl_put(m, number, mac, sizeof(mac));
}

/* Primes, and seldom the long ones: each costs milliseconds to fill. */
static uint32_t table_size(struct rng *r)
{
	if (rng_one_in(r, 4000))
		return 655373;
	if (rng_one_in(r, 300))
		return 65537;
	return rng_one_in(r, 4) ? 1021 : 251;
}

static void put_text(struct msg *m, unsigned int number, const char *text)
{
	nl_put(m, number, text, strlen(text) + 1);
}

/* Nobody has said which values make sense. */
static void put_by_kind(struct msg *m, struct rng *r, const struct spec_attr *attr,
			unsigned int number)
{
	unsigned int i, len = attr->size;
	struct attr *a;

	if (attr->kind == KIND_NUMBER) {
		put_any_number(m, r, attr, number);
		return;
	}
	if (attr->kind == KIND_STRING)
		len = 2 + rng_below(r, attr->size);
	a = nl_put(m, number, NULL, len);
	for (i = 0; a && i < len; i++)
		m->arena[a->at + i] = attr->kind == KIND_STRING ? 'a' + rng_below(r, 26) :
								  rng_next(r);
	if (a && attr->kind == KIND_STRING)
		m->arena[a->at + len - 1] = 0;
}

/* Append an attribute with a value that it may have. */
void nl_put_value(struct msg *m, struct rng *r, unsigned int number)
{
	static const uint16_t ports[] = { 80, 443 };
	const struct spec_attr *attr = &m->op->set->attrs[number];

	switch (attr->pool) {
	case POOL_NAME:
		put_text(m, number, names[rng_below(r, ARRAY_SIZE(names))]);
		break;
	case POOL_DEV:
		put_text(m, number, devs[rng_below(r, ARRAY_SIZE(devs))]);
		break;
	case POOL_FRONT:
	case POOL_REAL:
	case POOL_VIP:
		put_address(m, r, number, attr->pool);
		break;
	case POOL_PORT:
		put_number(m, attr, number, ports[rng_below(r, ARRAY_SIZE(ports))]);
		break;
	case POOL_SIZE:
		put_number(m, attr, number, table_size(r));
		break;
	case POOL_LLADDR:
		put_lladdr(m, r, number);
		break;
	case POOL_IFINDEX:
		put_number(m, attr, number, nl_ifindex[rng_below(r, nl_n_ifindex)]);
		break;
	default:
		put_by_kind(m, r, attr, number);
	}
}
