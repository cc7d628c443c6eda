// SPDX-License-Identifier: GPL-2.0
/*
 * Struct to netlink attributes, netlink attributes to struct, struct to JSON.
 */
#include <inttypes.h>
#include <jansson.h>
#include <libmnl/libmnl.h>
#include <stdio.h>
#include <string.h>

#include "object.h"

/**
 * object_put - append to a request what a struct has
 * @nlh: the request
 * @room: of the whole buffer that @nlh is in
 * @obj: what @rec is
 * @rec: the struct
 *
 * Return: false if the buffer is too small.
 */
bool object_put(struct nlmsghdr *nlh, size_t room, const struct object *obj,
		const void *rec)
{
	const struct field *f = obj->fields;
	bool ok = true;

	for (; ok && f < obj->fields + obj->nfields; f++) {
		if (!f->attr || f->kind == KIND_NEST ||
		    !object_has(rec, f->attr))
			continue;
		if (f->kind == KIND_NAME || f->kind == KIND_DEV)
			ok = mnl_attr_put_strz_check(nlh, room, f->attr,
						     object_at(f, rec));
		else
			ok = mnl_attr_put_check(nlh, room, f->attr, f->size,
						object_at(f, rec));
	}
	return ok;
}

static void parse_one(const struct field *f, void *rec,
		      const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);
	char *to = (char *)rec + f->offset;

	if (f->kind == KIND_NEST) {
		object_parse(f->nest, to, mnl_attr_get_payload(attr), len);
	} else if (f->kind == KIND_NAME || f->kind == KIND_DEV) {
		len = strnlen(mnl_attr_get_payload(attr), len);
		if (len >= f->size)
			return;
		memcpy(to, mnl_attr_get_payload(attr), len);
		to[len] = '\0';
	} else {
		if (len != f->size)
			return;
		memcpy(to, mnl_attr_get_payload(attr), len);
	}
	object_mark(rec, f->attr);
}

/**
 * object_parse - fill a struct from netlink attributes
 * @obj: what @rec is
 * @rec: the struct, zeroed
 * @attrs: first attribute
 * @len: of all attributes
 *
 * What this tool does not know is left out, so that it outlives a newer
 * kernel.
 */
void object_parse(const struct object *obj, void *rec, const void *attrs,
		  size_t len)
{
	const struct nlattr *attr;
	const struct field *f;

	mnl_attr_for_each_payload(attrs, len) {
		f = object_field(obj, mnl_attr_get_type(attr));
		if (f && f->attr)
			parse_one(f, rec, attr);
	}
}

/* A device may have a name that is not UTF-8, which JSON must not have. */
static json_t *json_text(const char *text)
{
	char safe[4 * OBJECT_TEXT + 1], *to = safe;
	json_t *json = json_string(text);

	if (json)
		return json;
	for (; *text && to < safe + sizeof(safe) - 4; text++) {
		if (*text & 0x80)
			to += sprintf(to, "\\x%02x", (unsigned char)*text);
		else
			*to++ = *text;
	}
	*to = '\0';
	return json_string(safe);
}

static json_t *field_json(const struct object *obj, const struct field *f,
			  const void *rec)
{
	char text[OBJECT_TEXT];
	uint64_t number;

	switch (f->kind) {
	case KIND_NEST:
		return object_json(f->nest, object_at(f, rec));
	case KIND_U8:
	case KIND_U16:
	case KIND_U32:
	case KIND_U64:
		number = object_number(f, rec);
		if (number > INT64_MAX)
			number = INT64_MAX;
		return json_integer(number);
	}
	return json_text(object_text(obj, rec, f->attr, text));
}

/**
 * object_json - JSON object of a struct, keys as in the spec
 * @obj: what @rec is
 * @rec: the struct
 *
 * Return: a new reference, NULL if memory is short.
 */
json_t *object_json(const struct object *obj, const void *rec)
{
	const struct field *f = obj->fields;
	json_t *json = json_object();

	for (; json && f < obj->fields + obj->nfields; f++) {
		if (!f->attr || !object_has(rec, f->attr))
			continue;
		if (json_object_set_new(json, object_word(obj, f->attr),
					field_json(obj, f, rec)) < 0) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}
