// SPDX-License-Identifier: GPL-2.0
/*
 * What a struct of an object holds, read and written by the object's table.
 * Knows neither netlink nor JSON, so it can be tested on its own.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "object.h"

/**
 * object_word - what an attribute is called
 * @obj: whose attribute
 * @attr: its number
 *
 * Return: the word, or NULL if this tool does not know the attribute.
 */
const char *object_word(const struct object *obj, unsigned int attr)
{
	return attr < obj->nattrs ? obj->attrs[attr] : NULL;
}

/**
 * object_field - the table entry of an attribute
 * @obj: whose attribute
 * @attr: its number
 *
 * Return: the entry, or NULL.
 */
const struct field *object_field(const struct object *obj, unsigned int attr)
{
	unsigned int i;

	for (i = 0; i < obj->nfields; i++)
		if (obj->fields[i].attr == attr)
			return &obj->fields[i];
	return NULL;
}

/**
 * object_has - whether a struct has a value for an attribute
 * @rec: struct of any object
 * @attr: the attribute
 *
 * Return: true if it was given or received.
 */
bool object_has(const void *rec, unsigned int attr)
{
	uint32_t have;

	memcpy(&have, rec, sizeof(have));
	return attr < 32 && have & BIT(attr);
}

/**
 * object_mark - note that a struct has a value for an attribute
 * @rec: struct of any object
 * @attr: the attribute
 */
void object_mark(void *rec, unsigned int attr)
{
	uint32_t bits;

	memcpy(&bits, rec, sizeof(bits));
	bits |= BIT(attr);
	memcpy(rec, &bits, sizeof(bits));
}

/**
 * object_at - where the value of an attribute is
 * @f: which
 * @rec: in this struct
 *
 * Return: its address.
 */
const void *object_at(const struct field *f, const void *rec)
{
	return (const char *)rec + f->offset;
}

/**
 * object_number - read a number of any width
 * @f: which
 * @rec: from this struct
 *
 * Return: the number; 0 if @f is no number.
 */
uint64_t object_number(const struct field *f, const void *rec)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (f->size) {
	case sizeof(uint8_t):
		return *(const uint8_t *)object_at(f, rec);
	case sizeof(u16):
		memcpy(&u16, object_at(f, rec), sizeof(u16));
		return u16;
	case sizeof(u32):
		memcpy(&u32, object_at(f, rec), sizeof(u32));
		return u32;
	case sizeof(u64):
		memcpy(&u64, object_at(f, rec), sizeof(u64));
		return u64;
	}
	return 0;
}

/**
 * object_set_number - store a number of any width and mark it as given
 * @f: which
 * @rec: into this struct
 * @value: fits
 */
void object_set_number(const struct field *f, void *rec, uint64_t value)
{
	char *to = (char *)rec + f->offset;
	uint32_t u32 = value;
	uint16_t u16 = value;
	uint8_t u8 = value;

	switch (f->size) {
	case sizeof(u8):
		memcpy(to, &u8, sizeof(u8));
		break;
	case sizeof(u16):
		memcpy(to, &u16, sizeof(u16));
		break;
	case sizeof(u32):
		memcpy(to, &u32, sizeof(u32));
		break;
	case sizeof(value):
		memcpy(to, &value, sizeof(value));
		break;
	}
	object_mark(rec, f->attr);
}

/**
 * object_matches - whether a struct has all that another has
 * @obj: what they are
 * @rec: the struct
 * @filter: the other
 *
 * Return: true if it has, with the same values.
 */
bool object_matches(const struct object *obj, const void *rec,
		    const void *filter)
{
	const struct field *f = obj->fields;

	for (; f < obj->fields + obj->nfields; f++)
		if (object_has(filter, f->attr) &&
		    (!object_has(rec, f->attr) ||
		     memcmp(object_at(f, rec), object_at(f, filter), f->size)))
			return false;
	return true;
}

static void addr_text(const void *addr, char to[OBJECT_TEXT])
{
	struct in6_addr in6;

	memcpy(&in6, addr, sizeof(in6));
	if (IN6_IS_ADDR_V4MAPPED(&in6))
		inet_ntop(AF_INET, &in6.s6_addr[12], to, OBJECT_TEXT);
	else
		inet_ntop(AF_INET6, &in6, to, OBJECT_TEXT);
}

/**
 * object_text - the text of a value, as an argument would have it
 * @obj: what @rec is
 * @rec: the struct
 * @attr: which
 * @to: for the text
 *
 * Return: @to, or "-" if there is no value.
 */
const char *object_text(const struct object *obj, const void *rec,
			unsigned int attr, char to[OBJECT_TEXT])
{
	const struct field *f = object_field(obj, attr);
	const struct word *word;
	const uint8_t *mac;

	if (!f || !object_has(rec, attr))
		return "-";

	switch (f->kind) {
	case KIND_NAME:
	case KIND_DEV:
		snprintf(to, OBJECT_TEXT, "%s", (const char *)object_at(f, rec));
		return to;
	case KIND_ADDR:
		addr_text(object_at(f, rec), to);
		return to;
	case KIND_MAC:
		mac = object_at(f, rec);
		snprintf(to, OBJECT_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x",
			 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
		return to;
	case KIND_HEX64:
		snprintf(to, OBJECT_TEXT, "0x%016" PRIx64,
			 object_number(f, rec));
		return to;
	case KIND_WORD:
		word = names_of(f->words, object_number(f, rec));
		if (word)
			return word->word;
		break;
	}
	snprintf(to, OBJECT_TEXT, "%" PRIu64, object_number(f, rec));
	return to;
}
