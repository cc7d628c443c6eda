/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters. One record per CPU and owner, written by the CPU's own softirq and
 * summed when somebody asks.
 */
#ifndef _DSR_CORE_STATS_H
#define _DSR_CORE_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <uapi/linux/dsr.h>

#include "core/reason_gen.h"

#define DSR_COUNT_REASON(enum_suffix, file_name) +1
#define DSR_N_REASONS	(0 DSR_REASONS(DSR_COUNT_REASON))
#define DSR_N_ROLES	(DSR_ROLE_BACKEND + 1)

/**
 * struct dsr_counters - packets and bytes of one real on one CPU
 * @packets: packets; a GRO super-packet is one
 * @bytes: bytes from the network header on
 * @syncp: makes 64-bit counters whole on 32-bit CPUs
 */
struct dsr_counters {
	u64_stats_t packets;
	u64_stats_t bytes;
	struct u64_stats_sync syncp;
};

/**
 * struct dsr_reasons - packets of one role of one device on one CPU
 * @n: by enum dsr_reason
 * @syncp: makes 64-bit counters whole on 32-bit CPUs
 */
struct dsr_reasons {
	u64_stats_t n[DSR_N_REASONS];
	struct u64_stats_sync syncp;
};

/**
 * struct dsr_sum - what all CPUs counted
 * @packets: packets
 * @bytes: bytes
 */
struct dsr_sum {
	u64 packets;
	u64 bytes;
};

static inline void dsr_count(struct dsr_counters __percpu *counters, u32 bytes)
{
	struct dsr_counters *c = this_cpu_ptr(counters);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->packets);
	u64_stats_add(&c->bytes, bytes);
	u64_stats_update_end(&c->syncp);
}

static inline void dsr_count_reason(struct dsr_reasons __percpu *reasons,
				    enum dsr_reason reason)
{
	struct dsr_reasons *r = this_cpu_ptr(reasons);

	u64_stats_update_begin(&r->syncp);
	u64_stats_inc(&r->n[reason]);
	u64_stats_update_end(&r->syncp);
}

struct dsr_counters __percpu *dsr_counters_alloc(void);
struct dsr_reasons __percpu *dsr_reasons_alloc(void);
void dsr_counters_add(struct dsr_sum *sum, const struct dsr_counters __percpu *counters);
u64 dsr_reasons_sum(const struct dsr_reasons __percpu *reasons, enum dsr_reason reason);

#endif /* _DSR_CORE_STATS_H */
