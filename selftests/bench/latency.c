// SPDX-License-Identifier: GPL-2.0
/*
 * latency: how long a load takes that has to wait for the one before, in memory of several sizes.
 * It tells what a cache miss costs where native.sh has been run: what a host's other guests leave
 * of a cache is not what lscpu says of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "clock.h"

#define LINE	64
#define LARGE	(2UL << 20)
#define LOADS	20000
#define TURNS	15

/* Every line leads to another one, and all of them make one circle (Sattolo). */
static void **circle(size_t size)
{
	size_t lines = size / LINE, step = LINE / sizeof(void *), i, j, swap;
	size_t *order = malloc(lines * sizeof(*order));
	void **at = aligned_alloc(LARGE, (size + LARGE - 1) & ~(LARGE - 1));

	if (!order || !at) {
		perror("latency");
		exit(1);
	}
	madvise(at, size, MADV_HUGEPAGE);
	for (i = 0; i < lines; i++)
		order[i] = i;
	for (i = lines - 1; i > 0; i--) {
		j = random() % i;
		swap = order[i];
		order[i] = order[j];
		order[j] = swap;
	}
	for (i = 0; i < lines; i++)
		at[step * order[i]] = at + step * order[(i + 1) % lines];
	free(order);
	return at;
}

int main(void)
{
	static const size_t sizes[] = { 32, 256, 1024, 4096, 16384, 65536, 0 };
	double took[TURNS], start;
	const size_t *kb;
	size_t turn, i;

	for (kb = sizes; *kb; kb++) {
		void **first = circle(*kb << 10), **at = first;

		for (i = 0; i < *kb << 10; i += LINE)
			at = *at;
		for (turn = 0; turn < TURNS; turn++) {
			start = now();
			for (i = 0; i < LOADS; i++)
				at = *at;
			took[turn] = (now() - start) / LOADS;
			/* The loads are for nothing else. */
			__asm__ volatile("" : : "r"(at));
		}
		qsort(took, TURNS, sizeof(*took), in_order);
		printf("%s%zu KB %.1f", kb == sizes ? "" : ", ", *kb, took[TURNS / 2]);
		free(first);
	}
	putchar('\n');
	return 0;
}
