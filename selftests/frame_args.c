// SPDX-License-Identifier: GPL-2.0
/*
 * The words of frame's command line: numbers, addresses, hex, and every option, in one table.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "frame.h"

struct recipe recipe;
struct options opt = { .count = 1, .timeout = 1000, .exactly = -1, .want = -1, .settle = 300 };

static struct bytes payload;

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("frame: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(2);
}

static int hex_digit(int c)
{
	return isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;
}

void bytes_from_hex(struct bytes *out, const char *hex)
{
	const char *p;
	int high = -1;

	out->len = 0;
	for (p = hex; *p; p++) {
		if (isspace((unsigned char)*p) || *p == ':')
			continue;
		if (!isxdigit((unsigned char)*p))
			die("'%.40s' is not hex", hex);
		if (high < 0) {
			high = hex_digit(*p);
			continue;
		}
		if (out->len == sizeof(out->data))
			die("more than %zu bytes of hex", sizeof(out->data));
		out->data[out->len++] = high << 4 | hex_digit(*p);
		high = -1;
	}
	if (high >= 0)
		die("an odd number of hex digits");
}

void mac_parse(uint8_t mac[6], const char *text)
{
	int end = -1;

	if (sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2],
		   &mac[3], &mac[4], &mac[5], &end) != 6 || text[end])
		die("'%s' is not a MAC address", text);
}

static long number_parse(const char *name, const char *text)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(text, &end, 0);
	if (errno || *end || end == text || v < 0 || v > 0xffffffffL)
		die("--%s: '%s' is not a number from 0 to 4294967295", name, text);
	return v;
}

static int addr_parse(uint8_t addr[16], const char *text)
{
	if (inet_pton(AF_INET, text, addr) == 1)
		return AF_INET;
	if (inet_pton(AF_INET6, text, addr) == 1)
		return AF_INET6;
	die("'%s' is not an address", text);
}

enum kind { FLAG, INT, U32, WORD, MAC, ADDR, VLAN, PAYLOAD, SIZE, MATCH };

/* `given` is where the fact that the option was there goes: a flag, or an address family. */
static const struct field {
	const char *name;
	enum kind kind;
	void *value;
	int *given;
} fields[] = {
	{ "smac", MAC, recipe.smac },
	{ "dmac", MAC, recipe.dmac, &recipe.has_dmac },
	{ "sha", MAC, recipe.sha, &recipe.has_sha },
	{ "tha", MAC, recipe.tha, &recipe.has_tha },
	{ "src", ADDR, recipe.src, &recipe.src_family },
	{ "dst", ADDR, recipe.dst, &recipe.dst_family },
	{ "target", ADDR, recipe.target, &recipe.target_family },
	{ "vlan", VLAN },
	{ "payload", PAYLOAD },
	{ "size", SIZE },
	{ "sport", INT, &recipe.sport },
	{ "dport", INT, &recipe.dport },
	{ "ttl", INT, &recipe.ttl },
	{ "tos", INT, &recipe.tos },
	{ "id", INT, &recipe.id },
	{ "version", INT, &recipe.version },
	{ "ihl", INT, &recipe.ihl },
	{ "total", INT, &recipe.total },
	{ "proto", INT, &recipe.proto },
	{ "sum", INT, &recipe.sum },
	{ "l4sum", INT, &recipe.l4sum },
	{ "l4len", INT, &recipe.l4len },
	{ "doff", INT, &recipe.doff },
	{ "offset", INT, &recipe.frag_off },
	{ "mf", FLAG, &recipe.frag_more },
	{ "df", FLAG, &recipe.dont_frag },
	{ "flags", INT, &recipe.flags },
	{ "window", INT, &recipe.window },
	{ "seq", U32, &recipe.seq },
	{ "ack", U32, &recipe.ack },
	{ "op", INT, &recipe.op },
	{ "as", WORD, &recipe.arp_kind },
	{ "echo-id", INT, &recipe.echo_id },
	{ "echo-seq", INT, &recipe.echo_seq },
	{ "pad", FLAG, &recipe.pad },
	{ "truncate", INT, &recipe.truncate },
	{ "count", INT, &opt.count },
	{ "rate", INT, &opt.rate },
	{ "timeout", INT, &opt.timeout },
	{ "none", FLAG, &opt.none },
	{ "exactly", INT, &opt.exactly },
	{ "only-macs", FLAG, &opt.only_macs },
	{ "print", FLAG, &opt.print },
	{ "vary", FLAG, &opt.vary },
	{ "want", INT, &opt.want },
	{ "settle", INT, &opt.settle },
	{ "out", FLAG, &opt.out },
	{ "new-dmac", MAC, opt.new_dmac, &opt.has_new_dmac },
	{ "new-smac", MAC, opt.new_smac, &opt.has_new_smac },
	{ "match", MATCH },
};

#define FIELDS (sizeof(fields) / sizeof(*fields))

static void vlan_parse(const char *text)
{
	const char *colon = strchr(text, ':');

	if (recipe.vlans == FRAME_VLANS)
		die("at most %d --vlan", FRAME_VLANS);
	recipe.vlan[recipe.vlans].tpid = colon ? strtol(text, NULL, 16) : ETH_P_8021Q;
	recipe.vlan[recipe.vlans].tci = number_parse("vlan", colon ? colon + 1 : text);
	recipe.vlans++;
}

static void match_parse(const char *text)
{
	const char *colon = strchr(text, ':');
	struct bytes *value = malloc(sizeof(*value));

	if (!colon || !value)
		die("--match is AT:HEX, not '%s'", text);
	if (opt.matches == MATCHES)
		die("at most %d --match", MATCHES);
	bytes_from_hex(value, colon + 1);
	opt.match[opt.matches].at = strtoul(text, NULL, 0);
	opt.match[opt.matches++].value = value;
}

static void field_set(const struct field *f, const char *text)
{
	int given = 1;

	switch (f->kind) {
	case FLAG:
		*(int *)f->value = 1;
		break;
	case INT:
		*(int *)f->value = number_parse(f->name, text);
		break;
	case U32:
		*(uint32_t *)f->value = number_parse(f->name, text);
		break;
	case WORD:
		*(const char **)f->value = text;
		break;
	case MAC:
		mac_parse(f->value, text);
		break;
	case ADDR:
		given = addr_parse(f->value, text);
		break;
	case VLAN:
		vlan_parse(text);
		break;
	case PAYLOAD:
		bytes_from_hex(&payload, text);
		break;
	case SIZE:
		payload.len = number_parse(f->name, text);
		if (payload.len > 65535)
			die("--size is at most 65535");
		for (size_t i = 0; i < payload.len; i++)
			payload.data[i] = 'a' + i % 26;
		break;
	case MATCH:
		match_parse(text);
		break;
	}
	if (f->given)
		*f->given = given;
}

/* Leaves the words that are not options at argv[optind...]. */
void options_parse(int argc, char **argv)
{
	struct option longs[FIELDS + 2] = { { "help", no_argument, NULL, 'h' } };
	int which, c;
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		longs[i + 1].name = fields[i].name;
		longs[i + 1].has_arg = fields[i].kind == FLAG ? no_argument : required_argument;
	}
	recipe_init(&recipe);
	recipe.payload = &payload;
	while ((c = getopt_long(argc, argv, "h", longs, &which)) != -1) {
		if (c == 'h') {
			opt.help = 1;
			return;
		}
		if (c)
			exit(2);	/* getopt has said what is wrong */
		field_set(&fields[which - 1], optarg);
	}
}

/* FRAME: hex, @FILE, or a recipe's kind. */
void frame_get(struct bytes *out, const char *word)
{
	static char text[2 * FRAME_MAX + 4096];
	size_t len;
	FILE *f;

	if (!word)
		die("a frame is missing (frame --help)");
	if (recipe_kind(word)) {
		recipe.kind = word;
		recipe_build(&recipe, out);
		return;
	}
	if (*word != '@') {
		bytes_from_hex(out, word);
		return;
	}
	f = fopen(word + 1, "r");
	if (!f)
		die("%s: %s", word + 1, strerror(errno));
	len = fread(text, 1, sizeof(text) - 1, f);
	text[len] = '\0';
	fclose(f);
	bytes_from_hex(out, text);
}
