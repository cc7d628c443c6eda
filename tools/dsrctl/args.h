/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DSRCTL_ARGS_H
#define _DSRCTL_ARGS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "object.h"

/**
 * struct args - the words of a command that are still to be read
 * @word: the next
 * @n: how many are left
 */
struct args {
	char **word;
	int n;
};

/**
 * struct complaint - what is wrong with the words, for the user
 * @text: names the offending word
 */
struct complaint {
	char text[384];
};

#define ARGS_MAX	64	/* words in a line of a batch */

const char *args_next(struct args *args);
bool args_complain(struct complaint *why, const char *word, const char *fmt,
		   ...) __attribute__((format(printf, 3, 4)));

bool args_number(const char *text, uint64_t min, uint64_t max, uint64_t *to);
bool args_number_or_hex(const char *text, uint64_t *to);
bool args_addr(const char *text, struct in6_addr *to);
bool args_mac(const char *text, uint8_t to[6]);
bool args_name(const char *text, size_t max);
bool args_dev(const char *text, size_t max);
bool args_endpoint(const char *text, struct in6_addr *addr, uint16_t *port,
		   uint32_t *proto, struct complaint *why);

bool args_value(const struct object *obj, unsigned int attr, void *rec,
		const char *text, struct complaint *why);
bool args_positional(struct args *args, const struct object *obj,
		     unsigned int attr, void *rec, const char *what,
		     struct complaint *why);
bool args_keywords(struct args *args, const struct object *obj, void *rec,
		   uint32_t allowed, struct complaint *why);
int args_split(char *line, char *word[ARGS_MAX], struct complaint *why);

#endif /* _DSRCTL_ARGS_H */
