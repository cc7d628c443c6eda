/* SPDX-License-Identifier: GPL-2.0 */
/* What kernel code expects of <linux/types.h>, and of what always comes with it. */
#ifndef DSR_SHIM_TYPES_H
#define DSR_SHIM_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define U16_MAX	0xffff
#define U32_MAX	0xffffffffU

#define max(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })
#define min(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a < _b ? _a : _b; })
#define __force
#define likely(x)	(x)
#define unlikely(x)	(x)

#endif /* DSR_SHIM_TYPES_H */
