/* SPDX-License-Identifier: GPL-2.0 */
/* What measures time: the clock, in nanoseconds, and the order for a median. */
#ifndef DSR_BENCH_CLOCK_H
#define DSR_BENCH_CLOCK_H

#include <time.h>

static inline double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/* Of two doubles, for qsort(). */
static inline int in_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

#endif /* DSR_BENCH_CLOCK_H */
