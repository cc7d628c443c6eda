/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One table per object says everything that its arguments, its netlink
 * attributes and its JSON have in common. Arguments become a struct, the
 * struct becomes a request; a reply becomes the struct, the struct is printed.
 */
#ifndef _DSRCTL_OBJECT_H
#define _DSRCTL_OBJECT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"

struct json_t;
struct nlmsghdr;
struct out;

/**
 * enum kind - how an attribute looks in a struct, in netlink and as text
 * @KIND_U8: uint8_t, decimal
 * @KIND_U16: uint16_t, decimal
 * @KIND_U32: uint32_t, decimal
 * @KIND_U64: uint64_t, decimal
 * @KIND_HEX64: uint64_t; text "0x" and 16 digits, decimal accepted; a string
 *	in JSON, whose readers may keep only 53 bits of a number
 * @KIND_WORD: uint32_t, a word of the enum
 * @KIND_NAME: char[], name of a service
 * @KIND_DEV: char[], name of a device
 * @KIND_ADDR: struct in6_addr, IPv4 as IPv4-mapped
 * @KIND_MAC: uint8_t[6]
 * @KIND_NEST: a struct with a table of its own
 * @KIND_FLAG: nothing, an argument that is no attribute
 */
enum kind {
	KIND_U8,
	KIND_U16,
	KIND_U32,
	KIND_U64,
	KIND_HEX64,
	KIND_WORD,
	KIND_NAME,
	KIND_DEV,
	KIND_ADDR,
	KIND_MAC,
	KIND_NEST,
	KIND_FLAG,
};

/**
 * struct field - one attribute of an object
 * @attr: netlink attribute, also the bit in the struct's "have"; 0 for a flag
 * @kind: see enum kind
 * @bare: its words stand for themselves, without the attribute's word before
 * @offset: in the object's struct
 * @size: in the object's struct
 * @min: smallest number an argument may have
 * @max: largest number an argument may have
 * @what: what such a number is called in an error message
 * @words: of the enum
 * @nest: of KIND_NEST
 * @flag: the word of KIND_FLAG
 */
struct field {
	uint16_t attr;
	uint8_t kind;
	bool bare;
	uint16_t offset;
	uint16_t size;
	uint64_t min;
	uint64_t max;
	const char *what;
	const struct word *words;
	const struct object *nest;
	const char *flag;
};

#define FIELD(type_, attr_, kind_, member_, ...) {			\
	.attr = (attr_),						\
	.kind = (kind_),						\
	.offset = offsetof(struct type_, member_),			\
	.size = sizeof(((struct type_ *)0)->member_),			\
	__VA_ARGS__							\
}

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define BIT(n)		(UINT32_C(1) << (n))

/**
 * struct object - a kind of thing that can be configured or shown
 * @word: what it is called
 * @attrs: words of its attributes, by number
 * @nattrs: size of @attrs
 * @fields: in the order of the spec
 * @nfields: size of @fields
 * @size: of its struct, whose first member is "uint32_t have"
 * @get: netlink command that asks for it
 * @dumps_all: its dump takes no filter
 * @row: adds its cells to a row of text, NULL if it is never on its own
 */
struct object {
	const char *word;
	const char *const *attrs;
	unsigned int nattrs;
	const struct field *fields;
	unsigned int nfields;
	size_t size;
	uint8_t get;
	bool dumps_all;
	void (*row)(struct out *out, const void *rec);
};

#define OBJECT_TEXT	INET6_ADDRSTRLEN	/* longest text of a value */

/**
 * struct list - what a dump brought
 * @obj: what the records are
 * @recs: the records, one after the other
 * @n: how many
 * @room: for how many there is memory
 * @torn: the dump never came without a change in between
 */
struct list {
	const struct object *obj;
	char *recs;
	size_t n;
	size_t room;
	bool torn;
};

const char *object_word(const struct object *obj, unsigned int attr);
const struct field *object_field(const struct object *obj, unsigned int attr);
bool object_has(const void *rec, unsigned int attr);
void object_mark(void *rec, unsigned int attr);
const void *object_at(const struct field *f, const void *rec);
uint64_t object_number(const struct field *f, const void *rec);
void object_set_number(const struct field *f, void *rec, uint64_t value);

bool object_matches(const struct object *obj, const void *rec,
		    const void *filter);
const char *object_text(const struct object *obj, const void *rec,
			unsigned int attr, char to[OBJECT_TEXT]);

bool object_put(struct nlmsghdr *nlh, size_t room, const struct object *obj,
		const void *rec);
void object_parse(const struct object *obj, void *rec, const void *attrs,
		  size_t len);
struct json_t *object_json(const struct object *obj, const void *rec);

void *list_add(struct list *list);
void *list_at(const struct list *list, size_t i);
void list_empty(struct list *list);
void list_keep(struct list *list, const void *filter);
void list_free(struct list *list);
struct json_t *list_json(const struct list *list);

#endif /* _DSRCTL_OBJECT_H */
