// SPDX-License-Identifier: GPL-2.0
/*
 * A growing array of structs of one object.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "object.h"

/**
 * list_add - append a zeroed struct
 * @list: to this
 *
 * Return: the struct, valid until the next list_add(); NULL if memory is short.
 */
void *list_add(struct list *list)
{
	size_t room;
	char *recs;

	if (list->n == list->room) {
		room = list->room ? 2 * list->room : 16;
		recs = reallocarray(list->recs, room, list->obj->size);
		if (!recs)
			return NULL;
		list->recs = recs;
		list->room = room;
	}
	return memset(list_at(list, list->n++), 0, list->obj->size);
}

/**
 * list_at - a struct by its place
 * @list: of this
 * @i: less than list->n
 *
 * Return: the struct.
 */
void *list_at(const struct list *list, size_t i)
{
	return list->recs + i * list->obj->size;
}

/**
 * list_empty - forget the structs, keep the memory
 * @list: of this
 */
void list_empty(struct list *list)
{
	list->n = 0;
}

/**
 * list_keep - forget the structs that do not match
 * @list: of this
 * @filter: what the others have in common
 */
void list_keep(struct list *list, const void *filter)
{
	size_t i, n = 0;

	for (i = 0; i < list->n; i++)
		if (object_matches(list->obj, list_at(list, i), filter))
			memmove(list_at(list, n++), list_at(list, i),
				list->obj->size);
	list->n = n;
}

/**
 * list_free - give the memory back
 * @list: of this
 */
void list_free(struct list *list)
{
	free(list->recs);
	list->recs = NULL;
	list->n = 0;
	list->room = 0;
}

/**
 * list_json - JSON array of a list
 * @list: the list
 *
 * Return: a new reference, NULL if memory is short.
 */
json_t *list_json(const struct list *list)
{
	json_t *json = json_array();
	size_t i;

	for (i = 0; json && i < list->n; i++) {
		if (json_array_append_new(json, object_json(list->obj,
							    list_at(list, i)))) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}
