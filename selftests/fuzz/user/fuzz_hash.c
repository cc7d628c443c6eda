// SPDX-License-Identifier: GPL-2.0
/* fuzz: */
/*
 * The packet hash against SipHash written from its paper, byte by byte.
 */
#include "fuzz.h"
#include "core/hash.h"

static uint64_t rotl(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static void rounds(uint64_t *v, int n)
{
	while (n--) {
		v[0] += v[1];
		v[1] = rotl(v[1], 13) ^ v[0];
		v[0] = rotl(v[0], 32);
		v[2] += v[3];
		v[3] = rotl(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotl(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotl(v[1], 17) ^ v[2];
		v[2] = rotl(v[2], 32);
	}
}

static uint64_t reference(const uint8_t *data, size_t len, uint64_t k0, uint64_t k1, int c, int d)
{
	uint64_t v[4] = { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
			  k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573 };
	uint64_t m = 0;
	size_t i;

	for (i = 0; i <= len; i++) {
		/* The last byte of the last word is the length. */
		if (i == len)
			m |= (uint64_t)(len & 0xff) << 56;
		else
			m |= (uint64_t)data[i] << 8 * (i % 8);
		if (i % 8 == 7 || i == len) {
			v[3] ^= m;
			rounds(v, c);
			v[0] ^= m;
			m = 0;
		}
	}
	v[2] ^= 0xff;
	rounds(v, d);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The two lengths that packets have: address and port of IPv4, and of IPv6. */
static void check(const uint8_t *data, const siphash_key_t *key)
{
	struct dsr_hash_state state;
	uint64_t word[3] = { 0, 0, 0 };

	dsr_hash_init(&state, key);
	memcpy(word, data, 6);
	word[0] |= DSR_HASH_END(6);
	must(dsr_siphash(&state, word, 1, 1, 3) ==
	     reference(data, 6, key->key[0], key->key[1], 1, 3));
	must(dsr_siphash(&state, word, 1, 2, 4) ==
	     reference(data, 6, key->key[0], key->key[1], 2, 4));

	memset(word, 0, sizeof(word));
	memcpy(word, data, 18);
	word[2] |= DSR_HASH_END(18);
	must(dsr_siphash(&state, word, 3, 1, 3) ==
	     reference(data, 18, key->key[0], key->key[1], 1, 3));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	siphash_key_t key;
	uint8_t flow[18];
	size_t i;

	key.key[0] = take(&in, 8);
	key.key[1] = take(&in, 8);
	for (i = 0; i < sizeof(flow); i++)
		flow[i] = take(&in, 1);
	check(flow, &key);
	return 0;
}
