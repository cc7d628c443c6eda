// SPDX-License-Identifier: GPL-2.0
/*
 * Maglev hashing: D. Eisenbud et al., "Maglev: A Fast and Reliable Software
 * Network Load Balancer", NSDI 2016, section 3.4, populate().
 *
 * Every real walks over all rows in an order of its own, a permutation made of
 * an offset and a step that only its address and the seed decide. The reals
 * take turns, and each takes the first row of its walk that is still free. So
 * shares are even, and when a real comes or goes most rows stay where they are.
 *
 * Weights follow the paper's hint "by altering the relative frequency of the
 * backends' turns": in each turn a real earns its weight, and it takes a row
 * for every largest weight that it has earned. This interleaves the reals as
 * finely as their weights allow, so that shares are right however the last
 * turn is cut off.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "sched/sched.h"

#define FREE	U16_MAX

/* Turns are short; give the CPU back every so many. */
#define TURNS_TO_RESCHED	256

/* One real's walk. */
struct walk {
	u32 next;
	u32 step;
	u32 earned;
	u32 weight;
};

static void start_walk(struct walk *walk, const struct dsr_sched_real *real, u32 size)
{
	walk->next = (u32)real->hash % size;
	walk->step = (u32)(real->hash >> 32) % (size - 1) + 1;
	walk->earned = 0;
	walk->weight = real->weight;
}

static u32 advance(struct walk *walk, u32 size)
{
	u32 at = walk->next;

	walk->next += walk->step;
	if (walk->next >= size)
		walk->next -= size;
	return at;
}

static u32 first_free(struct walk *walk, const u16 *rows, u32 size)
{
	u32 at;

	do {
		at = advance(walk, size);
	} while (rows[at] != FREE);
	return at;
}

/* Let all reals take turns until no row is free. */
static void populate(u16 *rows, u32 size, struct dsr_sched_real *reals, struct walk *walks,
		     u32 n, u32 heaviest)
{
	u32 taken = 0, turn, i;

	for (turn = 1; ; turn++) {
		for (i = 0; i < n; i++) {
			walks[i].earned += walks[i].weight;
			if (walks[i].earned < heaviest)
				continue;
			walks[i].earned -= heaviest;
			rows[first_free(&walks[i], rows, size)] = i;
			reals[i].rows++;
			if (++taken == size)
				return;
		}
		if (turn % TURNS_TO_RESCHED == 0)
			cond_resched();
	}
}

static int build(u16 *rows, u32 size, struct dsr_sched_real *reals, u32 n)
{
	struct walk *walks;
	u32 heaviest = 0, i;

	walks = kvmalloc_array(n, sizeof(*walks), GFP_KERNEL);
	if (!walks)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		start_walk(&walks[i], &reals[i], size);
		heaviest = max(heaviest, reals[i].weight);
	}
	for (i = 0; i < size; i++)
		rows[i] = FREE;
	populate(rows, size, reals, walks, n, heaviest);
	kvfree(walks);
	return 0;
}

const struct dsr_sched_ops dsr_sched_maglev = {
	.build = build,
};
