/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux 6.5 moved the GSO helpers here from netdevice.h and skbuff.h.
 */
#if __has_include_next(<net/gso.h>)
#include_next <net/gso.h>
#endif
