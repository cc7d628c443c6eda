// SPDX-License-Identifier: GPL-2.0
/* fuzz: tools/dsrctl/args.c tools/dsrctl/value.c tools/dsrctl/split.c */
/* fuzz: tools/dsrctl/object.c tools/dsrctl/names.c */
/*
 * What dsrctl makes of words: each value as a plain reading of its grammar says, and what it takes
 * comes back from its own text.
 */
#include <arpa/inet.h>
#include <ctype.h>

#include "args.h"
#include "fuzz.h"

/* A string of its own length on the heap: a step too far is seen. */
static char *text_of(struct input *in, size_t most)
{
	size_t n = in->left < most ? in->left : most, i;
	char *text = malloc(n + 1);

	must(text);
	for (i = 0; i < n; i++) {
		text[i] = take(in, 1);
		if (!text[i])
			break;
	}
	text[i] = '\0';
	return realloc(text, i + 1);
}

/* Decimal, digit by digit in 128 bits. */
static bool number(const char *text, uint64_t *value)
{
	unsigned __int128 sum = 0;
	const char *c;

	for (c = text; *c; c++) {
		if (*c < '0' || *c > '9')
			return false;
		sum = sum * 10 + (*c - '0');
		if (sum > UINT64_MAX)
			return false;
	}
	*value = sum;
	return c != text && (c == text + 1 || *text != '0');
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? at - digits : -1;
}

static void check_numbers(const char *text)
{
	uint64_t want = 0, got = 0, sum = 0;
	bool good = number(text, &want);
	size_t i;

	must(args_number(text, 0, UINT64_MAX, &got) == good && (!good || got == want));
	must(args_number(text, 1, 65535, &got) == (good && want >= 1 && want <= 65535));
	if (text[0] == '0' && text[1] == 'x') {
		for (i = 2; hex_digit(text[i]) >= 0 && i < 18; i++)
			sum = sum << 4 | hex_digit(text[i]);
		good = !text[i] && i > 2;
		want = sum;
	}
	got = 0;
	must(args_number_or_hex(text, &got) == good && (!good || got == want));
}

/* What is an address comes back the same way, whoever writes it. */
static void check_addr(const char *text)
{
	char again[INET6_ADDRSTRLEN];
	struct in6_addr addr, same;

	if (!args_addr(text, &addr))
		return;
	if (IN6_IS_ADDR_V4MAPPED(&addr)) {
		must(inet_ntop(AF_INET, &addr.s6_addr[12], again, sizeof(again)));
		must(!strcmp(again, text));
	} else {
		must(strchr(text, ':') && !strpbrk(text, " %/[]"));
		must(inet_ntop(AF_INET6, &addr, again, sizeof(again)));
	}
	must(args_addr(again, &same) && !memcmp(&addr, &same, sizeof(addr)));
}

static void check_mac(const char *text)
{
	uint8_t want[6], got[6];
	bool good = strlen(text) == 17, any = false;
	int i;

	for (i = 0; good && i < 6; i++) {
		int high = hex_digit(text[3 * i]), low = hex_digit(text[3 * i + 1]);

		good = high >= 0 && low >= 0 && (i == 5 || text[3 * i + 2] == ':');
		want[i] = good ? high << 4 | low : 0;
		any |= want[i];
	}
	good = good && any;
	must(args_mac(text, got) == good && (!good || !memcmp(want, got, 6)));
}

static void check_names(const char *text)
{
	size_t len = strlen(text), i;
	bool name = len && len <= 31 && text[0] != '-';
	bool dev = len && len <= 15 && strcmp(text, ".") && strcmp(text, "..");

	for (i = 0; i < len; i++) {
		unsigned char c = text[i];

		name &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
		dev &= c != '/' && c != ':' && c != ' ' && (c < 9 || c > 13) && c != 0xa0;
	}
	must(args_name(text, 31) == name);
	must(args_dev(text, 15) == dev);
}

static void check_endpoint(const char *text)
{
	char again[128], addr_text[INET6_ADDRSTRLEN];
	struct complaint why = { "" };
	struct in6_addr addr;
	uint32_t proto;
	uint16_t port;
	bool v4;

	if (!args_endpoint(text, &addr, &port, &proto, &why)) {
		must(why.text[0] && strlen(why.text) < sizeof(why.text));
		return;
	}
	must(port && proto <= 1);
	v4 = IN6_IS_ADDR_V4MAPPED(&addr);
	must(inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? &addr.s6_addr[12] : addr.s6_addr, addr_text,
		       sizeof(addr_text)));
	snprintf(again, sizeof(again), v4 ? "%s:%u/%s" : "[%s]:%u/%s", addr_text, port,
		 proto ? "udp" : "tcp");
	/* Only IPv6 has more than one way to be written. */
	must(v4 ? !strcmp(again, text) : text[0] == '[');
	must(!strcmp(strrchr(again, ']') ?: again, strrchr(text, ']') ?: text));
}

/* The words of a line, found by somebody who copies them instead of cutting them out. */
static int split(const char *line, char to[][256])
{
	int n = 0, len;
	char quote;

	for (;;) {
		while (isspace((unsigned char)*line))
			line++;
		if (!*line || *line == '#')
			return n;
		if (n == ARGS_MAX)
			return -1;
		for (len = 0, quote = 0; *line; line++) {
			if (!quote && isspace((unsigned char)*line))
				break;
			if (quote ? *line == quote : *line == '"' || *line == '\'') {
				quote = quote ? 0 : *line;
				continue;
			}
			if (quote == '"' && *line == '\\' && line[1])
				line++;
			to[n][len++] = *line;
		}
		to[n++][len] = '\0';
		if (quote)
			return -1;
	}
}

static void check_split(char *line)
{
	static char want[ARGS_MAX][256];
	struct complaint why = { "" };
	char *words[ARGS_MAX];
	int n, i, m;

	m = split(line, want);
	n = args_split(line, words, &why);
	must(n == m);
	for (i = 0; i < n; i++)
		must(!strcmp(words[i], want[i]));
	must(n >= 0 || why.text[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned int what = take(&in, 1);
	char *text = text_of(&in, 200);

	switch (what % 6) {
	case 0:
		check_numbers(text);
		break;
	case 1:
		check_addr(text);
		break;
	case 2:
		check_mac(text);
		break;
	case 3:
		check_names(text);
		break;
	case 4:
		check_endpoint(text);
		break;
	default:
		check_split(text);
	}
	free(text);
	return 0;
}
