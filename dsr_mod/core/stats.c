// SPDX-License-Identifier: GPL-2.0
/*
 * Allocating and summing counters; counting itself is inline in stats.h.
 */
#include <linux/netdevice.h>

#include "core/stats.h"

/**
 * dsr_counters_alloc() - a zeroed record for every CPU
 *
 * Context: Process context, may sleep.
 * Return: the records, for free_percpu(), or NULL.
 */
struct dsr_counters __percpu *dsr_counters_alloc(void)
{
	return netdev_alloc_pcpu_stats(struct dsr_counters);
}

/**
 * dsr_reasons_alloc() - a zeroed record for every CPU
 *
 * Context: Process context, may sleep.
 * Return: the records, for free_percpu(), or NULL.
 */
struct dsr_reasons __percpu *dsr_reasons_alloc(void)
{
	return netdev_alloc_pcpu_stats(struct dsr_reasons);
}

/**
 * dsr_counters_add() - add up what all CPUs counted
 * @sum: what to add to
 * @counters: the records
 *
 * Context: Any.
 */
void dsr_counters_add(struct dsr_sum *sum, const struct dsr_counters __percpu *counters)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct dsr_counters *c = per_cpu_ptr(counters, cpu);
		u64 packets, bytes;
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&c->syncp);
			packets = u64_stats_read(&c->packets);
			bytes = u64_stats_read(&c->bytes);
		} while (u64_stats_fetch_retry(&c->syncp, start));
		sum->packets += packets;
		sum->bytes += bytes;
	}
}

/**
 * dsr_reasons_sum() - how often a reason was counted on all CPUs
 * @reasons: the records
 * @reason: which
 *
 * Context: Any.
 * Return: packets.
 */
u64 dsr_reasons_sum(const struct dsr_reasons __percpu *reasons, enum dsr_reason reason)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct dsr_reasons *r = per_cpu_ptr(reasons, cpu);
		unsigned int start;
		u64 n;

		do {
			start = u64_stats_fetch_begin(&r->syncp);
			n = u64_stats_read(&r->n[reason]);
		} while (u64_stats_fetch_retry(&r->syncp, start));
		sum += n;
	}
	return sum;
}
