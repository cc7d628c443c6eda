// SPDX-License-Identifier: GPL-2.0
/*
 * The netlink fuzzer. Threads in several network namespaces send what nl_make.c and nl_hostile.c
 * make, on sockets of their own and on shared ones, with packets in between.
 *
 *	nl_fuzz [--seed N] [--messages N] [--seconds N] [--threads N]
 *		[--only WORKER] [--from ROUND] --calm LB:WORLD LB:WORLD...
 *
 * In LB the network is to be fuzzed; in WORLD the device "in" is the other end of LB's eth0.
 * Nothing is asked of the calm one: it must go on as if nothing happened. What a thread sends
 * depends on the seed, its number and the round alone, but for sweeps, so --only and --from send
 * any part of it again. Before all that, thread 0 calls the roll (nl_roll.c), however short the
 * time; the --seconds begin after it.
 * Prints figures as comments and "ok" or "not ok" lines.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <net/if.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "nl_fuzz.h"
#include "wire.h"

#define SHARED		2
#define OWN		3
#define MAX_PAIRS	8
#define MAX_THREADS	64

static struct options {
	uint64_t seed, messages, seconds, from;
	unsigned int threads;
	int only;
	const char *calm, *pair[MAX_PAIRS];
	unsigned int n_pairs;
} options = { .messages = 20000, .threads = 4, .only = -1 };

/* What threads of one namespace have in common. */
static struct pair {
	char lb[64], world[64];
	int shared[SHARED];
} pairs[MAX_PAIRS], calm;

static uint16_t family;
static struct timespec began;
static double deadline;		/* in seconds since then */
static pthread_barrier_t started;

/* --- sockets -------------------------------------------------------------------------------- */

static void set(int fd, int option, bool on)
{
	int value = on;

	if (setsockopt(fd, SOL_NETLINK, option, &value, sizeof(value)))
		die("netlink option %d", option);
}

static int open_asking(struct rng *r)
{
	int fd = wire_genl();

	set(fd, NETLINK_EXT_ACK, !rng_one_in(r, 4));
	set(fd, NETLINK_CAP_ACK, !rng_one_in(r, 4));
	set(fd, NETLINK_GET_STRICT_CHK, rng_one_in(r, 2));
	return fd;
}

/* Hears all events, and reads them late or never: its buffer overflows. */
static int open_listening(void)
{
	int fd = wire_genl(), group = wire_events(), room = 16 << 10;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		die("event group");
	return fd;
}

/* Sends a buffer; what netlink refuses to take as a whole gets no answer. */
static bool put(struct worker *w, int fd, size_t len)
{
	if (send(fd, w->buffer, len, 0) == (ssize_t)len)
		return true;
	if (errno != EMSGSIZE && errno != EINVAL && errno != ENODATA)
		die("sending %zu bytes", len);
	return false;
}

/* --- one round ------------------------------------------------------------------------------ */

/* Sends what is in the buffer and must be taken, and reads what comes back. */
void worker_send(struct worker *w, int fd, size_t len)
{
	if (!put(w, fd, len))
		die("a buffer of %zu bytes was not taken", len);
	report_drain(w, fd);
}

static size_t append(struct worker *w, struct rng *r, size_t at, size_t room)
{
	struct msg *m = &w->msg;
	uint32_t dice = rng_below(r, 16);
	enum class class = dice < 9 ? VALID : dice < 10 ? DUMP : NEAR;
	size_t len;

	if (class == VALID)
		nl_valid(m, r, family);
	else if (class == DUMP)
		nl_dump(m, r, family);
	else
		nl_near(m, r, family);
	m->seq = seq_of(class, m->op - nl_ops);
	len = nl_bytes(m, w->buffer + at, room);
	w->sent[class][m->op - nl_ops]++;
	w->n++;
	return len;
}

/* Sixteen requests at most, and perhaps something hostile behind the last: what follows that is
 * another message or none, as the kernel likes, so nothing does.
 */
static void ask(struct worker *w, struct rng *r, int fd)
{
	unsigned int n = rng_one_in(r, 3) ? 1 : 1 + rng_below(r, 16);
	size_t at = 0, len;

	while (n-- && at < ROOM / 2)
		at += append(w, r, at, ROOM / 2);
	if (rng_one_in(r, 3)) {
		len = nl_hostile(&w->msg, r, family, w->buffer + at);
		if (len >= NLMSG_HDRLEN)
			((struct nlmsghdr *)(w->buffer + at))->nlmsg_seq = seq_of(HOSTILE, 0);
		w->sent[HOSTILE][0]++;
		w->n++;
		at += len;
	}
	worker_send(w, fd, at);
}

/* Dumps that nobody reads to their end. */
static void abandon(struct worker *w, struct rng *r)
{
	unsigned int n = 1 + rng_below(r, 3);
	int fd = open_asking(r);
	size_t len;

	while (n--) {
		nl_dump(&w->msg, r, family);
		w->msg.seq = seq_of(HOSTILE, 0);
		len = nl_bytes(&w->msg, w->buffer, ROOM);
		w->sent[HOSTILE][0]++;
		w->n++;
		put(w, fd, len);
	}
	if (rng_one_in(r, 2))
		(void)!read(fd, w->buffer, 512);
	close(fd);
}

static void noise_alone(struct worker *w, struct rng *r, int fd)
{
	size_t len = nl_hostile(&w->msg, r, family, w->buffer);

	if (len >= NLMSG_HDRLEN)
		((struct nlmsghdr *)w->buffer)->nlmsg_seq = seq_of(HOSTILE, 0);
	w->sent[HOSTILE][0]++;
	w->n++;
	put(w, fd, len);
	report_drain(w, fd);
}

static const struct spec_op *op_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < nl_n_ops; i++)
		if (!strcmp(nl_ops[i].name, name))
			return &nl_ops[i];
	fprintf(stderr, "the spec has no %s\n", name);
	exit(2);
}

static size_t plain(uint8_t *to, const struct spec_op *op, uint16_t flags, const void *attr,
		    size_t len)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)to;
	struct genlmsghdr *genl = NLMSG_DATA(nlh);

	*nlh = (struct nlmsghdr) {
		.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN + len,
		.nlmsg_type = family,
		.nlmsg_flags = NLM_F_REQUEST | flags,
		.nlmsg_seq = seq_of(HOSTILE, 0),
	};
	*genl = (struct genlmsghdr) { .cmd = op->cmd, .version = 1 };
	memcpy(genl + 1, attr, len);
	return nlh->nlmsg_len;
}

/* The name in an object of a dump is what its removal is asked for by. */
static void take_away(int fd, const struct spec_op *op, const struct nlmsghdr *nlh)
{
	long left = nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	const struct nlattr *a = NLMSG_DATA(nlh) + GENL_HDRLEN;
	unsigned int name = __builtin_ctz(op->needs);
	uint8_t request[128] __attribute__((aligned(8)));
	ssize_t len;

	while (left >= NLA_HDRLEN && a->nla_type != name) {
		left -= NLA_ALIGN(a->nla_len);
		a = (const void *)a + NLA_ALIGN(a->nla_len);
	}
	if (left < NLA_HDRLEN || a->nla_len > 64)
		return;
	len = plain(request, op, 0, a, NLA_ALIGN(a->nla_len));
	if (send(fd, request, len, 0) != len)
		die("removal");
}

static void sweep_one(struct worker *w, const char *get, const char *del)
{
	const struct spec_op *op = op_of(del);
	int dump = wire_genl(), ask = wire_genl();
	const struct nlmsghdr *nlh;
	ssize_t len;

	len = plain(w->buffer, op_of(get), NLM_F_DUMP, NULL, 0);
	if (send(dump, w->buffer, len, 0) != len)
		die("dump");
	while ((len = recv(dump, w->buffer, ROOM, MSG_DONTWAIT)) > 0)
		for (nlh = (void *)w->buffer; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len))
			if (nlh->nlmsg_type == family)
				take_away(ask, op, nlh);
	close(dump);
	close(ask);
}

/* What was nearly valid may have gone through, under names that nobody guesses again. So once in a
 * while all objects are taken away: by what a dump says, the one thing that no seed brings back.
 */
static void sweep(struct worker *w)
{
	static const char *const ops[][2] = {
		{ "service-get", "service-del" }, { "vip-get", "vip-del" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++)
		sweep_one(w, ops[i][0], ops[i][1]);
}

static void one_round(struct worker *w, uint64_t number)
{
	struct rng r = rng_of(options.seed, w->number, number);
	unsigned int at = rng_below(&r, OWN);

	traffic_burst(&w->traffic, &r, 1 + rng_below(&r, 8));
	traffic_calm(&w->calm, &r, 1);
	if (rng_one_in(&r, 48)) {
		report_drain(w, w->own[at]);
		close(w->own[at]);
		w->own[at] = open_asking(&r);
	}
	if (rng_one_in(&r, 64)) {
		close(w->listener);
		w->listener = open_listening();
	} else if (rng_one_in(&r, 8)) {
		report_drain(w, w->listener);
	}
	if (rng_one_in(&r, 48))
		abandon(w, &r);
	else if (rng_one_in(&r, 16))
		noise_alone(w, &r, w->own[at]);
	else
		ask(w, &r, rng_one_in(&r, 3) ? w->shared[rng_below(&r, SHARED)] : w->own[at]);
}

/* --- threads -------------------------------------------------------------------------------- */

static double elapsed(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - began.tv_sec + (now.tv_nsec - began.tv_nsec) / 1e9;
}

static bool late(void)
{
	return options.seconds && elapsed() > deadline;
}

/* Or only a part of one, to look into something? */
static bool whole_run(void)
{
	return options.only < 0 && !options.from;
}

/* Who waits for long wants to see that it gets on; one thread tells of itself. */
static void say_how_far(const struct worker *w, uint64_t quota)
{
	static double next = 60;

	if (w->number || elapsed() < next)
		return;
	printf("# thread 0: %llu messages after %.0f s", (unsigned long long)w->n, elapsed());
	if (!options.seconds)
		printf(", of %llu", (unsigned long long)quota);
	putchar('\n');
	next = elapsed() + 60;
}

/* After a crash the console says about where it was. */
static void mark(const struct worker *w, uint64_t number)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	char text[96];

	snprintf(text, sizeof(text), "nl_fuzz: seed %llu worker %u round %llu\n",
		 (unsigned long long)options.seed, w->number, (unsigned long long)number);
	if (fd >= 0) {
		(void)!write(fd, text, strlen(text));
		close(fd);
	}
}

static void *work(void *arg)
{
	uint64_t quota = options.messages / options.threads, number;
	struct worker *w = arg;
	struct pair *pair = &pairs[w->number % options.n_pairs];
	struct rng r = rng_of(options.seed, w->number, ~0ULL);
	int i;

	wire_enter(calm.world);
	traffic_open(&w->calm, "in");
	wire_enter(pair->world);
	traffic_open(&w->traffic, "in");
	wire_enter(pair->lb);
	for (i = 0; i < OWN; i++)
		w->own[i] = open_asking(&r);
	w->shared = pair->shared;
	w->listener = open_listening();
	if (!w->number && whole_run()) {
		roll_call(w, options.seed);
		deadline = elapsed() + options.seconds;
	}
	pthread_barrier_wait(&started);

	for (number = options.from; w->n < quota && !late(); number++) {
		if (number % 8192 == 0)
			mark(w, number);
		if (number % 1024 == 1023 && w->number < options.n_pairs)
			sweep(w);
		if (number % 64 == 0)
			say_how_far(w, quota);
		one_round(w, number);
	}
	for (i = 0; i < OWN; i++) {
		report_drain(w, w->own[i]);
		close(w->own[i]);
	}
	close(w->listener);
	close(w->traffic.sock);
	close(w->calm.sock);
	return NULL;
}

static void split_pair(struct pair *pair, const char *text)
{
	if (sscanf(text, "%63[^:]:%63s", pair->lb, pair->world) != 2) {
		fprintf(stderr, "%s is not LB:WORLD\n", text);
		exit(2);
	}
}

static void open_pair(struct pair *pair, const char *text, struct rng *r)
{
	static const char *const devs[] = { "lo", "eth0", "eth1", "d0", "d1" };
	unsigned int i;

	split_pair(pair, text);
	wire_enter(pair->lb);
	for (i = 0; i < SHARED; i++)
		pair->shared[i] = open_asking(r);
	/* Namespaces that are made alike number their devices alike. */
	for (nl_n_ifindex = i = 0; i < ARRAY_SIZE(devs); i++)
		if (i && if_nametoindex(devs[i]))
			nl_ifindex[nl_n_ifindex++] = if_nametoindex(devs[i]);
	if (!nl_n_ifindex)
		die("no devices in %s", pair->lb);
}

static void parse(int argc, char **argv)
{
	static const struct option known[] = {
		{ "seed", 1, NULL, 's' }, { "messages", 1, NULL, 'm' }, { "seconds", 1, NULL, 't' },
		{ "threads", 1, NULL, 'n' }, { "only", 1, NULL, 'o' }, { "from", 1, NULL, 'f' },
		{ "calm", 1, NULL, 'c' }, {}
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1)
		switch (c) {
		case 's':
			options.seed = strtoull(optarg, NULL, 0);
			break;
		case 'm':
			options.messages = strtoull(optarg, NULL, 0);
			break;
		case 't':
			options.seconds = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			options.threads = strtoul(optarg, NULL, 0);
			break;
		case 'o':
			options.only = strtol(optarg, NULL, 0);
			break;
		case 'f':
			options.from = strtoull(optarg, NULL, 0);
			break;
		case 'c':
			options.calm = optarg;
			break;
		default:
			exit(2);
		}
	while (optind < argc && options.n_pairs < MAX_PAIRS)
		options.pair[options.n_pairs++] = argv[optind++];
	if (!options.n_pairs || !options.calm || !options.threads ||
	    options.threads > MAX_THREADS) {
		fprintf(stderr, "usage: see the head of the source\n");
		exit(2);
	}
}

static void final_drain(struct worker *w)
{
	unsigned int i, j;

	for (i = 0; i < options.n_pairs; i++)
		for (j = 0; j < SHARED; j++)
			report_drain(w, pairs[i].shared[j]);
}

int main(int argc, char **argv)
{
	static struct worker *workers[MAX_THREADS];
	pthread_t thread[MAX_THREADS];
	unsigned int i, n = 0;
	struct rng r;

	setvbuf(stdout, NULL, _IOLBF, 0);
	parse(argc, argv);
	if (!options.seed && getrandom(&options.seed, 4, 0) != 4)
		die("a seed");
	printf("# seed %llu, %u threads, %llu messages\n", (unsigned long long)options.seed,
	       options.threads, (unsigned long long)options.messages);
	r = rng_of(options.seed, ~0ULL, 0);
	split_pair(&calm, options.calm);
	for (i = 0; i < options.n_pairs; i++)
		open_pair(&pairs[i], options.pair[i], &r);
	family = wire_family("dsr");

	for (i = 0; i < options.threads; i++)
		if (options.only < 0 || options.only == (int)i) {
			workers[n] = calloc(1, sizeof(*workers[n]));
			if (!workers[n])
				die("memory");
			workers[n]->family = family;
			workers[n++]->number = i;
		}
	clock_gettime(CLOCK_MONOTONIC, &began);
	deadline = options.seconds;
	pthread_barrier_init(&started, NULL, n);
	for (i = 0; i < n; i++)
		if (pthread_create(&thread[i], NULL, work, workers[i]))
			die("thread");
	for (i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	final_drain(workers[0]);
	if (late())
		printf("# the %llu seconds were over first\n",
		       (unsigned long long)options.seconds);
	return report(workers, n, elapsed(), whole_run());
}
