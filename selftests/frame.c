// SPDX-License-Identifier: GPL-2.0
/*
 * frame: sends, expects, compares and floods Ethernet frames byte for byte, through packet sockets.
 *
 * A device is DEV or NAMESPACE/DEV, so one process can send in one namespace and listen in another:
 * it listens before it sends, and no test needs to guess when a listener is ready.
 * A frame is hex digits (spaces and colons allowed), @FILE with such digits, or a recipe: see
 * usage().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <linux/if_ether.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "frame.h"

#define BATCH 64
#define PATIENCE 30000 /* ms for answers that are wanted */

static void usage(FILE *to)
{
	static const char text[] =
"usage: frame build FRAME                          print it as hex\n"
"       frame send DEV FRAME [--count N] [--rate PER_SECOND]\n"
"       frame expect DEV FRAME|--match AT:HEX...   exit 0 as soon as --count N came, 1 after --timeout MS\n"
"             [--none]                             instead: 1 as soon as one comes, 0 after the timeout\n"
"             [--exactly N]                        instead: wait for the timeout, then count\n"
"             [--out]                              see what the device sends, too\n"
"       frame cross FROM TO FRAME                  send on FROM, expect on TO; options of both, and\n"
"             [--new-dmac MAC] [--new-smac MAC]    what alone may have changed on the way\n"
"       frame capture DEV [--match AT:HEX]... [--count N] [--timeout MS] [--out]   print what comes\n"
"       frame diff FRAME FRAME [--only-macs]       which bytes differ; with the option, exit 0 if\n"
"                                                  none but the two MACs do\n"
"       frame flood DEV arp|ns ... --count N       send fast, count the answers about --target\n"
"             [--vary]                             another sender each time: a neighbour entry each\n"
"             [--want N] [--settle MS]             exit 1 unless N answers came\n"
"DEV is [NAMESPACE/]NAME. FRAME is HEX, @FILE or a recipe; a field left out is what is right:\n"
"  udp4 udp6 tcp4 tcp6 echo4 echo6 ip4 ip6    --src --dst --sport --dport --ttl --tos --id\n"
"      --payload HEX --size BYTES   --flags TCP_FLAGS --seq --ack --window   --echo-id --echo-seq\n"
"      --df --mf --offset EIGHTHS    (fragments)\n"
"      wrong on purpose: --version --ihl --total --proto --sum --l4sum --l4len --doff --truncate BYTES\n"
"  arp --target IP [--src IP] [--as broadcast|unicast|probe|garp|garp-reply|reply] [--op --sha --tha]\n"
"  rarp [--sha --tha]   ns --target IP6 [--src]   na --target IP6 [--src --dst --sha] [--op RSO_BITS]\n"
"  all: --smac --dmac --vlan VID|TPID:TCI (again for more) --pad (to 60 bytes)\n"
"exit: 0 as wanted, 1 not, 2 wrong usage or no such device\n";

	fputs(text, to);
}

static void bytes_print(const struct bytes *b)
{
	size_t i;

	for (i = 0; i < b->len; i++)
		printf("%02x", b->data[i]);
	putchar('\n');
	fflush(stdout);
}

static size_t bytes_differing(const struct bytes *a, const struct bytes *b)
{
	size_t i, n = a->len < b->len ? b->len - a->len : a->len - b->len;

	for (i = 0; i < a->len && i < b->len; i++)
		n += a->data[i] != b->data[i];
	return n;
}

static void print_range(FILE *to, const char *name, const struct bytes *b, size_t from, size_t end)
{
	fprintf(to, "  %s ", name);
	for (; from < end && from < b->len; from++)
		fprintf(to, "%02x", b->data[from]);
}

/* Says which ranges differ; returns whether anything but bytes 0 to 11 does. */
static int diff_print(FILE *to, const struct bytes *a, const struct bytes *b)
{
	size_t i, from, shorter = a->len < b->len ? a->len : b->len;
	int beyond = a->len != b->len;

	for (i = 0; i < shorter; i++) {
		if (a->data[i] == b->data[i])
			continue;
		from = i;
		/* A field ends where the next begins, even if that differs too. */
		while (i < shorter && a->data[i] != b->data[i] &&
		       !(i > from && (i == 6 || i == 12)))
			i++;
		fprintf(to, "bytes %zu-%zu%s:", from, i - 1, from < 6 ? " (destination MAC)" :
			from < 12 ? " (source MAC)" : "");
		print_range(to, "a", a, from, i);
		print_range(to, "b", b, from, i);
		fputc('\n', to);
		beyond |= from >= 12;
		i--;
	}
	if (a->len != b->len)
		fprintf(to, "length: a %zu, b %zu\n", a->len, b->len);
	return beyond;
}

static int matches(const struct bytes *got, const struct bytes *wanted)
{
	int i;

	if (wanted)
		return got->len == wanted->len && !memcmp(got->data, wanted->data, got->len);
	for (i = 0; i < opt.matches; i++) {
		const struct bytes *v = opt.match[i].value;

		if (opt.match[i].at + v->len > got->len ||
		    memcmp(got->data + opt.match[i].at, v->data, v->len))
			return 0;
	}
	return 1;
}

/* The verdict of expect and cross: what came against `wanted`, or against --match without one. */
static int expect(int fd, const struct bytes *wanted)
{
	static struct bytes got, nearest;
	long deadline = now_ms() + opt.timeout;
	int whole = opt.none || opt.exactly >= 0;
	size_t best = (size_t)-1, others = 0;
	int want = opt.count, n = 0;

	if (opt.exactly >= 0)
		want = opt.exactly;
	if (opt.none)
		want = 0;
	while ((whole || n < want) && receive(fd, &got, deadline)) {
		if (matches(&got, wanted)) {
			n++;
			if (opt.print)
				bytes_print(&got);
			if (opt.none)
				break;
		} else if (wanted) {
			others++;
			if (bytes_differing(wanted, &got) < best) {
				best = bytes_differing(wanted, &got);
				nearest = got;
			}
		}
	}
	if (n == want)
		return 0;
	fprintf(stderr, "frame: %d frames came, wanted %s%d; %zu others\n",
		n, whole ? "exactly " : "", want, others);
	if (n < want && best != (size_t)-1 && best <= wanted->len / 2 + 12) {
		fputs("the nearest (a wanted, b came):\n", stderr);
		diff_print(stderr, wanted, &nearest);
	}
	return 1;
}

static struct bytes one, two;

static int do_build(char **words)
{
	frame_get(&one, words[0]);
	bytes_print(&one);
	return 0;
}

static int do_send(char **words)
{
	frame_get(&one, words[1]);
	send_frames(open_device(words[0], 0), &one, opt.count);
	return 0;
}

static int do_expect(char **words)
{
	int fd = open_device(words[0], ETH_P_ALL);

	if (!words[1] && !opt.matches)
		die("expect needs a frame or --match");
	if (words[1])
		frame_get(&one, words[1]);
	/* For a caller that started us in the background. */
	puts("listening");
	fflush(stdout);
	return expect(fd, words[1] ? &one : NULL);
}

static int do_cross(char **words)
{
	int in, out;

	if (!words[1])
		die("cross needs two devices and a frame");
	frame_get(&one, words[2]);
	two = one;
	if (opt.has_new_dmac)
		memcpy(two.data, opt.new_dmac, 6);
	if (opt.has_new_smac)
		memcpy(two.data + 6, opt.new_smac, 6);
	out = open_device(words[1], ETH_P_ALL);
	in = open_device(words[0], 0);
	send_frames(in, &one, opt.count);
	return expect(out, opt.matches ? NULL : &two);
}

static int do_capture(char **words)
{
	int fd = open_device(words[0], ETH_P_ALL), n = 0;
	long deadline = now_ms() + opt.timeout;

	while (n < opt.count && receive(fd, &one, deadline)) {
		if (!matches(&one, NULL))
			continue;
		bytes_print(&one);
		n++;
	}
	return n < opt.count;
}

static int do_diff(char **words)
{
	int beyond;

	if (!words[1])
		die("diff needs two frames");
	frame_get(&one, words[0]);
	frame_get(&two, words[1]);
	beyond = diff_print(stdout, &one, &two);
	return opt.only_macs ? beyond : bytes_differing(&one, &two) != 0;
}

/* Whether this is an answer about our target: an ARP reply or a neighbour advertisement. */
static int is_answer(const struct bytes *b)
{
	const uint8_t *p = b->data + 14;

	if (recipe.target_family == AF_INET)
		return b->len >= 42 && p[-2] == 0x08 && p[-1] == 0x06 && p[7] == 2 &&
		       !memcmp(p + 14, recipe.target, 4);
	return b->len >= 78 && p[-2] == 0x86 && p[-1] == 0xdd && p[6] == 58 && p[40] == 136 &&
	       !memcmp(p + 48, recipe.target, 16);
}

/* Another sender for each frame: the last two bytes of the MAC and of the address count up. */
static void vary(int i)
{
	uint8_t *addr = recipe.src + (recipe.src_family == AF_INET ? 2 : 14);

	addr[0] = i >> 8;
	addr[1] = i;
	memcpy(&recipe.smac[4], addr, 2);
	memcpy(&recipe.sha[4], addr, 2);
}

/* At most so many, until then. */
static int count_answers(int fd, long deadline, int most)
{
	int n = 0;

	while (n < most && receive(fd, &two, deadline))
		n += is_answer(&two);
	return n;
}

static void send_batch(int fd, const char *word, int from, int n)
{
	static struct bytes frames[BATCH];
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	int i, done, sent = 0;

	memset(msgs, 0, sizeof(msgs));
	for (i = 0; i < n; i++) {
		if (opt.vary)
			vary(from + i);
		if (opt.vary || !from)
			frame_get(&frames[i], word);
		iov[i] = (struct iovec){ frames[i].data, frames[i].len };
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	while (sent < n) {
		done = sendmmsg(fd, msgs + sent, n - sent, 0);
		if (done > 0)
			sent += done;
		else if (errno != ENOBUFS && errno != EINTR)
			die("send: %s", strerror(errno));
	}
}

static int do_flood(char **words)
{
	int fd = open_device(words[0], ETH_P_ALL), i, before, answers = 0;
	long start = now_ms();

	frame_get(&one, words[1]);
	if (!recipe.target_family)
		die("flood counts answers about --target: give one");
	keep_protocol(fd, recipe.target_family == AF_INET ? ETH_P_ARP : ETH_P_IPV6);
	for (i = 0; i < opt.count; i += BATCH) {
		send_batch(fd, words[1], i, opt.count - i < BATCH ? opt.count - i : BATCH);
		answers += count_answers(fd, 0, INT_MAX);
	}
	/* Those that are wanted may wait for long in the queue of a CPU that others keep busy. */
	answers += count_answers(fd, now_ms() + PATIENCE, opt.want - answers);
	/* The stragglers: until it has been quiet for the settling time. */
	do {
		before = answers;
		answers += count_answers(fd, now_ms() + opt.settle, INT_MAX);
	} while (answers != before);
	printf("sent %d answers %d ms %ld\n", opt.count, answers, now_ms() - start);
	if (lost(fd))
		die("the count is not exact: the socket lost frames");
	return opt.want >= 0 && answers != opt.want;
}

int main(int argc, char **argv)
{
	static const struct { const char *name; int (*run)(char **words); } verbs[] = {
		{ "build", do_build }, { "send", do_send }, { "expect", do_expect },
		{ "cross", do_cross }, { "capture", do_capture }, { "diff", do_diff },
		{ "flood", do_flood },
	};
	size_t i;

	options_parse(argc, argv);
	if (opt.help) {
		usage(stdout);
		return 0;
	}
	argv += optind;
	for (i = 0; argv[0] && i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(argv[0], verbs[i].name))
			continue;
		if (!argv[1])
			die("%s what? (frame --help)", argv[0]);
		return verbs[i].run(argv + 1);
	}
	usage(stderr);
	return 2;
}
