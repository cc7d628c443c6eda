/* SPDX-License-Identifier: GPL-2.0 */
/* Results of a unit test in KTAP. main() returns ktap_done(). */
#ifndef DSR_UNIT_KTAP_H
#define DSR_UNIT_KTAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int ktap_count, ktap_failed;

static inline void ktap_begin(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("TAP version 13");
}

__attribute__((format(printf, 2, 3)))
static inline void ktap(bool good, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("%sok %d ", good ? "" : "not ", ++ktap_count);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	ktap_failed += !good;
}

static inline int ktap_done(void)
{
	printf("1..%d\n", ktap_count);
	return ktap_failed || !ktap_count;
}

#endif /* DSR_UNIT_KTAP_H */
