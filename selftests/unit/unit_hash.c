/* unit: */
// SPDX-License-Identifier: GPL-2.0
/*
 * The packet hash against vectors that others published: SipHash-2-4 those of its authors,
 * SipHash-1-3 those of the kernel's hsiphash on 64-bit machines, which is its lower half.
 */
#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif

#include "ktap.h"
#include "path/hash.h"

int main(void)
{
	const siphash_key_t key = { { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL } };
	const u64 words[] = {
		0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL, 0x1716151413121110ULL,
	};

	ktap_begin();
	ktap(dsr_siphash(words, 1, &key, 2, 4) == 0x93f5f5799a932462ULL,
	     "SipHash-2-4 of one word as published");
	ktap(dsr_siphash(words, 3, &key, 2, 4) == 0xb8ad50c6f649af94ULL,
	     "SipHash-2-4 of three words as published");
	ktap((u32)dsr_siphash(words, 1, &key, 1, 3) == 0x8d299a8eU,
	     "SipHash-1-3 of one word as the kernel's");
	ktap((u32)dsr_siphash(words, 3, &key, 1, 3) == 0x67349c8cU,
	     "SipHash-1-3 of three words as the kernel's");
	return ktap_done();
}
