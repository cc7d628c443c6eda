/* SPDX-License-Identifier: GPL-2.0 */
/* The netlink fuzzer: what its files share. */
#ifndef DSR_FUZZ_NL_H
#define DSR_FUZZ_NL_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stddef.h>

#include "rng.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

enum kind { KIND_NONE, KIND_NUMBER, KIND_STRING, KIND_BINARY, KIND_NEST, KIND_PAD };
enum pool {
	POOL_NONE, POOL_NAME, POOL_FRONT, POOL_REAL, POOL_VIP, POOL_PORT, POOL_SIZE, POOL_LLADDR,
	POOL_DEV, POOL_IFINDEX,
};

/* One attribute of the spec; @size is in bytes, of a string without its end. */
struct spec_attr {
	const char *name;
	enum kind kind;
	enum pool pool;
	unsigned int size;
	uint64_t min, max;
};

struct spec_set {
	const struct spec_attr *attrs;	/* by number, from 1 */
	unsigned int n;
};

/* Bits are attribute numbers: @request what it knows, @needs what it must have, @one of which it
 * has exactly one, @filter what its dump takes.
 */
struct spec_op {
	const char *name;
	uint8_t cmd;
	const struct spec_set *set;
	uint32_t request, needs, one, filter;
	unsigned int weight;
	bool dump;
};

#define MAX_OPS		64
#define MAX_ATTRS	40
#define ROOM		(192 << 10)	/* of the longest buffer */

/* What a request is meant to be; part of its sequence number, so that answers need no memory. */
enum class { VALID, DUMP, NEAR, HOSTILE, N_CLASSES };
static const char *const class_names[] = { "valid", "dump", "near", "hostile" };

struct attr {
	uint16_t type, nla_len;		/* nla_len 0: what it should be */
	uint32_t len, at;		/* in the arena */
};

/* A request before it is bytes. */
struct msg {
	const struct spec_op *op;
	struct attr attr[MAX_ATTRS];
	int n;
	uint32_t used;
	unsigned int tail;		/* bytes of nonsense behind the last attribute */
	struct genlmsghdr genl;
	uint16_t type, flags;
	uint32_t seq;
	uint8_t arena[96 << 10];
};

extern const struct spec_op *const nl_ops;
extern const unsigned int nl_n_ops, nl_last_cmd;
extern uint32_t nl_ifindex[8];
extern unsigned int nl_n_ifindex;

/* nl_value.c */
void *nl_room(struct msg *m, uint32_t len);
struct attr *nl_put(struct msg *m, uint16_t type, const void *data, uint32_t len);
void nl_put_value(struct msg *m, struct rng *r, unsigned int number);

/* nl_make.c */
void nl_request(struct msg *m, struct rng *r, uint16_t family, const struct spec_op *op, bool dump);
void nl_spoil(struct msg *m, struct rng *r);
void nl_valid(struct msg *m, struct rng *r, uint16_t family);
void nl_dump(struct msg *m, struct rng *r, uint16_t family);
void nl_near(struct msg *m, struct rng *r, uint16_t family);
size_t nl_bytes(const struct msg *m, uint8_t *to, size_t room);

/* nl_hostile.c */
size_t nl_hostile(struct msg *m, struct rng *r, uint16_t family, uint8_t *to);

/* nl_traffic.c */
struct traffic {
	int sock;
	uint64_t sent;
};

void traffic_open(struct traffic *t, const char *dev);
void traffic_burst(struct traffic *t, struct rng *r, unsigned int n);
void traffic_calm(struct traffic *t, struct rng *r, unsigned int n);

#endif /* DSR_FUZZ_NL_H */
