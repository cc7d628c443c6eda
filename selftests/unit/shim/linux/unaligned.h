/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers in memory at any address, and in any order of bytes. */
#ifndef DSR_SHIM_UNALIGNED_H
#define DSR_SHIM_UNALIGNED_H

#include <endian.h>
#include <string.h>

#include <linux/types.h>

#define be16_to_cpu(x)		be16toh(x)
#define le32_to_cpu(x)		le32toh(x)
#define swab16(x)		__builtin_bswap16(x)

static inline u32 be32_to_cpu(u32 x)
{
	return be32toh(x);
}

static inline u32 get_unaligned_le32(const void *p)
{
	u32 value;

	memcpy(&value, p, sizeof(value));
	return le32toh(value);
}

static inline u64 get_unaligned_le64(const void *p)
{
	u64 value;

	memcpy(&value, p, sizeof(value));
	return le64toh(value);
}

static inline u64 get_unaligned_be64(const void *p)
{
	u64 value;

	memcpy(&value, p, sizeof(value));
	return be64toh(value);
}

#define get_unaligned(p) ({				\
	struct { typeof(*(p)) value; } _u;		\
							\
	memcpy((void *)&_u, p, sizeof(_u));		\
	_u.value;					\
})

#endif /* DSR_SHIM_UNALIGNED_H */
