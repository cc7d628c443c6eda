/* SPDX-License-Identifier: GPL-2.0 */
/* What targets share: bytes of the input one after another, and what must be true. */
#ifndef DSR_FUZZ_USER_H
#define DSR_FUZZ_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct input {
	const uint8_t *data;
	size_t left;
};

/* Zeroes follow the end. */
static inline uint64_t take(struct input *in, unsigned int bytes)
{
	uint64_t value = 0;
	unsigned int i;

	for (i = 0; i < bytes && in->left; i++, in->left--)
		value |= (uint64_t)*in->data++ << 8 * i;
	return value;
}

#define must(condition) do {							\
	if (!(condition)) {							\
		fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__,	\
			#condition);						\
		abort();							\
	}									\
} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* DSR_FUZZ_USER_H */
