// SPDX-License-Identifier: GPL-2.0
/* unit: dsr_mod/sched/maglev.c dsr_mod/sched/sched.c */
/*
 * The table of a service, built in user space: shares, disruption, order of reals, sizes, seeds,
 * and digests that selftests/maglev_table.sh compares with those of a running kernel.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/siphash.h>
#include <linux/slab.h>

#include "ktap.h"
#include "sched/sched.h"

#define SIZE	65537

bool shim_fail_alloc;

static u64 random_state = 1;

/* Xorshift: the same numbers on every run. */
static u32 random_below(u32 n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 16) % n;
}

/* The I-th real: 10.0.x.y as an IPv4-mapped address. */
static struct dsr_sched_real real(u32 i, u32 weight)
{
	struct dsr_sched_real r = { .weight = weight };
	u32 v4 = htonl(0x0a000001 + i);

	memset(&r.addr.s6_addr[10], 0xff, 2);
	memcpy(&r.addr.s6_addr[12], &v4, 4);
	return r;
}

static struct dsr_sched_real *reals_new(u32 n)
{
	struct dsr_sched_real *reals = calloc(n, sizeof(*reals));
	u32 i;

	for (i = 0; i < n; i++)
		reals[i] = real(i, 1);
	return reals;
}

static void shuffle(struct dsr_sched_real *reals, u32 n)
{
	struct dsr_sched_real r;
	u32 i, j;

	for (i = n - 1; i > 0; i--) {
		j = random_below(i + 1);
		r = reals[i];
		reals[i] = reals[j];
		reals[j] = r;
	}
}

static u64 build(u16 *rows, u32 size, struct dsr_sched_real *reals, u32 n, u64 seed)
{
	dsr_sched_sort(reals, n);
	if (dsr_sched_build(DSR_SCHED_MAGLEV, rows, size, reals, n, seed))
		abort();
	return dsr_sched_digest(rows, size, reals);
}

/* Whether every row has a real and the reals' counts are what the rows say. */
static bool whole(const u16 *rows, u32 size, const struct dsr_sched_real *reals, u32 n)
{
	u32 *count = calloc(n, sizeof(*count)), i;
	bool good = true;

	for (i = 0; i < size; i++) {
		good &= rows[i] < n;
		if (rows[i] < n)
			count[rows[i]]++;
	}
	for (i = 0; i < n; i++)
		good &= count[i] == reals[i].rows;
	free(count);
	return good;
}

/* The largest difference of a real's rows from its share, in parts of SIZE rows. */
static double worst_share(const struct dsr_sched_real *reals, u32 n, u32 size, double *relative)
{
	double total = 0, due, worst = 0, off;
	u32 i;

	*relative = 0;
	for (i = 0; i < n; i++)
		total += reals[i].weight;
	for (i = 0; i < n; i++) {
		due = size * (reals[i].weight / total);
		off = reals[i].rows > due ? reals[i].rows - due : due - reals[i].rows;
		worst = max(worst, off);
		/* A share of less than 100 rows cannot be met within 1 % but by luck. */
		if (due >= 100)
			*relative = max(*relative, off / due);
	}
	return worst;
}

static void siphash__is_the_papers(void)
{
	siphash_key_t key = { { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL } };
	u8 data[15];
	u32 i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = i;
	ktap(siphash(data, 15, &key) == 0xa129ca6149be45e5ULL &&
	     siphash(data, 0, &key) == 0x726fdb47dd0e0e31ULL &&
	     siphash(data, 8, &key) == 0x93f5f5799a932462ULL, "siphash: the paper's vectors");
}

static void shares__case(const char *name, const u32 *weights, u32 n)
{
	struct dsr_sched_real *reals = reals_new(n);
	u16 *rows = calloc(SIZE, sizeof(*rows));
	double relative, worst;
	u32 i;

	for (i = 0; i < n; i++)
		reals[i].weight = weights[i];
	build(rows, SIZE, reals, n, 0);
	worst = worst_share(reals, n, SIZE, &relative);
	/* Within 1 % of the weight; and a share too small for that within one row of a turn. */
	ktap(whole(rows, SIZE, reals, n) && relative <= 0.01 && worst <= 2.0,
	     "build: shares of %s within 1 %% of weights (worst %.3f %%, %.2f rows)", name,
	     100 * relative, worst);
	free(rows);
	free(reals);
}

static void build__shares(void)
{
	u32 equal[300], random[300], i;

	for (i = 0; i < 300; i++) {
		equal[i] = 7;
		random[i] = 1 + random_below(100);
	}
	shares__case("1 real", equal, 1);
	shares__case("3 equal reals", equal, 3);
	shares__case("300 equal reals", equal, 300);
	shares__case("weights 1 2 3", (u32[]){ 1, 2, 3 }, 3);
	shares__case("weights 1 10 100 1000", (u32[]){ 1, 10, 100, 1000 }, 4);
	shares__case("weights 1 65535", (u32[]){ 1, 65535 }, 2);
	shares__case("weights 65535 1", (u32[]){ 65535, 1 }, 2);
	shares__case("weights 65535 65535 65534", (u32[]){ 65535, 65535, 65534 }, 3);
	shares__case("weights 100 200 65535 3", (u32[]){ 100, 200, 65535, 3 }, 4);
	shares__case("300 random weights", random, 300);
}

/* How many rows of two tables lead to different reals. */
static u32 moved(const u16 *a, const struct dsr_sched_real *ra, const u16 *b,
		 const struct dsr_sched_real *rb, u32 size)
{
	u32 i, n = 0;

	for (i = 0; i < size; i++)
		n += memcmp(&ra[a[i]].addr, &rb[b[i]].addr, sizeof(ra->addr)) != 0;
	return n;
}

/* Take each of `tries` reals out of n in turn. */
static void disruption__case(u32 n, u32 tries, double limit)
{
	struct dsr_sched_real *all = reals_new(n), *less = calloc(n, sizeof(*less));
	u16 *before = calloc(SIZE, sizeof(*before)), *after = calloc(SIZE, sizeof(*after));
	double worst = 0, sum = 0, share;
	u32 t, gone;

	build(before, SIZE, all, n, 0);
	for (t = 0; t < tries; t++) {
		gone = tries == n ? t : random_below(n);
		memcpy(less, all, gone * sizeof(*less));
		memcpy(less + gone, all + gone + 1, (n - gone - 1) * sizeof(*less));
		build(after, SIZE, less, n - 1, 0);
		share = 100.0 * moved(before, all, after, less, SIZE) / SIZE;
		worst = max(worst, share);
		sum += share;
	}
	ktap(worst <= limit,
	     "build: removing 1 of %u moves at most %.1f %% of rows (worst %.3f %%, mean %.3f %%)",
	     n, limit, worst, sum / tries);
	free(after);
	free(before);
	free(less);
	free(all);
}

static void build__disruption(void)
{
	disruption__case(10, 10, 10.5);
	disruption__case(100, 100, 1.7);
	disruption__case(1000, 20, 0.8);
}

static void build__any_order(void)
{
	struct dsr_sched_real *reals = reals_new(16);
	u16 *rows = calloc(SIZE, sizeof(*rows));
	u32 i, same = 0;
	u64 digest;

	for (i = 0; i < 16; i++)
		reals[i].weight = 1 + i % 5;
	digest = build(rows, SIZE, reals, 16, 42);
	for (i = 0; i < 1000; i++) {
		shuffle(reals, 16);
		same += build(rows, SIZE, reals, 16, 42) == digest;
	}
	ktap(same == 1000, "digest: the same in %u of 1000 random orders of 16 reals", same);
	free(rows);
	free(reals);
}

static void build__sizes(void)
{
	static const u32 sizes[] = { 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 65537,
				     131071, 262139, 524287, 655373 };
	static const u32 counts[] = { 1, 2, 3, 100, 250, 251, 252, 1000 };
	u32 i, j, wrong = 0, n;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		u16 *rows = calloc(sizes[i], sizeof(*rows));

		wrong += !dsr_sched_size_valid(sizes[i]);
		for (j = 0; j < sizeof(counts) / sizeof(*counts); j++) {
			struct dsr_sched_real *reals = reals_new(n = counts[j]);

			build(rows, sizes[i], reals, n, j);
			wrong += !whole(rows, sizes[i], reals, n);
			free(reals);
		}
		free(rows);
	}
	ktap(!wrong, "build: every row has a real, sizes 251 to 655373, 1 to 1000 reals");
}

static void build__many_reals(void)
{
	struct dsr_sched_real *reals = reals_new(65535);
	u16 *rows = calloc(SIZE, sizeof(*rows));
	u32 i, with = 0;

	build(rows, SIZE, reals, 65535, 0);
	for (i = 0; i < 65535; i++)
		with += reals[i].rows > 0;
	ktap(whole(rows, SIZE, reals, 65535) && with == 65535,
	     "build: 65535 reals, as many as there can be, all have a row");
	free(rows);
	free(reals);
}

static void size_valid__primes(void)
{
	u32 size, i, wrong = 0, primes = 0;

	for (size = 0; size < 3000; size++) {
		bool prime = size >= 251;

		for (i = 2; i < size; i++)
			prime &= size % i != 0;
		wrong += dsr_sched_size_valid(size) != prime;
		primes += prime;
	}
	wrong += dsr_sched_size_valid(65536) + dsr_sched_size_valid(655374) +
		 dsr_sched_size_valid(655373 + 6) +
		 dsr_sched_size_valid(65539ULL * 65539 % (1ULL << 32)) +
		 dsr_sched_size_valid(U32_MAX) + !dsr_sched_size_valid(655373);
	ktap(!wrong, "size_valid: primes from 251 to 655373 and nothing else (%u below 3000)",
	     primes);
}

static void digest__tells_tables_apart(void)
{
	u16 *rows = calloc(SIZE, sizeof(*rows));
	u64 digests[64];
	u32 i, j, n = 0, same = 0;

	for (i = 0; i < 32; i++) {
		struct dsr_sched_real *reals = reals_new(5);

		digests[n++] = build(rows, 251, reals, 5, i);
		free(reals);
	}
	for (i = 0; i < 32; i++) {
		struct dsr_sched_real *reals = reals_new(6);

		reals[i % 6].weight = 2 + i;
		digests[n++] = build(rows, 509, reals, 6, 0);
		free(reals);
	}
	for (i = 0; i < n; i++)
		for (j = 0; j < i; j++)
			same += digests[i] == digests[j];
	ktap(!same, "digest: differs for 64 seeds and weights");
	free(rows);
}

static void build__no_memory(void)
{
	struct dsr_sched_real *reals = reals_new(3);
	u16 rows[251];

	shim_fail_alloc = true;
	ktap(dsr_sched_build(DSR_SCHED_MAGLEV, rows, 251, reals, 3, 0) == -ENOMEM,
	     "build: -ENOMEM without memory");
	shim_fail_alloc = false;
	free(reals);
}

/* "digest SIZE SEED N MAX_WEIGHT HEX" on lines of their own for maglev_table.sh: N reals
 * 10.0.0.1..., weights 1, 2, ... MAX_WEIGHT, 1, ...
 */
static const struct vector {
	u32 size;
	u64 seed;
	u32 n, weights;
	u64 digest;
} vectors[] = {
#include "maglev_vectors.h"
};

static void digest__vectors(bool print)
{
	u16 *rows = calloc(DSR_TABLE_SIZE_MAX, sizeof(*rows));
	u32 i, j, wrong = 0;

	for (i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		const struct vector *v = &vectors[i];
		struct dsr_sched_real *reals = reals_new(v->n);
		u64 digest;

		for (j = 0; j < v->n; j++)
			reals[j].weight = 1 + j % v->weights;
		digest = build(rows, v->size, reals, v->n, v->seed);
		wrong += digest != v->digest;
		if (print)
			printf("\t{ %u, %lluULL, %u, %u, 0x%016llxULL },\n", v->size,
			       (unsigned long long)v->seed, v->n, v->weights,
			       (unsigned long long)digest);
		free(reals);
	}
	free(rows);
	ktap(!wrong, "digest: %zu known vectors", sizeof(vectors) / sizeof(*vectors));
}

int main(int argc, char **argv)
{
	ktap_begin();
	siphash__is_the_papers();
	size_valid__primes();
	build__shares();
	build__disruption();
	build__any_order();
	build__sizes();
	build__many_reals();
	build__no_memory();
	digest__tells_tables_apart();
	digest__vectors(argc > 1 && !strcmp(argv[1], "--print"));
	return ktap_done();
}
