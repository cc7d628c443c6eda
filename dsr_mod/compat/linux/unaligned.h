/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux 6.12 moved asm/unaligned.h here.
 */
#if __has_include_next(<linux/unaligned.h>)
#include_next <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif
