/* SPDX-License-Identifier: GPL-2.0 */
/* The frame fuzzer: what its files share. */
#ifndef DSR_FUZZ_FR_H
#define DSR_FUZZ_FR_H

#include <linux/virtio_net.h>
#include <stddef.h>

#include "rng.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MAX_FRAME	65536
#define N_REASONS	32
#define CHUNK		64	/* frames sent together */

/* What frame_corpus.py says of a frame where it names no reason. */
#define ANY		254	/* any reason but to be steered */
#define LOST		255	/* no hook ever sees it */
#define STEERED		0

/* A frame of the corpus. @mac is that of the real it went to first: it goes nowhere else. */
struct record {
	const uint8_t *frame;
	uint32_t len;
	uint8_t reason, service, gso_type, csum;
	uint16_t gso_size, csum_start, csum_offset, hdr_len;
	uint8_t mac[6];
};

enum tap { TAP_PLAIN, TAP_NAPI, TAP_FRAGS, TAP_GRO, N_TAPS };
enum cut { CUT_NONE, CUT_ETH, CUT_ANY, CUT_TINY };

/* How frames are given to the kernel: by which device, in which pieces, watched or not, and with
 * a checksum still to be made.
 */
struct form {
	const char *name;
	enum tap tap;
	enum cut cut;
	bool clone, csum, gso;
};

/* What somebody saw. */
struct seen {
	struct virtio_net_hdr vnet;
	uint8_t *frame;
	uint32_t len;
};

struct chunk {
	unsigned int at, n;
};

/* The chunks of the corpus that are for one form, and which is next. */
struct order {
	struct chunk *chunks;
	unsigned int n, next;
};

/* fr_order.c */
void order_make(struct order *o, const struct form *form, const struct record *records,
		unsigned int n);
void order_shuffle(struct order *o, struct rng *r);

/* fr_tap.c */
void tap_open(enum tap tap);
const char *tap_name(enum tap tap);
int tap_send(const struct form *form, const struct record *rec, struct rng *r);

/* fr_seen.c */
struct eye;
struct eye *eye_open(const char *dev, bool vnet);
void eye_close(struct eye *eye);
struct seen *eye_next(struct eye *eye, int seconds);

/* fr_count.c */
void count_open(const char *dev);
void count_read(uint64_t reasons[N_REASONS]);

/* fr_compare.c */
const char *compare_whole(struct record *rec, const struct form *form, const struct seen *out);
const char *compare_segment(struct record *rec, const struct seen *out, unsigned int i);
unsigned int compare_segments(const struct record *rec);

#endif /* DSR_FUZZ_FR_H */
