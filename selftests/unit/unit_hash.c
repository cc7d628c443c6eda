// SPDX-License-Identifier: GPL-2.0
/* unit: */
/*
 * The packet hash against vectors that others published: SipHash-2-4 those of its authors,
 * SipHash-1-3 those of the kernel's hsiphash on 64-bit machines, which is its lower half.
 */
#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif

#include "ktap.h"
#include "core/hash.h"

/* The first @bytes of 00 01 02 ..., as the vectors' messages are. */
static u64 hash(int bytes, int c, int d)
{
	const siphash_key_t key = { { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL } };
	u64 word[4] = { 0, 0, 0, 0 };
	struct dsr_hash_state state;
	int i, n = bytes / 8 + 1;

	for (i = 0; i < bytes; i++)
		word[i / 8] |= (u64)i << i % 8 * 8;
	word[n - 1] |= DSR_HASH_END(bytes);
	dsr_hash_init(&state, &key);
	return dsr_siphash(&state, word, n, c, d);
}

int main(void)
{
	ktap_begin();
	ktap(hash(0, 2, 4) == 0x726fdb47dd0e0e31ULL, "SipHash-2-4 of nothing as published");
	ktap(hash(6, 2, 4) == 0xcbc9466e58fee3ceULL, "SipHash-2-4 of 6 bytes as published");
	ktap(hash(8, 2, 4) == 0x93f5f5799a932462ULL, "SipHash-2-4 of 8 bytes as published");
	ktap(hash(18, 2, 4) == 0x4bc1b3f0968dd39cULL, "SipHash-2-4 of 18 bytes as published");
	ktap((u32)hash(6, 1, 3) == 0xc59f22a7U, "SipHash-1-3 of 6 bytes (IPv4) as the kernel's");
	ktap((u32)hash(8, 1, 3) == 0x8d299a8eU, "SipHash-1-3 of 8 bytes as the kernel's");
	ktap((u32)hash(18, 1, 3) == 0xb473e63eU, "SipHash-1-3 of 18 bytes (IPv6) as the kernel's");
	return ktap_done();
}
