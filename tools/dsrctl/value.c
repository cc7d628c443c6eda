// SPDX-License-Identifier: GPL-2.0
/*
 * Text to values: whole words only, nothing before, nothing after, and one way
 * to write each thing.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

/**
 * args_number - a decimal number in a range
 * @text: digits only; no sign, space or leading zero
 * @min: smallest
 * @max: largest
 * @to: where to put it
 *
 * Return: false if @text is anything else.
 */
bool args_number(const char *text, uint64_t min, uint64_t max, uint64_t *to)
{
	unsigned long long value;
	size_t len = strlen(text);

	if (!len || len != strspn(text, "0123456789") ||
	    (len > 1 && *text == '0'))
		return false;
	errno = 0;
	value = strtoull(text, NULL, 10);
	if (errno || value < min || value > max)
		return false;
	*to = value;
	return true;
}

/**
 * args_number_or_hex - any 64-bit number
 * @text: decimal as in args_number(), or 0x and 1 to 16 hexadecimal digits
 * @to: where to put it
 *
 * Return: false if @text is anything else.
 */
bool args_number_or_hex(const char *text, uint64_t *to)
{
	size_t len;

	if (strncmp(text, "0x", 2))
		return args_number(text, 0, UINT64_MAX, to);
	len = strlen(text + 2);
	if (!len || len > 16 || len != strspn(text + 2, "0123456789abcdefABCDEF"))
		return false;
	*to = strtoull(text, NULL, 16);
	return true;
}

/**
 * args_addr - an IPv4 or IPv6 address
 * @text: without brackets, prefix length or zone
 * @to: where to put it, IPv4 as IPv4-mapped
 *
 * An IPv4-mapped IPv6 address is refused: it would come back as IPv4.
 *
 * Return: false if @text is anything else.
 */
bool args_addr(const char *text, struct in6_addr *to)
{
	struct in6_addr addr = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	if (inet_pton(AF_INET, text, &addr.s6_addr[12]) != 1 &&
	    (inet_pton(AF_INET6, text, &addr) != 1 ||
	     IN6_IS_ADDR_V4MAPPED(&addr)))
		return false;
	*to = addr;
	return true;
}

/**
 * args_mac - an Ethernet address
 * @text: six pairs of hexadecimal digits with colons between
 * @to: where to put it
 *
 * All zeroes is refused: in a request it means "none".
 *
 * Return: false if @text is anything else.
 */
bool args_mac(const char *text, uint8_t to[6])
{
	static const uint8_t zero[6];
	uint8_t mac[6];
	int i;

	for (i = 0; i < 6; i++, text += 3) {
		if (!isxdigit((unsigned char)text[0]) ||
		    !isxdigit((unsigned char)text[1]) ||
		    text[2] != (i < 5 ? ':' : '\0'))
			return false;
		mac[i] = strtoul(text, NULL, 16);
	}
	if (!memcmp(mac, zero, sizeof(mac)))
		return false;
	memcpy(to, mac, sizeof(mac));
	return true;
}

/**
 * args_name - whether this can be the name of a service
 * @text: the name
 * @max: longest name
 *
 * Return: true if it can.
 */
bool args_name(const char *text, size_t max)
{
	size_t len = strlen(text);
	size_t i;

	if (!len || len > max || *text == '-')
		return false;
	for (i = 0; i < len; i++)
		if (!isascii(text[i]) || (!isalnum((unsigned char)text[i]) &&
					  !strchr("._-", text[i])))
			return false;
	return true;
}

/**
 * args_dev - whether this can be the name of a device
 * @text: the name
 * @max: longest name
 *
 * The rules are the kernel's dev_valid_name().
 *
 * Return: true if it can.
 */
bool args_dev(const char *text, size_t max)
{
	size_t len = strlen(text);

	return len && len <= max && strcmp(text, ".") &&
	       strcmp(text, "..") && !strpbrk(text, "/: \t\n\v\f\r\xa0");
}

/* Text has the address of an endpoint, brackets included. */
static bool endpoint_addr(char *text, const char *whole, struct in6_addr *addr,
			  struct complaint *why)
{
	size_t len = strlen(text);
	bool brackets = *text == '[';

	if (brackets) {
		if (text[len - 1] != ']')
			return args_complain(why, whole,
					     "is not [ADDR]:PORT/PROTO");
		text[len - 1] = '\0';
		text++;
	}
	if (!args_addr(text, addr))
		return args_complain(why, text,
				     "is not an IPv4 or IPv6 address");
	if (brackets && IN6_IS_ADDR_V4MAPPED(addr))
		return args_complain(why, whole,
				     "has an IPv4 address in brackets");
	if (!brackets && !IN6_IS_ADDR_V4MAPPED(addr))
		return args_complain(why, whole,
				     "has no brackets: [ADDR]:PORT/PROTO");
	return true;
}

/**
 * args_endpoint - ADDR:PORT/PROTO, or [ADDR]:PORT/PROTO for IPv6
 * @text: all of it
 * @addr: where to put the address
 * @port: where to put the port
 * @proto: where to put the protocol
 * @why: says what is wrong
 *
 * Return: false if @text is anything else.
 */
bool args_endpoint(const char *text, struct in6_addr *addr, uint16_t *port,
		   uint32_t *proto, struct complaint *why)
{
	char copy[96], *colon, *slash;
	const struct word *word;
	uint64_t number;

	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
		return args_complain(why, text, "is not ADDR:PORT/PROTO");
	slash = strchr(copy, '/');
	if (!slash)
		return args_complain(why, text,
				     "has no protocol: ADDR:PORT/PROTO");
	*slash++ = '\0';
	colon = strrchr(copy, ':');
	if (!colon || (*copy == '[' && strchr(colon, ']')))
		return args_complain(why, text, "has no port: ADDR:PORT/PROTO");
	*colon++ = '\0';
	if (!endpoint_addr(copy, text, addr, why))
		return false;
	if (!args_number(colon, 1, UINT16_MAX, &number))
		return args_complain(why, colon, "is not a port (1-65535)");
	word = names_find(proto_words, slash);
	if (!word)
		return args_complain(why, slash,
				     "is not a protocol (tcp, udp)");
	*port = number;
	*proto = word->value;
	return true;
}
