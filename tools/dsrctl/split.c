// SPDX-License-Identifier: GPL-2.0
/*
 * A line of a batch to words.
 */
#include <ctype.h>

#include "args.h"

/* Copies a word without its quotes; returns where it ends, NULL if it does not. */
static char *unquote(char *from, char *to)
{
	char quote = 0;

	for (; *from; from++) {
		if (!quote && isspace((unsigned char)*from)) {
			from++;
			break;
		}
		if (quote && *from == quote)
			quote = 0;
		else if (!quote && (*from == '"' || *from == '\''))
			quote = *from;
		else if (quote == '"' && *from == '\\' && from[1])
			*to++ = *++from;
		else
			*to++ = *from;
	}
	*to = '\0';
	return quote ? NULL : from;
}

/**
 * args_split - split a line of a batch into words
 * @line: the line; the words are cut out of it
 * @word: where to put them
 * @why: says what is wrong
 *
 * Words are separated by space. Quotes of either kind keep space; within double
 * quotes a backslash keeps the next character. A word that starts with "#"
 * starts a comment.
 *
 * Return: how many words, or -1.
 */
int args_split(char *line, char *word[ARGS_MAX], struct complaint *why)
{
	int n = 0;

	for (;;) {
		while (isspace((unsigned char)*line))
			line++;
		if (!*line || *line == '#')
			return n;
		if (n == ARGS_MAX) {
			args_complain(why, NULL, "more than %d words",
				      ARGS_MAX);
			return -1;
		}
		word[n++] = line;
		line = unquote(line, line);
		if (!line) {
			args_complain(why, NULL, "a quote does not end");
			return -1;
		}
	}
}
