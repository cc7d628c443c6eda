/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SipHash-2-4 written from its paper (J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input
 * PRF", 2012), not from the kernel: that both give the same table is part of what is tested.
 */
#ifndef DSR_SHIM_SIPHASH_H
#define DSR_SHIM_SIPHASH_H

#include <endian.h>

#include <linux/types.h>

typedef struct {
	u64 key[2];
} siphash_key_t;

static inline u64 sip_rotl(u64 x, int n)
{
	return x << n | x >> (64 - n);
}

static inline void sip_rounds(u64 v[4], int n)
{
	while (n--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = sip_rotl(v[1], 13) ^ v[0];
		v[3] = sip_rotl(v[3], 16) ^ v[2];
		v[0] = sip_rotl(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = sip_rotl(v[1], 17) ^ v[2];
		v[3] = sip_rotl(v[3], 21) ^ v[0];
		v[2] = sip_rotl(v[2], 32);
	}
}

static inline u64 siphash(const void *data, size_t len, const siphash_key_t *key)
{
	u64 v[4] = {
		key->key[0] ^ 0x736f6d6570736575ULL, key->key[1] ^ 0x646f72616e646f6dULL,
		key->key[0] ^ 0x6c7967656e657261ULL, key->key[1] ^ 0x7465646279746573ULL,
	};
	const u8 *p = data;
	size_t i, j;
	u64 m;

	for (i = 0; i + 8 <= len + 8; i += 8) {
		m = 0;
		for (j = 0; j < 8 && i + j < len; j++)
			m |= (u64)p[i + j] << (8 * j);
		if (i + 8 > len)
			m |= (u64)(len & 0xff) << 56;
		v[3] ^= m;
		sip_rounds(v, 2);
		v[0] ^= m;
	}
	v[2] ^= 0xff;
	sip_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static inline u64 siphash_3u64(u64 a, u64 b, u64 c, const siphash_key_t *key)
{
	const u64 words[] = { htole64(a), htole64(b), htole64(c) };

	return siphash(words, sizeof(words), key);
}

/* For those who bring their own rounds. */
#define SIPHASH_PERMUTATION(a, b, c, d) do { \
	u64 sip_state[4] = { (a), (b), (c), (d) }; \
\
	sip_rounds(sip_state, 1); \
	(a) = sip_state[0]; \
	(b) = sip_state[1]; \
	(c) = sip_state[2]; \
	(d) = sip_state[3]; \
} while (0)

#define SIPHASH_CONST_0 0x736f6d6570736575ULL
#define SIPHASH_CONST_1 0x646f72616e646f6dULL
#define SIPHASH_CONST_2 0x6c7967656e657261ULL
#define SIPHASH_CONST_3 0x7465646279746573ULL

#endif /* DSR_SHIM_SIPHASH_H */
