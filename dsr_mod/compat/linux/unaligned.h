/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux 6.12 moved asm/unaligned.h here. (Not __has_include_next: sparse does
 * not know it.)
 */
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include_next <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif
