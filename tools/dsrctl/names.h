/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DSRCTL_NAMES_H
#define _DSRCTL_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "words_gen.h"

const struct word *names_find(const struct word *table, const char *word);
const struct word *names_of(const struct word *table, unsigned int value);
void names_list(const struct word *table, char *to, size_t size);
void names_join(char *to, size_t size, const char *word);

#endif /* _DSRCTL_NAMES_H */
