/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Schedulers: pure functions that give the rows of a lookup table to reals.
 * They know no lock, no packet and no netlink, and compile in user space too.
 */
#ifndef _DSR_SCHED_SCHED_H
#define _DSR_SCHED_SCHED_H

#include <linux/in6.h>
#include <linux/types.h>
#include <uapi/linux/dsr.h>

/**
 * struct dsr_sched_real - a real, as far as a scheduler is concerned
 * @addr: its address, what makes it the same real on every balancer
 * @weight: its share of the rows, not 0
 * @rows: how many rows it was given, filled by dsr_sched_build()
 * @hash: of its address under the seed, filled by dsr_sched_build()
 * @owner: the caller's; carried along when the reals are sorted
 */
struct dsr_sched_real {
	struct in6_addr addr;
	u32 weight;
	u32 rows;
	u64 hash;
	void *owner;
};

/**
 * struct dsr_sched_ops - a way of giving rows
 * @build: fills all @size rows with indices of @reals, which have their hash,
 *	are sorted by dsr_sched_sort() and 1 to 65535 in number, and counts
 *	them. The same arguments give the same rows on every machine. May
 *	sleep. Returns 0 or -ENOMEM
 */
struct dsr_sched_ops {
	int (*build)(u16 *rows, u32 size, struct dsr_sched_real *reals, u32 n);
};

extern const struct dsr_sched_ops dsr_sched_maglev;

void dsr_sched_sort(struct dsr_sched_real *reals, u32 n);
int dsr_sched_build(enum dsr_sched sched, u16 *rows, u32 size, struct dsr_sched_real *reals,
		    u32 n, u64 seed);
u64 dsr_sched_digest(const u16 *rows, u32 size, const struct dsr_sched_real *reals);
bool dsr_sched_size_valid(u32 size);

#endif /* _DSR_SCHED_SCHED_H */
