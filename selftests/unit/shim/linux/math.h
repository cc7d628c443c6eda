/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DSR_SHIM_MATH_H
#define DSR_SHIM_MATH_H

#include <linux/types.h>

/* A number below @end, in proportion to all that a u32 can be. */
static inline u32 reciprocal_scale(u32 value, u32 end)
{
	return (u64)value * end >> 32;
}

#endif /* DSR_SHIM_MATH_H */
