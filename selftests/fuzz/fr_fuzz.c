// SPDX-License-Identifier: GPL-2.0
/*
 * Gives a corpus of frames (frame_corpus.py) to the hook in every form that a packet can have, and
 * compares what becomes of each frame with what the corpus says.
 *
 *	fr_fuzz [--seed N] [--frames N] [--seconds N] [--segment] CORPUS LB REAL
 *
 * LB has the taps of fr_tap.c with the role balancer, REAL is behind LB's eth1. With --segment LB's
 * eth1 cannot segment and the kernel has to. Frames that are to end alike are sent one after the
 * other, behind them one that is steered for certain: when it arrives, all others have, or never
 * will. Then the counters say of each one by which reason it went. The whole corpus goes through
 * every form at least once, unless --seconds are over before. With those all forms come equally
 * far, because they take turns, and the first turn of each is there at any speed: a form without a
 * frame could not be made. Prints figures, and "ok" or "not ok" lines.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "fr.h"
#include "wire.h"

#define SLICE	128	/* frames of the corpus, about: a turn of a form */
#define PATIENCE	60	/* seconds for what must come */
#define MAX_TOLD	10

#define N_FORMS	ARRAY_SIZE(forms)
static const struct form forms[] = {
	{ "in one piece", TAP_PLAIN },
	{ "in one piece, cloned", TAP_PLAIN, .clone = true },
	{ "by NAPI", TAP_NAPI },
	{ "by NAPI, cloned", TAP_NAPI, .clone = true },
	{ "headers in a fragment", TAP_FRAGS, CUT_ETH },
	{ "headers in a fragment, cloned", TAP_FRAGS, CUT_ETH, .clone = true },
	{ "cut anywhere", TAP_FRAGS, CUT_ANY },
	{ "cut anywhere, cloned", TAP_FRAGS, CUT_ANY, .clone = true },
	{ "cut anywhere, by GRO", TAP_GRO, CUT_ANY },
	{ "cut anywhere, by GRO, cloned", TAP_GRO, CUT_ANY, .clone = true },
	{ "in tiny fragments", TAP_FRAGS, CUT_TINY },
	{ "in tiny fragments, cloned", TAP_FRAGS, CUT_TINY, .clone = true },
	{ "checksum to be made", TAP_PLAIN, .csum = true },
	{ "checksum to be made, cloned", TAP_PLAIN, .csum = true, .clone = true },
	{ "checksum to be made, cut anywhere", TAP_FRAGS, CUT_ANY, .csum = true },
	{ "GSO, headers linear", TAP_PLAIN, .gso = true },
	{ "GSO, headers linear, cloned", TAP_PLAIN, .gso = true, .clone = true },
	{ "GSO, cut anywhere", TAP_FRAGS, CUT_ANY, .gso = true },
	{ "GSO, cut anywhere, cloned", TAP_FRAGS, CUT_ANY, .gso = true, .clone = true },
	{ "GSO, in one fragment after another", TAP_FRAGS, CUT_ETH, .gso = true },
};

/* How far a form has come. */
static struct run {
	struct order order;
	struct rng rng;
	uint64_t frames, chunks;
	unsigned int bad;	/* chunks that something was wrong with */
} runs[N_FORMS];

static uint64_t seed, quota = 1, seconds, total, refused;
static bool segment;
static const char *corpus, *lb_name, *real_name;
static struct record *records;
static unsigned int n_records;
static struct eye *real, *watcher;
static unsigned int told, sentinels;
static struct rng *rng;		/* of the form that is sent */

/* --- a corpus ------------------------------------------------------------------------------- */

static void load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const uint8_t *at, *end;
	struct stat st;
	unsigned int i;

	if (fd < 0 || fstat(fd, &st))
		die("%s", path);
	at = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED || st.st_size < 8 || memcmp(at, "DSRF", 4))
		die("%s is no corpus", path);
	end = at + st.st_size;
	memcpy(&n_records, at + 4, 4);
	records = calloc(n_records, sizeof(*records));
	if (!records)
		die("memory");
	for (at += 8, i = 0; i < n_records && at + 16 <= end; i++) {
		struct record *r = &records[i];

		memcpy(&r->len, at, 4);
		memcpy(&r->reason, at + 4, 4);
		memcpy(&r->gso_size, at + 8, 8);
		r->frame = at + 16;
		at += 16 + r->len;
	}
	if (i != n_records || at != end)
		die("%s is cut", path);
}

/* --- one chunk ------------------------------------------------------------------------------ */

/* UDP to the first service, its number in its ports and its data. */
static struct record sentinel(void)
{
	static uint8_t frame[64] = {
		2, 0, 0, 0, 0, 0x10, 2, 0, 0, 0, 0, 1, 8, 0,
		0x45, 0, 0, 50, 0, 0, 0, 0, 64, 17, 0, 0, 203, 0, 113, 200, 198, 51, 100, 1,
		0, 0, 0, 80, 0, 30, 0, 0, 's', 'e', 'n', 't', 'i', 'n', 'e', 'l',
	};

	sentinels++;
	memcpy(frame + 34, &sentinels, 2);
	memcpy(frame + 50, &sentinels, 4);
	return (struct record) { .frame = frame, .len = sizeof(frame) };
}

static bool is_sentinel(const struct seen *s)
{
	return s->len == 64 && !memcmp(s->frame + 42, "sentinel", 8) &&
	       !memcmp(s->frame + 50, &sentinels, 4);
}

/* What the real got of a chunk, up to the sentinel; NULL if all of it is right. */
static const char *at_real(const struct form *form, struct record **sent, unsigned int n,
			   unsigned int *which)
{
	unsigned int i = 0, part = 0;
	const char *wrong = NULL;
	struct seen *s;

	if (n && sent[0]->reason != STEERED)
		i = n;
	for (;;) {
		s = eye_next(real, PATIENCE);
		if (!s)
			die("a frame that must arrive does not (%s)", form->name);
		if (is_sentinel(s))
			break;
		if (wrong)
			continue;
		*which = i < n ? i : 0;
		if (i == n)
			wrong = "the real got a frame that was not for it";
		else if (form->gso && segment)
			wrong = compare_segment(sent[i], s, part);
		else
			wrong = compare_whole(sent[i], form, s);
		if (i < n && (!form->gso || !segment || ++part == compare_segments(sent[i]))) {
			i++;
			part = 0;
		}
	}
	*which = !wrong && i < n ? i : *which;
	return !wrong && i < n ? "it did not reach the real" : wrong;
}

/* Who watches sees every frame as it came in, whatever is done to it later. */
static const char *at_clone(struct record **sent, unsigned int n, unsigned int *which)
{
	const char *wrong = NULL;
	unsigned int i = 0;
	struct seen *s;

	if (!watcher)
		return NULL;
	if (n && sent[0]->reason == LOST)
		i = n;
	for (;;) {
		s = eye_next(watcher, PATIENCE);
		if (!s)
			die("who watches does not see a frame");
		if (is_sentinel(s))
			break;
		if (wrong)
			continue;
		*which = i < n ? i : 0;
		if (i == n || s->len != sent[i]->len || memcmp(s->frame, sent[i]->frame, s->len))
			wrong = "who watches saw another frame than came in";
		i++;
	}
	return wrong ?: i < n ? "who watches did not see it" : NULL;
}

static const char *by_counters(const uint64_t *before, unsigned int reason, unsigned int n)
{
	uint64_t now[N_REASONS], moved, all = 0;
	static char said[128];
	unsigned int i;

	count_read(now);
	/* The sentinel is steered as well. */
	now[STEERED]--;
	for (i = 0; i < N_REASONS; i++) {
		moved = now[i] - before[i];
		all += moved;
		if (reason < ANY ? moved != (i == reason ? n : 0) : i == STEERED && moved) {
			snprintf(said, sizeof(said),
				 "reason %u counted %d, wanted reason %u for %u", i, (int)moved,
				 reason, n);
			return said;
		}
	}
	return all == (reason == LOST ? 0 : n) ? NULL : "not every frame was counted once";
}

/* Sends frames that end alike; what is wrong with one of them, or NULL. */
static const char *chunk(const struct form *form, struct record *rec, unsigned int n,
			 unsigned int *which)
{
	const char *wrong, *watched, *counted;
	struct record *sent[CHUNK], last;
	uint64_t before[N_REASONS];
	unsigned int i, k = 0, at = 0;
	int err;

	count_read(before);
	for (i = 0; i < n; i++) {
		err = tap_send(form, &rec[i], rng);
		if (!err)
			sent[k++] = &rec[i];
		else if (err != EINVAL)
			die("device refuses a frame (%s): %s", form->name, strerror(err));
	}
	refused += n - k;
	total += k;
	last = sentinel();
	err = tap_send(&(struct form) { .tap = form->tap, .cut = form->cut }, &last, rng);
	if (err)
		die("sentinel: %s", strerror(err));
	*which = 0;
	wrong = at_real(form, sent, k, &at);
	*which = wrong ? at : 0;
	watched = at_clone(sent, k, &at);
	if (!wrong && watched)
		*which = at;
	counted = by_counters(before, rec->reason, k);
	if (k)
		*which = sent[*which] - rec;
	return wrong ?: watched ?: counted;
}

static void tell(const struct form *form, const struct record *rec, const char *wrong)
{
	unsigned int i;

	printf("# %s: %s (reason %u, service %u, %u bytes)\n#  ", form->name, wrong, rec->reason,
	       rec->service, rec->len);
	for (i = 0; i < rec->len && i < 120; i++)
		printf("%s%02x", i % 2 ? "" : " ", rec->frame[i]);
	putchar('\n');
}

/* --- all of it ------------------------------------------------------------------------------ */

static bool one_chunk(const struct form *form, struct record *rec, unsigned int n)
{
	unsigned int which, i;
	const char *wrong = chunk(form, rec, n, &which);

	if (!wrong)
		return true;
	if (n == 1 || told >= MAX_TOLD) {
		if (told++ < MAX_TOLD)
			tell(form, &rec[which], wrong);
		return false;
	}
	/* Which of them is it? */
	for (i = 0; i < n; i++) {
		wrong = chunk(form, &rec[i], 1, &which);
		if (wrong && told++ < MAX_TOLD)
			tell(form, &rec[i], wrong);
	}
	if (!told)
		tell(form, &rec[which], "wrong among others, right alone");
	told += !told;
	return false;
}

static double elapsed(void)
{
	static struct timespec began;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!began.tv_sec)
		began = now;
	return now.tv_sec - began.tv_sec + (now.tv_nsec - began.tv_nsec) / 1e9;
}

static bool late(void)
{
	return seconds && elapsed() > seconds;
}

/* Who waits for long wants to see that it gets on. */
static void say_how_far(void)
{
	static double next = 60;

	if (elapsed() < next)
		return;
	printf("# %llu frames after %.0f s\n", (unsigned long long)total, elapsed());
	next = elapsed() + 60;
}

static bool takes_part(const struct form *form)
{
	return !segment || form->gso;
}

/* One form up to a chunk of its order; and on, until there is a frame of it. */
static void turn(const struct form *form, struct run *run, unsigned int to)
{
	struct order *o = &run->order;
	uint64_t before = total;

	if (o->next == o->n || (run->frames && (o->next >= to || late())))
		return;
	rng = &run->rng;
	count_open(tap_name(form->tap));
	watcher = form->clone ? eye_open(tap_name(form->tap), false) : NULL;
	while (o->next < o->n && (!run->frames || (o->next < to && !late()))) {
		const struct chunk *c = &o->chunks[o->next++];

		run->bad += !one_chunk(form, &records[c->at], c->n);
		run->chunks++;
		run->frames += total - before;
		before = total;
		say_how_far();
	}
	if (watcher)
		eye_close(watcher);
	watcher = NULL;
}

/* The whole corpus in all forms; slice by slice, as far as it goes, if the time is bounded. Else
 * one after the other: each turn opens and closes a socket, and that takes as long as many frames.
 */
static void one_round(uint64_t number)
{
	unsigned int slices = seconds ? n_records / SLICE + 1 : 1, slice, i;

	for (i = 0; i < N_FORMS; i++) {
		runs[i].rng = rng_of(seed, i, number);
		order_shuffle(&runs[i].order, &runs[i].rng);
	}
	/* Rounded up: in the first slice each form has a chunk. */
	for (slice = 1; slice <= slices && (slice == 1 || !late()); slice++)
		for (i = 0; i < N_FORMS; i++)
			if (takes_part(&forms[i]))
				turn(&forms[i], &runs[i],
				     ((uint64_t)runs[i].order.n * slice + slices - 1) / slices);
}

static void parse(int argc, char **argv)
{
	static const struct option known[] = {
		{ "seed", 1, NULL, 's' }, { "frames", 1, NULL, 'n' }, { "seconds", 1, NULL, 't' },
		{ "segment", 0, NULL, 'g' }, {}
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1)
		switch (c) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			quota = strtoull(optarg, NULL, 0);
			break;
		case 't':
			seconds = strtoull(optarg, NULL, 0);
			break;
		case 'g':
			segment = true;
			break;
		default:
			exit(2);
		}
	if (argc - optind != 3) {
		fprintf(stderr, "usage: see the head of the source\n");
		exit(2);
	}
	corpus = argv[optind];
	lb_name = argv[optind + 1];
	real_name = argv[optind + 2];
}

static bool report(void)
{
	double times, least = 1;
	const struct run *run;
	bool good = true;
	unsigned int i;

	for (i = 0; i < N_FORMS; i++) {
		run = &runs[i];
		if (!takes_part(&forms[i]))
			continue;
		times = run->order.n ? (double)run->chunks / run->order.n : 0;
		if (times < least)
			least = times;
		printf("# %s: %llu frames, %.2f times the corpus%s\n", forms[i].name,
		       (unsigned long long)run->frames, times,
		       run->frames ? "" : ": not one could be made");
		printf("%sok frames %s%s end as scapy reads them\n",
		       run->bad || !run->frames ? "not " : "", forms[i].name,
		       segment ? ", segmented by the kernel," : "");
		good &= !run->bad && run->frames;
	}
	printf("# %llu frames in %.1f s, %.0f a second; %llu more that the device refused\n",
	       (unsigned long long)total, elapsed(), total / elapsed(),
	       (unsigned long long)refused);
	if (late() && least < 1)
		printf("# %llu seconds were too few for the whole corpus in every form\n",
		       (unsigned long long)seconds);
	return good;
}

int main(int argc, char **argv)
{
	cpu_set_t first;
	uint64_t round;
	unsigned int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	parse(argc, argv);
	if (!seed && getrandom(&seed, 4, 0) != 4)
		die("a seed");
	load(corpus);
	printf("# seed %llu, a corpus of %u frames\n", (unsigned long long)seed, n_records);
	/* Frames of one CPU stay in order. */
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first))
		die("CPU 0");
	wire_enter(real_name);
	real = eye_open("eth0", true);
	wire_enter(lb_name);
	for (i = 0; i < N_TAPS; i++)
		tap_open(i);
	for (i = 0; i < N_FORMS; i++)
		order_make(&runs[i].order, &forms[i], records, n_records);
	elapsed();
	/* Whole rounds, so that each form has its share. */
	for (round = 0; !round || (total < quota && !late()); round++)
		one_round(round);
	return !report();
}
