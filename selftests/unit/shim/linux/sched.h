/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DSR_SHIM_SCHED_H
#define DSR_SHIM_SCHED_H

#include_next <linux/sched.h>

static inline void cond_resched(void)
{
}

#endif /* DSR_SHIM_SCHED_H */
