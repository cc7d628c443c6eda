/* SPDX-License-Identifier: GPL-2.0 */
/* A thread of the netlink fuzzer, and what it counts. */
#ifndef DSR_FUZZ_NL_FUZZ_H
#define DSR_FUZZ_NL_FUZZ_H

#include "nl.h"

#define MAX_ERRNO	160

struct worker {
	unsigned int number;
	uint16_t family;
	int own[8], *shared, listener;
	struct traffic traffic, calm;
	uint64_t n;		/* messages sent */
	uint32_t sent[N_CLASSES][MAX_OPS];
	uint32_t got[N_CLASSES][MAX_OPS][MAX_ERRNO];
	uint64_t objects, events, said, silent, overruns, strange;
	struct msg msg;
	uint8_t buffer[ROOM] __attribute__((aligned(8)));
	uint8_t answers[32][16 << 10] __attribute__((aligned(8)));
};

/* A sequence number says what was asked, so answers need no memory of questions. Its upper half is
 * there because the kernel may find a message, with a number, in what was meant as noise.
 */
#define SEQ_MAGIC	0x2d5a0000

static inline uint32_t seq_of(enum class class, unsigned int op)
{
	return SEQ_MAGIC | class << 8 | op;
}

/* nl_fuzz.c */
void worker_send(struct worker *w, int fd, size_t len);

/* nl_roll.c */
void roll_call(struct worker *w, uint64_t seed);
unsigned int roll_lacks(const struct worker *w, bool tell);

/* nl_report.c */
void report_drain(struct worker *w, int fd);
int report(struct worker **workers, unsigned int n, double seconds, bool judge);

#endif /* DSR_FUZZ_NL_FUZZ_H */
