// SPDX-License-Identifier: GPL-2.0
/*
 * The roll call, before chance takes over: each operation is done once and refused once, and each
 * dump read, by one thread alone. A slow kernel in a short run sends too little for chance to get
 * everywhere, and what is never done is not tested.
 */
#include <stdio.h>
#include <string.h>

#include "nl_fuzz.h"

/* Ten are enough as a rule. */
#define MAX_ROUNDS	100

static bool is_done(const struct worker *w, unsigned int op)
{
	return w->got[VALID][op][0] && (!nl_ops[op].dump || w->got[DUMP][op][0]);
}

static bool is_refused(const struct worker *w, unsigned int op)
{
	unsigned int e;

	for (e = 1; e < MAX_ERRNO; e++)
		if (w->got[VALID][op][e] || w->got[NEAR][op][e])
			return true;
	return false;
}

/* How many operations were not done, or not refused; with words on each if they are asked for. */
unsigned int roll_lacks(const struct worker *w, bool tell)
{
	unsigned int op, n = 0;

	for (op = 0; op < nl_n_ops; op++) {
		if (is_done(w, op) && is_refused(w, op))
			continue;
		n++;
		if (tell)
			printf("# %s was never %s\n", nl_ops[op].name,
			       is_done(w, op) ? "refused" : "done");
	}
	return n;
}

static void send_one(struct worker *w, enum class class)
{
	struct msg *m = &w->msg;
	unsigned int op = m->op - nl_ops;

	m->seq = seq_of(class, op);
	w->sent[class][op]++;
	w->n++;
	worker_send(w, w->own[0], nl_bytes(m, w->buffer, ROOM));
}

enum turn { ADD, REST, DEL };

static enum turn turn_of(const struct spec_op *op)
{
	return strstr(op->name, "-add") ? ADD : strstr(op->name, "-del") ? DEL : REST;
}

/* All operations whose turn it is, with the same values where they ask for the same. What was there
 * last goes first: a service would take its reals with it.
 */
static void call(struct worker *w, const struct rng *round, enum turn turn)
{
	const struct spec_op *op;
	unsigned int i;
	struct rng r;

	for (i = 0; i < nl_n_ops; i++) {
		op = &nl_ops[turn == DEL ? nl_n_ops - 1 - i : i];
		if (turn_of(op) != turn)
			continue;
		r = *round;
		nl_request(&w->msg, &r, w->family, op, false);
		send_one(w, VALID);
		nl_spoil(&w->msg, &r);
		if (!is_refused(w, op - nl_ops))
			send_one(w, NEAR);
		if (!op->dump)
			continue;
		r = *round;
		nl_request(&w->msg, &r, w->family, op, true);
		send_one(w, DUMP);
	}
}

/* What a round adds is there for the others, goes, and comes again: nothing is lost that was there
 * before, as a role that brings the packets.
 */
void roll_call(struct worker *w, uint64_t seed)
{
	unsigned int i;

	for (i = 0; i < MAX_ROUNDS && roll_lacks(w, false); i++) {
		struct rng round = rng_of(seed, ~1ULL, i);

		call(w, &round, ADD);
		call(w, &round, REST);
		call(w, &round, DEL);
		call(w, &round, ADD);
	}
	printf("# roll call: %u of %u operations done and refused after %llu messages, %u rounds\n",
	       nl_n_ops - roll_lacks(w, false), nl_n_ops, (unsigned long long)w->n, i);
}
