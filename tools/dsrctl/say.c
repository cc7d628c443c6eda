// SPDX-License-Identifier: GPL-2.0
/*
 * What there is to complain about: one line each, on standard error.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "dsrctl.h"

/* One line, whatever the arguments had in them. */
static void complain(const struct dsrctl *ctl, const char *fmt, va_list ap)
{
	char text[512], line[16] = "", *c;

	vsnprintf(text, sizeof(text), fmt, ap);
	for (c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	if (ctl->batch)
		snprintf(line, sizeof(line), "%u: ", ctl->line);
	fflush(stdout);
	/* At once, lest another's message gets in between. */
	fprintf(stderr, "dsrctl: %s%s%s%s%s%s%s%s\n", ctl->batch ? ctl->batch : "",
		ctl->batch ? ":" : "", line, ctl->object ? ctl->object : "",
		ctl->command ? " " : "", ctl->command ? ctl->command : "",
		ctl->object ? ": " : "", text);
}

/**
 * dsrctl_refused - say that the kernel or the system would not
 * @ctl: which command
 * @fmt: why
 *
 * Return: REFUSED.
 */
int dsrctl_refused(struct dsrctl *ctl, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(ctl, fmt, ap);
	va_end(ap);
	return REFUSED;
}

/**
 * dsrctl_misused - say that the words make no command
 * @ctl: which command
 * @fmt: why
 *
 * Return: MISUSED.
 */
int dsrctl_misused(struct dsrctl *ctl, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(ctl, fmt, ap);
	va_end(ap);
	return MISUSED;
}

/**
 * dsrctl_notice - say something that is no error
 * @ctl: which command
 * @fmt: what
 */
void dsrctl_notice(struct dsrctl *ctl, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(ctl, fmt, ap);
	va_end(ap);
}

/**
 * dsrctl_complained - say what ctl->why says
 * @ctl: which command
 *
 * Return: MISUSED.
 */
int dsrctl_complained(struct dsrctl *ctl)
{
	return dsrctl_misused(ctl, "%s", ctl->why.text);
}

/**
 * dsrctl_too_many - say that a word is too many
 * @ctl: which command
 * @args: where the word is next
 *
 * Return: MISUSED.
 */
int dsrctl_too_many(struct dsrctl *ctl, struct args *args)
{
	args_complain(&ctl->why, args_next(args), "is one word too many");
	return dsrctl_complained(ctl);
}
