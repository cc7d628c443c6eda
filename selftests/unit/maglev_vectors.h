/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Digests of tables, that two balancers of different versions still agree: a change here breaks a
 * rolling upgrade. Reals are 10.0.0.1 and on, with weights 1, 2, ... and again. Read by
 * unit_maglev.c and by maglev_table.sh; `unit_maglev --print` prints them anew.
 *
 *	  size, seed, reals, weights, digest
 */
	{ 251, 0ULL, 1, 1, 0x988679683adfc633ULL },
	{ 251, 0ULL, 3, 1, 0xa7d63dc27bffb45eULL },
	{ 251, 1ULL, 3, 1, 0xd607b03d5dd0068fULL },
	{ 4093, 81985529216486895ULL, 10, 3, 0x0b42f359b64ed574ULL },
	{ 65537, 0ULL, 3, 1, 0xfe7f8d8c37920722ULL },
	{ 65537, 18446744073709551615ULL, 16, 5, 0x5ec07bdf07142408ULL },
	{ 655373, 7ULL, 3, 2, 0xcaf8ae20c8a70adaULL },
