// SPDX-License-Identifier: GPL-2.0
/*
 * In which order a form takes the corpus: in chunks of frames that end alike, shuffled, so that a
 * run that ends early has seen a bit of everything and not one reason alone.
 */
#include <stdlib.h>

#include "fr.h"
#include "wire.h"

static bool fits(const struct form *form, const struct record *rec)
{
	if (!!rec->gso_type != form->gso)
		return false;
	return !form->csum || rec->csum;
}

/* How many of these records, from the first on, are a chunk. */
static unsigned int chunk_at(const struct form *form, const struct record *rec, unsigned int left)
{
	unsigned int n = 0;

	while (n < left && n < CHUNK && fits(form, &rec[n]) && rec[n].reason == rec[0].reason)
		n++;
	return n;
}

void order_make(struct order *o, const struct form *form, const struct record *records,
		unsigned int n)
{
	unsigned int at, len;

	*o = (struct order) { .chunks = calloc(n, sizeof(*o->chunks)) };
	if (!o->chunks)
		die("memory");
	for (at = 0; at < n; at += len ?: 1) {
		len = chunk_at(form, &records[at], n - at);
		if (len)
			o->chunks[o->n++] = (struct chunk) { at, len };
	}
}

/* From the first chunk again, in another order. */
void order_shuffle(struct order *o, struct rng *r)
{
	struct chunk chunk;
	unsigned int i, j;

	for (i = o->n; i > 1; i--) {
		j = rng_below(r, i);
		chunk = o->chunks[i - 1];
		o->chunks[i - 1] = o->chunks[j];
		o->chunks[j] = chunk;
	}
	o->next = 0;
}
