/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SipHash, J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input
 * PRF", 2012, inline and with fewer rounds than lib/siphash.c: SipHash-1-3, in
 * wide use for hash tables that strangers choose the keys of (Rust, Python,
 * Ruby). What an attacker could gain here is to load one real more than others.
 *
 * Defined on 64-bit words, so it gives the same on every machine, which the
 * kernel's hsiphash does not. No kernel call: compiles in user space too.
 */
#ifndef _DSR_CORE_HASH_H
#define _DSR_CORE_HASH_H

#include <linux/siphash.h>

/**
 * struct dsr_hash_state - what a key alone makes of the state
 * @v: the four words, before the first word of a message
 */
struct dsr_hash_state {
	u64 v[4];
};

/**
 * dsr_hash_init() - do the part of hashing that only the key is needed for
 * @state: the result
 * @key: the key
 *
 * Context: Any.
 */
static inline void dsr_hash_init(struct dsr_hash_state *state, const siphash_key_t *key)
{
	state->v[0] = SIPHASH_CONST_0 ^ key->key[0];
	state->v[1] = SIPHASH_CONST_1 ^ key->key[1];
	state->v[2] = SIPHASH_CONST_2 ^ key->key[0];
	state->v[3] = SIPHASH_CONST_3 ^ key->key[1];
}

/**
 * DSR_HASH_END() - what the last word of a message holds above its bytes
 * @bytes: length of the message
 */
#define DSR_HASH_END(bytes)	((u64)(bytes) << 56)

/**
 * dsr_siphash() - SipHash of a message
 * @state: of dsr_hash_init()
 * @word: the message in little-endian words, the last of which has at most
 *	seven of its bytes, and DSR_HASH_END()
 * @n: how many words, a constant
 * @c: rounds for each word, a constant
 * @d: rounds at the end, a constant
 *
 * Context: Any.
 * Return: the hash.
 */
static __always_inline u64 dsr_siphash(const struct dsr_hash_state *state, const u64 *word, int n,
				       int c, int d)
{
	u64 v0 = state->v[0], v1 = state->v[1], v2 = state->v[2], v3 = state->v[3];
	int i, j;

	/* Left to itself the compiler counts the rounds, at a tenth of the cost
	 * of the whole.
	 */
#pragma GCC unroll 4
	for (i = 0; i < n; i++) {
		v3 ^= word[i];
#pragma GCC unroll 4
		for (j = 0; j < c; j++)
			SIPHASH_PERMUTATION(v0, v1, v2, v3);
		v0 ^= word[i];
	}
	v2 ^= 0xff;
#pragma GCC unroll 4
	for (j = 0; j < d; j++)
		SIPHASH_PERMUTATION(v0, v1, v2, v3);
	return v0 ^ v1 ^ v2 ^ v3;
}

#endif /* _DSR_CORE_HASH_H */
