// SPDX-License-Identifier: GPL-2.0
/* fuzz: dsr_mod/sched/maglev.c dsr_mod/sched/sched.c */
/*
 * Tables of random reals: every row has an owner, rows are counted right, shares follow weights,
 * the order of the reals does not matter, and the table is the one that the paper's words give.
 */
#include <linux/slab.h>

#include "fuzz.h"
#include "sched/sched.h"

#define MOST_REALS	24

bool shim_fail_alloc;

static const u32 sizes[] = { 251, 257, 263, 509 };

/* Maglev as one would tell it: whose turn is it, and which of its rows is free? */
static void reference(u16 *rows, u32 size, const struct dsr_sched_real *reals, u32 n)
{
	u32 at[MOST_REALS] = {}, taken = 0, heaviest = 0, i;
	u64 due[MOST_REALS] = {};

	for (i = 0; i < n; i++)
		heaviest = max(heaviest, reals[i].weight);
	for (i = 0; i < size; i++)
		rows[i] = U16_MAX;
	for (i = 0; taken < size; i = (i + 1) % n) {
		u64 offset = (u32)reals[i].hash % size;
		u64 skip = (u32)(reals[i].hash >> 32) % (size - 1) + 1;
		u32 row;

		due[i] += reals[i].weight;
		if (due[i] < heaviest)
			continue;
		due[i] -= heaviest;
		do {
			row = (offset + at[i]++ * skip) % size;
		} while (rows[row] != U16_MAX);
		rows[row] = i;
		taken++;
	}
}

static u32 gather(struct input *in, struct dsr_sched_real *reals)
{
	u32 n = take(in, 1) % MOST_REALS + 1, i, j;

	memset(reals, 0, n * sizeof(*reals));
	for (i = 0; i < n; i++) {
		u32 v4 = take(in, 2);

		memset(&reals[i].addr.s6_addr[10], 0xff, 2);
		memcpy(&reals[i].addr.s6_addr[12], &v4, 4);
		/* Turns are as many as weights differ; what takes seconds is not for here. */
		reals[i].weight = take(in, 1) + 1;
		for (j = 0; j < i; j++)
			if (!memcmp(&reals[j].addr, &reals[i].addr, sizeof(reals[j].addr)))
				return i;
	}
	return n;
}

static void check_rows(const u16 *rows, u32 size, const struct dsr_sched_real *reals, u32 n)
{
	u32 count[MOST_REALS] = {}, i;
	u64 weights = 0;

	for (i = 0; i < size; i++) {
		must(rows[i] < n);
		count[rows[i]]++;
	}
	for (i = 0; i < n; i++) {
		must(reals[i].rows == count[i]);
		weights += reals[i].weight;
	}
	/* After any turn each real is behind its due by less than a row. What all of them are
	 * behind is shared by weight, and the last turn is cut off anywhere.
	 */
	for (i = 0; i < n; i++) {
		s64 due = (s64)size * reals[i].weight, got = (s64)count[i] * weights;
		s64 most = 2 * (s64)weights + (s64)n * reals[i].weight;

		must(got - due < most && due - got < most);
	}
}

static void check_size(u32 size)
{
	bool prime = size > 1;
	u32 i;

	for (i = 2; prime && (u64)i * i <= size && i < 1000; i++)
		prime = size % i;
	must(dsr_sched_size_valid(size) == (prime && size >= 251 && size <= 655373));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	struct input in = { data, length };
	struct dsr_sched_real reals[MOST_REALS], again[MOST_REALS];
	u16 rows[509], other[509];
	u32 size = sizes[take(&in, 1) % 4], n, i;
	u64 seed = take(&in, 8);

	check_size(take(&in, 4) & 0xfffff);
	n = gather(&in, reals);
	for (i = 0; i < n; i++)
		again[i] = reals[n - 1 - i];
	dsr_sched_sort(reals, n);
	for (i = 1; i < n; i++)
		must(memcmp(&reals[i - 1].addr, &reals[i].addr, sizeof(reals[i].addr)) < 0);

	must(!dsr_sched_build(DSR_SCHED_MAGLEV, rows, size, reals, n, seed));
	check_rows(rows, size, reals, n);
	reference(other, size, reals, n);
	must(!memcmp(rows, other, size * sizeof(*rows)));

	dsr_sched_sort(again, n);
	must(!dsr_sched_build(DSR_SCHED_MAGLEV, other, size, again, n, seed));
	must(!memcmp(rows, other, size * sizeof(*rows)));
	must(dsr_sched_digest(rows, size, reals) == dsr_sched_digest(other, size, again));
	must(dsr_sched_digest(rows, size, reals));
	return 0;
}
