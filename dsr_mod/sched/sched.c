// SPDX-License-Identifier: GPL-2.0
/*
 * What all schedulers share: the table of them, the order of reals, and the
 * digest by which two balancers can be seen to agree.
 */
#include <linux/siphash.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "sched/sched.h"

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
#define FNV64_BASIS	0xcbf29ce484222325ULL
#define FNV64_PRIME	0x100000001b3ULL

static const struct dsr_sched_ops *const scheds[] = {
	[DSR_SCHED_MAGLEV] = &dsr_sched_maglev,
};

static int by_addr(const void *a, const void *b)
{
	const struct dsr_sched_real *x = a, *y = b;

	return memcmp(&x->addr, &y->addr, sizeof(x->addr));
}

/**
 * dsr_sched_sort() - bring reals into the one order that all balancers use
 * @reals: the reals, no two with the same address
 * @n: how many
 *
 * Context: Any.
 */
void dsr_sched_sort(struct dsr_sched_real *reals, u32 n)
{
	sort(reals, n, sizeof(*reals), by_addr, NULL);
}

/**
 * dsr_sched_build() - give every row to a real
 * @sched: in which way
 * @rows: to be filled with indices of @reals
 * @size: how many rows, dsr_sched_size_valid()
 * @reals: sorted by dsr_sched_sort()
 * @n: how many, 1 to 65535
 * @seed: different seeds give unrelated tables
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int dsr_sched_build(enum dsr_sched sched, u16 *rows, u32 size, struct dsr_sched_real *reals,
		    u32 n, u64 seed)
{
	const siphash_key_t key = { { seed, 0 } };
	u32 i;

	for (i = 0; i < n; i++) {
		reals[i].hash = siphash(&reals[i].addr, sizeof(reals[i].addr), &key);
		reals[i].rows = 0;
	}
	return scheds[sched]->build(rows, size, reals, n);
}

/**
 * dsr_sched_digest() - a number that two tables share if they send alike
 * @rows: the rows
 * @size: how many
 * @reals: as dsr_sched_build() left them
 *
 * FNV-1a over what the rows lead to and the seed, which also picks the row of
 * a packet. It is there to find a difference in configuration, not an attacker.
 *
 * Context: Any.
 * Return: the digest, never 0.
 */
u64 dsr_sched_digest(const u16 *rows, u32 size, const struct dsr_sched_real *reals)
{
	u64 digest = FNV64_BASIS;
	u32 i;

	for (i = 0; i < size; i++)
		digest = (digest ^ reals[rows[i]].hash) * FNV64_PRIME;
	return digest ?: 1;
}

/**
 * dsr_sched_size_valid() - whether a table may have so many rows
 * @size: rows
 *
 * A prime, so that every real's walk over the rows visits each of them.
 *
 * Context: Any.
 * Return: true if it may.
 */
bool dsr_sched_size_valid(u32 size)
{
	u32 i;

	if (size < DSR_TABLE_SIZE_MIN || size > DSR_TABLE_SIZE_MAX)
		return false;
	for (i = 2; i * i <= size; i++)
		if (size % i == 0)
			return false;
	return true;
}
