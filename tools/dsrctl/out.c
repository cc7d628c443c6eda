// SPDX-License-Identifier: GPL-2.0
/*
 * Answers on standard output. Text is made of rows of cells whose columns are
 * aligned; JSON comes from the tables of the objects.
 */
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

#define COLUMNS	32	/* more than any row has */

static void short_of_memory(struct out *out)
{
	if (!out->err)
		out->err = ENOMEM;
}

static struct out_cell *new_cell(struct out *out)
{
	size_t room = out->room ? 2 * out->room : 64;
	struct out_cell *cells;

	if (out->ncells == out->room) {
		cells = reallocarray(out->cells, room, sizeof(*cells));
		if (!cells) {
			short_of_memory(out);
			return NULL;
		}
		out->cells = cells;
		out->room = room;
	}
	return memset(&out->cells[out->ncells++], 0, sizeof(*cells));
}

static struct out_cell *vcell(struct out *out, const char *fmt, va_list ap)
{
	struct out_cell *cell = new_cell(out);

	if (cell && vasprintf(&cell->text, fmt, ap) < 0) {
		out->ncells--;
		short_of_memory(out);
		return NULL;
	}
	return cell;
}

static struct out_cell *start_cell(struct out *out, const char *fmt, ...)
{
	struct out_cell *cell;
	va_list ap;

	va_start(ap, fmt);
	cell = vcell(out, fmt, ap);
	va_end(ap);
	return cell;
}

/**
 * out_row - start a row
 * @out: of text
 * @prefix: its first cell, which two spaces do not follow
 */
void out_row(struct out *out, const char *prefix)
{
	struct out_cell *cell = start_cell(out, "%s", prefix);

	if (cell)
		cell->first = true;
}

/**
 * out_cell - add a cell to the row
 * @out: of text
 * @fmt: what to print
 */
void out_cell(struct out *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vcell(out, fmt, ap);
	va_end(ap);
}

/**
 * out_right - add a cell that is aligned to the right
 * @out: of text
 * @fmt: what to print
 */
void out_right(struct out *out, const char *fmt, ...)
{
	struct out_cell *cell;
	va_list ap;

	va_start(ap, fmt);
	cell = vcell(out, fmt, ap);
	va_end(ap);
	if (cell)
		cell->right = true;
}

/**
 * out_value - add a cell with the value of an attribute, "-" without one
 * @out: of text
 * @obj: what @rec is
 * @rec: the struct
 * @attr: the attribute
 */
void out_value(struct out *out, const struct object *obj, const void *rec,
	       unsigned int attr)
{
	char text[OBJECT_TEXT];

	out_cell(out, "%s", object_text(obj, rec, attr, text));
}

/**
 * out_attr - add a cell with an attribute's word and value
 * @out: of text
 * @obj: what @rec is
 * @rec: the struct
 * @attr: the attribute
 */
void out_attr(struct out *out, const struct object *obj, const void *rec,
	      unsigned int attr)
{
	char text[OBJECT_TEXT];

	out_cell(out, "%s %s", object_word(obj, attr),
		 object_text(obj, rec, attr, text));
}

static void measure(const struct out *out, int width[COLUMNS])
{
	const struct out_cell *cell;
	unsigned int column = 0;
	int len;

	for (cell = out->cells; cell < out->cells + out->ncells; cell++) {
		column = cell->first ? 0 : column + 1;
		len = strlen(cell->text);
		if (column < COLUMNS && len > width[column])
			width[column] = len;
	}
}

/**
 * out_align - print the rows so far, their columns aligned
 * @out: of text
 */
void out_align(struct out *out)
{
	int width[COLUMNS] = { 0 }, pad = 0, gap;
	struct out_cell *cell, *end = out->cells + out->ncells;
	unsigned int column = 0;

	measure(out, width);
	for (cell = out->cells; cell < end; cell++) {
		column = cell->first ? 0 : column + 1;
		gap = column > 1 ? 2 : 0;
		if (cell->first)
			printf("%s", cell->text);
		else if (cell->right && column < COLUMNS)
			printf("%*s%*s", pad + gap, "", width[column],
			       cell->text);
		else
			printf("%*s%s", pad + gap, "", cell->text);
		pad = column < COLUMNS && !cell->right ?
		      width[column] - (int)strlen(cell->text) : 0;
		if (cell + 1 == end || cell[1].first)
			putchar('\n');
		free(cell->text);
	}
	out->ncells = 0;
}

/**
 * out_json - print a JSON document and forget it
 * @out: says how
 * @json: the document, NULL if memory was short
 */
void out_json(struct out *out, json_t *json)
{
	size_t flags = out->pretty ? JSON_INDENT(4) : JSON_COMPACT;

	if (!json)
		short_of_memory(out);
	else if (json_dumpf(json, stdout, flags | JSON_ENCODE_ANY) == 0)
		putchar('\n');
	else if (!ferror(stdout))
		short_of_memory(out);
	json_decref(json);
}

/**
 * out_member - add a list to a JSON object, under the word of what is in it
 * @out: notes what goes wrong
 * @json: the JSON object
 * @list: the list
 */
void out_member(struct out *out, json_t *json, const struct list *list)
{
	if (json_object_set_new(json, list->obj->word, list_json(list)) < 0)
		short_of_memory(out);
}

/**
 * out_list - print a list: rows of text, or an array of JSON objects
 * @out: says which
 * @list: the list
 */
void out_list(struct out *out, const struct list *list)
{
	size_t i;

	if (out->json) {
		out_json(out, list_json(list));
		return;
	}
	for (i = 0; i < list->n; i++) {
		out_row(out, "");
		list->obj->row(out, list_at(list, i));
	}
	out_align(out);
}

/**
 * out_flush - let standard output have it all
 * @out: where to note what went wrong
 *
 * Return: true if everything so far could be printed.
 */
bool out_flush(struct out *out)
{
	errno = 0;
	if ((fflush(stdout) || ferror(stdout)) && !out->err)
		out->err = errno ? errno : EIO;
	return !out->err;
}
