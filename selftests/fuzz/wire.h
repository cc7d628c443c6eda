/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets of the fuzzers. Whatever the system refuses here ends the program. */
#ifndef DSR_FUZZ_WIRE_H
#define DSR_FUZZ_WIRE_H

#include <stdint.h>

void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void wire_enter(const char *netns);
int wire_packet(const char *dev);
int wire_genl(void);
uint16_t wire_family(const char *name);
uint16_t wire_events(void);	/* of the family that was looked up last */

#endif /* DSR_FUZZ_WIRE_H */
