/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers at random that a seed brings back: splitmix64, S. Vigna, public domain. */
#ifndef DSR_FUZZ_RNG_H
#define DSR_FUZZ_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* A stream of its own for each (seed, worker, round): any round can be made again alone. */
static inline struct rng rng_of(uint64_t seed, uint64_t worker, uint64_t round)
{
	struct rng r = { seed };

	r.state = rng_next(&r) ^ worker * 0xd6e8feb86659fd93ULL;
	r.state = rng_next(&r) ^ round * 0xa0761d6478bd642fULL;
	return r;
}

/* 0 to n - 1 */
static inline uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (rng_next(r) >> 32) * n >> 32;
}

static inline bool rng_one_in(struct rng *r, uint32_t n)
{
	return !rng_below(r, n);
}

#endif /* DSR_FUZZ_RNG_H */
