/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DSRCTL_OUT_H
#define _DSRCTL_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "object.h"

struct json_t;

/**
 * struct out - where answers go, as text or as JSON
 * @json: print JSON
 * @pretty: over many lines
 * @err: the first thing that went wrong, as errno, 0 if nothing
 * @cells: of the rows that wait for the width of their columns
 * @ncells: how many
 * @room: for how many there is memory
 */
struct out {
	bool json;
	bool pretty;
	int err;
	struct out_cell *cells;
	size_t ncells;
	size_t room;
};

/**
 * struct out_cell - a piece of a row
 * @text: allocated
 * @first: starts a row
 * @right: to be aligned to the right
 */
struct out_cell {
	char *text;
	bool first;
	bool right;
};

void out_row(struct out *out, const char *prefix);
void out_cell(struct out *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void out_right(struct out *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void out_value(struct out *out, const struct object *obj, const void *rec,
	       unsigned int attr);
void out_attr(struct out *out, const struct object *obj, const void *rec,
	      unsigned int attr);
void out_align(struct out *out);

void out_json(struct out *out, struct json_t *json);
void out_member(struct out *out, struct json_t *json, const struct list *list);
void out_list(struct out *out, const struct list *list);
bool out_flush(struct out *out);

#endif /* _DSRCTL_OUT_H */
