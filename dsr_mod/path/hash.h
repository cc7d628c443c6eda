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
#ifndef _DSR_PATH_HASH_H
#define _DSR_PATH_HASH_H

#include <linux/siphash.h>

/**
 * dsr_siphash() - SipHash of some words
 * @word: the words
 * @n: how many, a constant
 * @key: the key
 * @c: rounds for each word, a constant
 * @d: rounds at the end, a constant
 *
 * Context: Any.
 * Return: the hash, that of the words' little-endian bytes.
 */
static __always_inline u64 dsr_siphash(const u64 *word, int n, const siphash_key_t *key, int c,
				       int d)
{
	u64 v0 = SIPHASH_CONST_0 ^ key->key[0], v1 = SIPHASH_CONST_1 ^ key->key[1];
	u64 v2 = SIPHASH_CONST_2 ^ key->key[0], v3 = SIPHASH_CONST_3 ^ key->key[1];
	u64 last = (u64)n * sizeof(*word) << 56;
	int i, j;

	for (i = 0; i <= n; i++) {
		u64 m = i < n ? word[i] : last;

		v3 ^= m;
		for (j = 0; j < c; j++)
			SIPHASH_PERMUTATION(v0, v1, v2, v3);
		v0 ^= m;
	}
	v2 ^= 0xff;
	for (j = 0; j < d; j++)
		SIPHASH_PERMUTATION(v0, v1, v2, v3);
	return v0 ^ v1 ^ v2 ^ v3;
}

#endif /* _DSR_PATH_HASH_H */
