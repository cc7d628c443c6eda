// SPDX-License-Identifier: GPL-2.0
/*
 * Words to structs, by the table of the object. Words are compared whole, none
 * may come twice, and none may be left over.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "args.h"

static const char not_a_name[] =
	"is not a name (1-31 letters, digits, \".\", \"_\", \"-\"; not \"-\" first)";

/**
 * args_next - take a word
 * @args: from these
 *
 * Return: the word, NULL after the last.
 */
const char *args_next(struct args *args)
{
	if (!args->n)
		return NULL;
	args->n--;
	return *args->word++;
}

/**
 * args_complain - say what is wrong with a word
 * @why: where to say it
 * @word: the word, or NULL
 * @fmt: what it is or is not
 *
 * Return: false, for the caller to return.
 */
bool args_complain(struct complaint *why, const char *word, const char *fmt,
		   ...)
{
	size_t len = 0;
	va_list ap;

	if (word)
		len = snprintf(why->text, sizeof(why->text),
			       strlen(word) > 80 ? "\"%.80s...\" " : "\"%.80s\" ",
			       word);
	va_start(ap, fmt);
	vsnprintf(why->text + len, sizeof(why->text) - len, fmt, ap);
	va_end(ap);
	return false;
}

static bool number_value(const struct field *f, void *rec, const char *text,
			 struct complaint *why)
{
	uint64_t number;

	if (!args_number(text, f->min, f->max, &number))
		return args_complain(why, text,
				     "is not %s (%" PRIu64 "-%" PRIu64 ")",
				     f->what, f->min, f->max);
	object_set_number(f, rec, number);
	return true;
}

static bool word_value(const struct object *obj, const struct field *f,
		       void *rec, const char *text, struct complaint *why)
{
	const struct word *word = names_find(f->words, text);
	char words[128] = "";

	if (!word) {
		names_list(f->words, words, sizeof(words));
		return args_complain(why, text, "is not a %s (%s)",
				     object_word(obj, f->attr), words);
	}
	object_set_number(f, rec, word->value);
	return true;
}

static bool hex_value(const struct field *f, void *rec, const char *text,
		      struct complaint *why)
{
	uint64_t number;

	if (!args_number_or_hex(text, &number))
		return args_complain(why, text,
				     "is not %s (64 bit, decimal or 0x...)",
				     f->what);
	object_set_number(f, rec, number);
	return true;
}

/* Values that are stored as they are, and the words that say they are wrong. */
static const char *other_value(const struct field *f, char *to,
			       const char *text)
{
	struct in6_addr addr;

	switch (f->kind) {
	case KIND_NAME:
		if (!args_name(text, f->size - 1))
			return not_a_name;
		snprintf(to, f->size, "%s", text);
		return NULL;
	case KIND_DEV:
		if (!args_dev(text, f->size - 1))
			return "is not a device name";
		snprintf(to, f->size, "%s", text);
		return NULL;
	case KIND_ADDR:
		if (!args_addr(text, &addr))
			return "is not an IPv4 or IPv6 address";
		memcpy(to, &addr, sizeof(addr));
		return NULL;
	case KIND_MAC:
		if (!strcmp(text, "none"))
			memset(to, 0, f->size);
		else if (!args_mac(text, (uint8_t *)to))
			return "is not a MAC address (xx:xx:xx:xx:xx:xx)";
		return NULL;
	}
	return "cannot be given";
}

/**
 * args_value - store the value of one attribute
 * @obj: what @rec is
 * @attr: which attribute
 * @rec: the struct
 * @text: the word
 * @why: says what is wrong
 *
 * Return: false if @text is no such value.
 */
bool args_value(const struct object *obj, unsigned int attr, void *rec,
		const char *text, struct complaint *why)
{
	const struct field *f = object_field(obj, attr);
	const char *wrong;

	switch (f->kind) {
	case KIND_U8:
	case KIND_U16:
	case KIND_U32:
		return number_value(f, rec, text, why);
	case KIND_HEX64:
		return hex_value(f, rec, text, why);
	case KIND_WORD:
		return word_value(obj, f, rec, text, why);
	}
	if (f->kind != KIND_FLAG) {
		wrong = other_value(f, (char *)rec + f->offset, text);
		if (wrong)
			return args_complain(why, text, "%s", wrong);
	}
	object_mark(rec, f->attr);
	return true;
}

/**
 * args_positional - take a value that has no word before it
 * @args: the words
 * @obj: what @rec is
 * @attr: which attribute
 * @rec: the struct
 * @what: how the help calls it
 * @why: says what is wrong
 *
 * Return: false if it is missing or wrong.
 */
bool args_positional(struct args *args, const struct object *obj,
		     unsigned int attr, void *rec, const char *what,
		     struct complaint *why)
{
	const char *text = args_next(args);

	if (!text)
		return args_complain(why, NULL, "%s is missing", what);
	return args_value(obj, attr, rec, text, why);
}

static bool is_keyword(const struct object *obj, const struct field *f,
		       const char *word)
{
	if (f->kind == KIND_FLAG)
		return !strcmp(word, f->flag);
	if (f->bare)
		return names_find(f->words, word);
	return !strcmp(word, object_word(obj, f->attr));
}

static bool unknown(const struct object *obj, uint32_t allowed,
		    const char *word, struct complaint *why)
{
	const struct field *f = obj->fields;
	char words[200] = "";

	if (*word == '-')
		return args_complain(why, word,
				     "is not expected here; options come first");
	if (!allowed)
		return args_complain(why, word, "is one word too many");
	for (; f < obj->fields + obj->nfields; f++) {
		if (!(allowed & BIT(f->attr)))
			continue;
		if (f->bare)
			names_list(f->words, words, sizeof(words));
		else
			names_join(words, sizeof(words),
				   f->kind == KIND_FLAG ? f->flag :
				   object_word(obj, f->attr));
	}
	return args_complain(why, word, "is not expected here (%s)", words);
}

/**
 * args_keywords - take all words that are left: words and their values
 * @args: the words
 * @obj: what @rec is
 * @rec: the struct
 * @allowed: bits of the attributes that may be given
 * @why: says what is wrong
 *
 * Return: false if one is unknown, wrong, given twice or has no value.
 */
bool args_keywords(struct args *args, const struct object *obj, void *rec,
		   uint32_t allowed, struct complaint *why)
{
	const struct field *f, *end = obj->fields + obj->nfields;
	const char *word, *value;

	while ((word = args_next(args))) {
		for (f = obj->fields; f < end; f++)
			if (allowed & BIT(f->attr) && is_keyword(obj, f, word))
				break;
		if (f == end)
			return unknown(obj, allowed, word, why);
		if (object_has(rec, f->attr))
			return args_complain(why, word, f->bare ?
					     "is a second role" :
					     "is given twice");
		value = f->bare || f->kind == KIND_FLAG ? word :
							  args_next(args);
		if (!value)
			return args_complain(why, word, "needs a value");
		if (!args_value(obj, f->attr, rec, value, why))
			return false;
	}
	return true;
}
