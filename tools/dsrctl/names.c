// SPDX-License-Identifier: GPL-2.0
/*
 * The words for the values of an enum. The tables come from the netlink spec,
 * so the tool, the protocol and the documents cannot drift apart.
 */
#include <string.h>

#include "names.h"

/**
 * names_find - the entry of a word
 * @table: one of the tables of words_gen.h
 * @word: compared whole; no prefix is ever enough
 *
 * Return: the entry, or NULL.
 */
const struct word *names_find(const struct word *table, const char *word)
{
	for (; table->word; table++)
		if (!strcmp(table->word, word))
			return table;
	return NULL;
}

/**
 * names_of - the entry of a value
 * @table: one of the tables of words_gen.h
 * @value: as the kernel gave it
 *
 * Return: the entry, or NULL if the kernel is newer than this tool.
 */
const struct word *names_of(const struct word *table, unsigned int value)
{
	for (; table->word; table++)
		if (table->value == value)
			return table;
	return NULL;
}

/**
 * names_join - append a word to a list for people
 * @to: "a, b" so far, or ""
 * @size: of @to; what does not fit is left out
 * @word: to append
 */
void names_join(char *to, size_t size, const char *word)
{
	size_t len = strlen(to);
	const char *comma = len ? ", " : "";

	if (len + strlen(comma) + strlen(word) + 1 > size)
		return;
	strcpy(to + len, comma);
	strcat(to + len, word);
}

/**
 * names_list - all words of a table, for an error message
 * @table: one of the tables of words_gen.h
 * @to: where to append them
 * @size: of @to
 */
void names_list(const struct word *table, char *to, size_t size)
{
	for (; table->word; table++)
		names_join(to, size, table->word);
}
