// SPDX-License-Identifier: GPL-2.0
/* unit: tools/dsrctl/args.c tools/dsrctl/value.c tools/dsrctl/split.c */
/* unit: tools/dsrctl/object.c tools/dsrctl/names.c */
/*
 * How dsrctl reads words: values, keywords and the lines of a batch. What it
 * takes it must print again as it was; what it refuses it must name.
 */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "ktap.h"

/* An object that has one attribute of each kind. */
struct thing {
	uint32_t have;
	uint16_t weight;
	uint32_t proto;
	uint64_t seed;
	char name[32];
	char dev[16];
	struct in6_addr addr;
	uint8_t lladdr[6];
};

enum { WEIGHT = 1, PROTO, SEED, NAME, DEV, ADDR, LLADDR };

static const char *const thing_attrs[] = {
	[WEIGHT] = "weight",
	[PROTO] = "proto",
	[SEED] = "seed",
	[NAME] = "name",
	[DEV] = "dev",
	[ADDR] = "addr",
	[LLADDR] = "lladdr",
};

static const struct field thing_fields[] = {
	FIELD(thing, WEIGHT, KIND_U16, weight, .max = UINT16_MAX,
	      .what = "a weight"),
	FIELD(thing, PROTO, KIND_WORD, proto, .words = proto_words,
	      .bare = true),
	FIELD(thing, SEED, KIND_HEX64, seed, .what = "a seed"),
	FIELD(thing, NAME, KIND_NAME, name),
	FIELD(thing, DEV, KIND_DEV, dev),
	FIELD(thing, ADDR, KIND_ADDR, addr),
	FIELD(thing, LLADDR, KIND_MAC, lladdr),
	{ .attr = 0, .kind = KIND_FLAG, .flag = "noaddr" },
};

static const struct object thing_object = {
	.word = "thing",
	.attrs = thing_attrs,
	.nattrs = ARRAY_SIZE(thing_attrs),
	.fields = thing_fields,
	.nfields = ARRAY_SIZE(thing_fields),
	.size = sizeof(struct thing),
};

/* A copy without room to spare, so that the sanitizer sees any step too far. */
static char *tight(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		abort();
	return copy;
}

static void number__takes_digits_in_range(void)
{
	static const struct {
		const char *text;
		uint64_t min, max, value;
		bool good;
	} rows[] = {
		{ "0", 0, 9, 0, true },
		{ "9", 0, 9, 9, true },
		{ "10", 0, 9, 0, false },
		{ "0", 1, 9, 0, false },
		{ "65535", 1, 65535, 65535, true },
		{ "18446744073709551615", 0, UINT64_MAX, UINT64_MAX, true },
		{ "18446744073709551616", 0, UINT64_MAX, 0, false },
		{ "99999999999999999999999", 0, UINT64_MAX, 0, false },
		{ "", 0, 9, 0, false },
		{ "-1", 0, 9, 0, false },
		{ "+1", 0, 9, 0, false },
		{ " 1", 0, 9, 0, false },
		{ "1 ", 0, 9, 0, false },
		{ "01", 0, 9, 0, false },
		{ "0x1", 0, 9, 0, false },
		{ "1e0", 0, 9, 0, false },
		{ "one", 0, 9, 0, false },
	};
	uint64_t value;
	bool good;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char *text = tight(rows[i].text);

		value = 0;
		good = args_number(text, rows[i].min, rows[i].max, &value);
		ktap(good == rows[i].good && value == rows[i].value,
		     "number: '%s' of %llu to %llu", text,
		     (unsigned long long)rows[i].min,
		     (unsigned long long)rows[i].max);
		free(text);
	}
}

static void hex__takes_both(void)
{
	static const struct {
		const char *text;
		uint64_t value;
		bool good;
	} rows[] = {
		{ "0", 0, true },
		{ "12", 12, true },
		{ "0x0", 0, true },
		{ "0xfFfFfFfFfFfFfFfF", UINT64_MAX, true },
		{ "0x10000000000000000", 0, false },
		{ "0x", 0, false },
		{ "0x-1", 0, false },
		{ "0xg", 0, false },
		{ "0X1", 0, false },
		{ "ff", 0, false },
	};
	uint64_t value;
	bool good;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char *text = tight(rows[i].text);

		value = 0;
		good = args_number_or_hex(text, &value);
		ktap(good == rows[i].good && value == rows[i].value,
		     "number_or_hex: '%s'", text);
		free(text);
	}
}

/* What is taken comes back as @again; NULL means that it must be refused. */
static void value__comes_back(void)
{
	static const struct {
		unsigned int attr;
		const char *text, *again;
	} rows[] = {
		{ ADDR, "192.0.2.1", "192.0.2.1" },
		{ ADDR, "0.0.0.0", "0.0.0.0" },
		{ ADDR, "2001:DB8:0::1", "2001:db8::1" },
		{ ADDR, "::", "::" },
		{ ADDR, "::ffff:192.0.2.1", NULL },
		{ ADDR, "192.0.2", NULL },
		{ ADDR, "192.0.2.01", NULL },
		{ ADDR, "192.0.2.1/32", NULL },
		{ ADDR, "192.0.2.1 ", NULL },
		{ ADDR, "fe80::1%lo", NULL },
		{ ADDR, "[::1]", NULL },
		{ ADDR, "localhost", NULL },
		{ ADDR, "", NULL },
		{ LLADDR, "02:00:00:AB:cd:0f", "02:00:00:ab:cd:0f" },
		{ LLADDR, "none", "00:00:00:00:00:00" },
		{ LLADDR, "00:00:00:00:00:00", NULL },
		{ LLADDR, "2:0:0:0:0:1", NULL },
		{ LLADDR, "02:00:00:00:00", NULL },
		{ LLADDR, "02:00:00:00:00:01:", NULL },
		{ LLADDR, "02:00:00:00:00:01:02", NULL },
		{ LLADDR, "02-00-00-00-00-01", NULL },
		{ LLADDR, "02:00:00:00:00:0g", NULL },
		{ LLADDR, "020000000001", NULL },
		{ LLADDR, "", NULL },
		{ NAME, "web", "web" },
		{ NAME, "Web_2.x-y", "Web_2.x-y" },
		{ NAME, "1234567890123456789012345678901",
			"1234567890123456789012345678901" },
		{ NAME, "12345678901234567890123456789012", NULL },
		{ NAME, "-web", NULL },
		{ NAME, "we b", NULL },
		{ NAME, "we/b", NULL },
		{ NAME, "w\303\251b", NULL },
		{ NAME, "", NULL },
		{ DEV, "eth0", "eth0" },
		{ DEV, "eth0.7", "eth0.7" },
		{ DEV, "a\"'\\#b", "a\"'\\#b" },
		{ DEV, "123456789012345", "123456789012345" },
		{ DEV, "1234567890123456", NULL },
		{ DEV, ".", NULL },
		{ DEV, "..", NULL },
		{ DEV, "a/b", NULL },
		{ DEV, "a:b", NULL },
		{ DEV, "a b", NULL },
		{ DEV, "a\nb", NULL },
		{ DEV, "", NULL },
		{ PROTO, "udp", "udp" },
		{ PROTO, "UDP", NULL },
		{ PROTO, "ud", NULL },
		{ PROTO, "", NULL },
		{ WEIGHT, "65535", "65535" },
		{ WEIGHT, "65536", NULL },
		{ WEIGHT, "-1", NULL },
		{ SEED, "1", "0x0000000000000001" },
		{ SEED, "0xffffffffffffffff", "0xffffffffffffffff" },
		{ SEED, "-1", NULL },
	};
	struct complaint why;
	struct thing thing;
	char to[OBJECT_TEXT], quoted[80];
	bool good;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char *text = tight(rows[i].text);

		memset(&thing, 0, sizeof(thing));
		why.text[0] = '\0';
		good = args_value(&thing_object, rows[i].attr, &thing, text,
				  &why);
		snprintf(quoted, sizeof(quoted), "\"%s\" ", text);
		if (rows[i].again)
			good = good && !strcmp(object_text(&thing_object,
							   &thing,
							   rows[i].attr, to),
					       rows[i].again);
		else
			good = !good && !thing.have &&
			       !strncmp(why.text, quoted, strlen(quoted));
		if (strpbrk(text, "\n#"))	/* they mean something in KTAP */
			*strpbrk(text, "\n#") = '?';
		ktap(good, "value: %s '%s'", thing_attrs[rows[i].attr], text);
		free(text);
	}
}

static void endpoint__is_whole(void)
{
	static const struct {
		const char *text;
		const char *wrong;	/* what the complaint begins with */
	} rows[] = {
		{ "192.0.2.1:80/tcp", NULL },
		{ "192.0.2.1:65535/udp", NULL },
		{ "[2001:db8::1]:1/tcp", NULL },
		{ "192.0.2.1:0/tcp", "\"0\" is not a port" },
		{ "192.0.2.1:65536/tcp", "\"65536\" is not a port" },
		{ "192.0.2.1:/tcp", "\"\" is not a port" },
		{ "192.0.2.1:80 /tcp", "\"80 \" is not a port" },
		{ "192.0.2.1:80", "\"192.0.2.1:80\" has no protocol" },
		{ "192.0.2.1:80/", "\"\" is not a protocol" },
		{ "192.0.2.1:80/tcp ", "\"tcp \" is not a protocol" },
		{ "192.0.2.1:80/tcp/udp", "\"tcp/udp\" is not a protocol" },
		{ "192.0.2.1/tcp", "\"192.0.2.1/tcp\" has no port" },
		{ "192.0.2:80/tcp", "\"192.0.2\" is not an IPv4" },
		{ ":80/tcp", "\"\" is not an IPv4" },
		{ "/tcp", "\"/tcp\" has no port" },
		{ "/", "\"/\" has no port" },
		{ "", "\"\" has no protocol" },
		{ "[192.0.2.1]:80/tcp", "\"[192.0.2.1]:80/tcp\" has an IPv4" },
		{ "2001:db8::1:80/tcp",
			"\"2001:db8::1:80/tcp\" has no brackets" },
		{ "[2001:db8::1:80/tcp",
			"\"[2001:db8::1:80/tcp\" is not [ADDR]:PORT/PROTO" },
		{ "[2001:db8::1]/tcp", "\"[2001:db8::1]/tcp\" has no port" },
		{ "[2001:db8::1]80/tcp", "\"[2001:db8::1]80/tcp\" has no port" },
		{ "[]:80/tcp", "\"\" is not an IPv4" },
		{ "[:80/tcp", "\"[:80/tcp\" is not [ADDR]:PORT/PROTO" },
		{ "]:80/tcp", "\"]\" is not an IPv4" },
		{ "[[::1]]:80/tcp", "\"[::1]\" is not an IPv4" },
	};
	struct complaint why;
	struct in6_addr addr;
	uint32_t proto;
	uint16_t port;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char *text = tight(rows[i].text);
		const char *wrong = rows[i].wrong;
		bool good;

		why.text[0] = '\0';
		good = args_endpoint(text, &addr, &port, &proto, &why);
		ktap(good == !wrong && (good || !strncmp(why.text, wrong,
							 strlen(wrong))),
		     "endpoint: '%s'", text);
		free(text);
	}
}

static bool keywords(char **words, int n, uint32_t allowed,
		     struct thing *thing, struct complaint *why)
{
	struct args args = { .word = words, .n = n };

	memset(thing, 0, sizeof(*thing));
	why->text[0] = '\0';
	return args_keywords(&args, &thing_object, thing, allowed, why);
}

static void keywords__once_each(void)
{
	static const struct {
		const char *line;
		uint32_t allowed;
		const char *wrong;
	} rows[] = {
		{ "", 0, NULL },
		{ "weight 3 dev eth0 udp noaddr", ~0u, NULL },
		{ "udp weight 3", ~0u, NULL },
		{ "dev dev", ~0u, NULL },
		{ "weight 3 weight 3", ~0u, "\"weight\" is given twice" },
		{ "noaddr noaddr", ~0u, "\"noaddr\" is given twice" },
		{ "udp tcp", ~0u, "\"tcp\" is a second" },
		{ "weight", ~0u, "\"weight\" needs a value" },
		{ "weight x", ~0u, "\"x\" is not a weight" },
		{ "weigh 3", ~0u, "\"weigh\" is not expected here" },
		{ "weightt 3", ~0u, "\"weightt\" is not expected here" },
		{ "weight 3", BIT(DEV), "\"weight\" is not expected here (dev)" },
		{ "weight 3", 0, "\"weight\" is one word too many" },
		{ "-j", ~0u, "\"-j\" is not expected here; options" },
		{ "proto udp", ~0u, "\"proto\" is not expected here" },
	};
	char *words[ARGS_MAX];
	struct complaint why;
	struct thing thing;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char *line = tight(rows[i].line);
		const char *wrong = rows[i].wrong;
		int n = args_split(line, words, &why);
		bool good = keywords(words, n, rows[i].allowed, &thing, &why);

		ktap(good == !wrong && (good || !strncmp(why.text, wrong,
							 strlen(wrong))),
		     "keywords: '%s'", rows[i].line);
		free(line);
	}
}

static void split__lines(void)
{
	static const struct {
		const char *line;
		const char *words;	/* each between bars; NULL if refused */
	} rows[] = {
		{ "", "" },
		{ "  \t\r\n", "" },
		{ "# all of it", "" },
		{ "a", "|a|" },
		{ "  a\tb \n", "|a|b|" },
		{ "a # b", "|a|" },
		{ "a #b", "|a|" },
		{ "a#b", "|a#b|" },
		{ "\"a b\" 'c d'", "|a b|c d|" },
		{ "a\"b c\"d", "|ab cd|" },
		{ "\"\" ''", "|||" },
		{ "\"#a\" b", "|#a|b|" },
		{ "\"a\\\"b\\\\\"", "|a\"b\\|" },
		{ "'a\\'", "|a\\|" },
		{ "a\\ b", "|a\\|b|" },
		{ "\"a'b\"", "|a'b|" },
		{ "\"a", NULL },
		{ "a 'b", NULL },
		{ "\"a\\\"", NULL },
	};
	char *words[ARGS_MAX], got[128];
	struct complaint why;
	size_t i;
	int j, n;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char *line = tight(rows[i].line);

		n = args_split(line, words, &why);
		strcpy(got, n > 0 ? "|" : "");
		for (j = 0; j < n; j++) {
			strcat(got, words[j]);
			strcat(got, "|");
		}
		ktap(rows[i].words ? n >= 0 && !strcmp(got, rows[i].words) :
				     n < 0, "split: row %zu", i);
		free(line);
	}
}

static void split__has_a_limit(void)
{
	char line[2 * ARGS_MAX + 3], *words[ARGS_MAX];
	struct complaint why;
	int i;

	for (i = 0; i <= ARGS_MAX; i++)
		memcpy(line + 2 * i, "x ", 2);
	line[2 * ARGS_MAX] = '\0';
	ktap(args_split(line, words, &why) == ARGS_MAX, "split: %d words",
	     ARGS_MAX);
	for (i = 0; i <= ARGS_MAX; i++)
		memcpy(line + 2 * i, "x ", 2);
	line[2 * ARGS_MAX + 2] = '\0';
	ktap(args_split(line, words, &why) < 0, "split: %d words are too many",
	     ARGS_MAX + 1);
}

/* Nothing but the sanitizers judges here: whatever comes, no step too far. */
static void noise__does_no_harm(void)
{
	static const char *const bits[] = {
		"[", "]", ":", "/", "\"", "'", "\\", "#", " ", "-", "::", "1",
		"192.0.2.1", "80", "tcp", "udp", "weight", "dev", "0x", "\xff",
		"99999999999999999999", "ffff", "none", "noaddr", "seed", "%lo",
	};
	char text[256], *words[ARGS_MAX], *line;
	struct complaint why;
	struct thing thing;
	struct in6_addr addr;
	unsigned int i, a;
	uint32_t proto;
	uint16_t port;
	int n, taken = 0;

	srandom(1);
	for (i = 0; i < 200000; i++) {
		text[0] = '\0';
		for (n = random() % 12; n > 0; n--)
			strcat(text, bits[random() % ARRAY_SIZE(bits)]);
		line = tight(text);
		taken += args_endpoint(line, &addr, &port, &proto, &why);
		for (a = WEIGHT; a <= LLADDR; a++)
			taken += args_value(&thing_object, a, &thing, line,
					    &why);
		n = args_split(line, words, &why);
		if (n >= 0)
			taken += keywords(words, n, ~0u, &thing, &why);
		free(line);
	}
	ktap(taken > 0, "noise: %d of 1800000 calls took it", taken);
}

int main(void)
{
	ktap_begin();
	number__takes_digits_in_range();
	hex__takes_both();
	value__comes_back();
	endpoint__is_whole();
	keywords__once_each();
	split__lines();
	split__has_a_limit();
	noise__does_no_harm();
	return ktap_done();
}
