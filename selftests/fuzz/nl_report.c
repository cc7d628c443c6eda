// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel answered: by class, operation and errno. Requests that are whole are answered
 * exactly once, each operation is done and refused (nl_roll.c sees to it), and enough of the valid
 * ones must have been done: a fuzzer whose requests never get past validation tests nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "nl_fuzz.h"
#include "wire.h"

/* Of a hundred valid requests of an operation so many must be done, and of so few at least one. Who
 * comes first is chance: these are far from it.
 */
#define LEAST_SHARE	5
#define LEAST_SENT	40

static void count(struct worker *w, uint32_t seq, int err)
{
	unsigned int class = seq >> 8 & 0xff, op = seq & 0xff;

	err = err < 0 ? -err : err;
	if ((seq & 0xffff0000) != SEQ_MAGIC || class >= N_CLASSES || op >= MAX_OPS ||
	    err >= MAX_ERRNO) {
		w->strange++;
		return;
	}
	w->got[class][op][err]++;
}

static void one_message(struct worker *w, const struct nlmsghdr *nlh, bool whole)
{
	const int *err = NLMSG_DATA(nlh);

	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		count(w, nlh->nlmsg_seq, *err);
		if (*err && nlh->nlmsg_flags & NLM_F_ACK_TLVS)
			w->said++;
		else if (*err)
			w->silent++;
		break;
	case NLMSG_DONE:
		/* Of a dump by the controller, too: those have no class of their own. */
		count(w, nlh->nlmsg_seq, whole ? *err : 0);
		break;
	default:
		if (nlh->nlmsg_seq)
			w->objects++;
		else
			w->events++;
	}
}

static void one_datagram(struct worker *w, const struct mmsghdr *mm)
{
	const struct nlmsghdr *nlh = mm->msg_hdr.msg_iov->iov_base;
	bool whole = !(mm->msg_hdr.msg_flags & MSG_TRUNC);
	long left = mm->msg_len;

	while (left >= NLMSG_HDRLEN + 4 && nlh->nlmsg_len >= NLMSG_HDRLEN) {
		one_message(w, nlh, whole);
		left -= NLMSG_ALIGN(nlh->nlmsg_len);
		nlh = (const void *)nlh + NLMSG_ALIGN(nlh->nlmsg_len);
	}
}

/* Read all that is there. A dump goes on for as long as somebody reads. */
void report_drain(struct worker *w, int fd)
{
	struct mmsghdr mm[ARRAY_SIZE(w->answers)];
	struct iovec iov[ARRAY_SIZE(w->answers)];
	unsigned int i;
	int n;

	for (i = 0; i < ARRAY_SIZE(w->answers); i++) {
		iov[i] = (struct iovec) { w->answers[i], sizeof(w->answers[i]) };
		memset(&mm[i], 0, sizeof(mm[i]));
		mm[i].msg_hdr.msg_iov = &iov[i];
		mm[i].msg_hdr.msg_iovlen = 1;
	}
	for (;;) {
		n = recvmmsg(fd, mm, ARRAY_SIZE(w->answers), MSG_DONTWAIT, NULL);
		if (n < 0 && errno == ENOBUFS) {
			w->overruns += fd != w->listener;
			continue;
		}
		/* Two read one dump, and the other has just read its end. */
		if (n < 0 && errno == EINVAL)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			die("receiving");
		for (i = 0; i < (unsigned int)n; i++)
			one_datagram(w, &mm[i]);
	}
}

/* --- figures -------------------------------------------------------------------------------- */

static void sum(struct worker *to, const struct worker *from)
{
	unsigned int c, op, e;

	for (c = 0; c < N_CLASSES; c++)
		for (op = 0; op < MAX_OPS; op++) {
			to->sent[c][op] += from->sent[c][op];
			for (e = 0; e < MAX_ERRNO; e++)
				to->got[c][op][e] += from->got[c][op][e];
		}
	to->n += from->n;
	to->objects += from->objects;
	to->events += from->events;
	to->said += from->said;
	to->silent += from->silent;
	to->overruns += from->overruns;
	to->strange += from->strange;
	to->traffic.sent += from->traffic.sent;
	to->calm.sent += from->calm.sent;
}

static void line(const struct worker *w, enum class class, unsigned int op)
{
	unsigned int e;

	printf("# %-7s %-12s %8u sent %8u done", class_names[class],
	       class == HOSTILE ? "" : nl_ops[op].name, w->sent[class][op], w->got[class][op][0]);
	for (e = 1; e < MAX_ERRNO; e++)
		if (w->got[class][op][e])
			printf("  %s %u", strerrorname_np(e) ?: "?", w->got[class][op][e]);
	putchar('\n');
}

static uint64_t answers(const struct worker *w, enum class class, unsigned int op)
{
	uint64_t n = 0;
	unsigned int e;

	for (e = 0; e < MAX_ERRNO; e++)
		n += w->got[class][op][e];
	return n;
}

static bool all_answered(const struct worker *w)
{
	unsigned int class, op;
	bool good = !w->overruns;

	for (class = 0; class < HOSTILE; class++)
		for (op = 0; op < nl_n_ops; op++)
			if (w->sent[class][op] != answers(w, class, op)) {
				printf("# %s %s: %u sent, %llu answers\n", class_names[class],
				       nl_ops[op].name, w->sent[class][op],
				       (unsigned long long)answers(w, class, op));
				good = false;
			}
	printf("%sok every request is answered exactly once\n", good ? "" : "not ");
	return good;
}

static bool all_called(const struct worker *w)
{
	bool good = !roll_lacks(w, true);

	printf("%sok each of %u operations is done and refused at least once\n",
	       good ? "" : "not ", nl_n_ops);
	return good;
}

static bool too_few(uint64_t sent, uint64_t done)
{
	return !done || (sent >= 4 * LEAST_SENT && done * 100 < sent * LEAST_SHARE);
}

/* A slow kernel in a short time: what is not judged is said. */
static void say_unjudged(const struct worker *w, enum class class, unsigned int n)
{
	unsigned int op;

	if (!n)
		return;
	printf("# %s: sent less than %u times, too few for a share:", class_names[class],
	       LEAST_SENT);
	for (op = 0; op < nl_n_ops; op++)
		if (w->sent[class][op] < LEAST_SENT && (class != DUMP || nl_ops[op].dump))
			printf(" %s %u", nl_ops[op].name, w->sent[class][op]);
	putchar('\n');
}

static bool enough_done(const struct worker *w, enum class class)
{
	unsigned int op, sent, done, least = 100, ops = 0, judged = 0;
	bool good = true;

	for (op = 0; op < nl_n_ops; op++) {
		if (class == DUMP && !nl_ops[op].dump)
			continue;
		ops++;
		sent = w->sent[class][op];
		done = w->got[class][op][0];
		if (sent < LEAST_SENT)
			continue;
		judged++;
		if (too_few(sent, done)) {
			printf("# %s %s: %u of %u done\n", class_names[class],
			       nl_ops[op].name, done, sent);
			good = false;
		}
		if (done * 100ULL / sent < least)
			least = done * 100ULL / sent;
	}
	say_unjudged(w, class, ops - judged);
	printf("%sok of %s requests enough are done, %u %% at least, of %u operations of %u\n",
	       good ? "" : "not ", class_names[class], judged ? least : 0, judged,
	       ops);
	return good;
}

/* Adds all up, prints it, and judges if all of it was sent; returns the exit status. */
int report(struct worker **workers, unsigned int n, double seconds, bool judge)
{
	struct worker *all = workers[0];
	unsigned int i, class, op;
	bool good = true;

	for (i = 1; i < n; i++)
		sum(all, workers[i]);
	for (class = 0; class < N_CLASSES; class++)
		for (op = 0; op < nl_n_ops; op++)
			if (all->sent[class][op])
				line(all, class, op);
	printf("# %llu messages in %.1f s, %.0f a second\n", (unsigned long long)all->n, seconds,
	       all->n / seconds);
	printf("# %llu objects and %llu events in return; %llu frames, %llu to the calm one\n",
	       (unsigned long long)all->objects, (unsigned long long)all->events,
	       (unsigned long long)all->traffic.sent, (unsigned long long)all->calm.sent);
	printf("# refusals with words %llu, without %llu; overruns %llu, strange answers %llu\n",
	       (unsigned long long)all->said, (unsigned long long)all->silent,
	       (unsigned long long)all->overruns, (unsigned long long)all->strange);
	if (judge) {
		good &= all_answered(all);
		good &= all_called(all);
		good &= enough_done(all, VALID);
		good &= enough_done(all, DUMP);
	}
	printf("# calm %llu\n", (unsigned long long)all->calm.sent);
	return !good;
}
