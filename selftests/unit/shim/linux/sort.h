/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's sort() is a heapsort: like this one, it keeps no order among equals. */
#ifndef DSR_SHIM_SORT_H
#define DSR_SHIM_SORT_H

#include <stdlib.h>

static inline void sort(void *base, size_t n, size_t size,
			int (*cmp)(const void *a, const void *b),
			void (*swap)(void *a, void *b, int size))
{
	qsort(base, n, size, cmp);
}

#endif /* DSR_SHIM_SORT_H */
