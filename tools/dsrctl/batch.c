// SPDX-License-Identifier: GPL-2.0
/*
 * dsrctl -batch: one command a line, all of them on the same sockets.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsrctl.h"

static int run_line(struct dsrctl *ctl, char *line, size_t len)
{
	char *word[ARGS_MAX];
	struct args args = { .word = word };

	ctl->object = NULL;
	ctl->command = NULL;
	if (strlen(line) != len)
		return dsrctl_misused(ctl, "there is a NUL byte in the line");
	args.n = args_split(line, word, &ctl->why);
	if (args.n < 0)
		return dsrctl_complained(ctl);
	return args.n ? dsrctl_run(ctl, &args) : DONE;
}

static int run_lines(struct dsrctl *ctl, FILE *from, bool force)
{
	int err, first = DONE;
	size_t room = 0;
	char *line = NULL;
	ssize_t len;

	while ((force || !first) && (len = getline(&line, &room, from)) >= 0) {
		ctl->line++;
		err = run_line(ctl, line, len);
		if (!out_flush(&ctl->out))
			break;
		if (!first)
			first = err;
	}
	free(line);
	if (ferror(from)) {
		ctl->object = NULL;
		first = dsrctl_refused(ctl, "cannot be read: %s",
				       strerror(errno));
	}
	return first;
}

/**
 * batch_run - do what a file says, line by line
 * @ctl: where
 * @file: its name, "-" for standard input
 * @force: do not stop at a line that fails
 *
 * Return: exit code of the first line that failed.
 */
int batch_run(struct dsrctl *ctl, const char *file, bool force)
{
	bool is_stdin = !strcmp(file, "-");
	FILE *from = is_stdin ? stdin : fopen(file, "re");
	int err;

	if (!from)
		return dsrctl_refused(ctl, "cannot open %s: %s", file,
				      strerror(errno));
	ctl->batch = file;
	err = run_lines(ctl, from, force);
	if (!is_stdin)
		fclose(from);
	return err;
}
