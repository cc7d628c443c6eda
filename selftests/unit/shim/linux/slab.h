/* SPDX-License-Identifier: GPL-2.0 */
/* Memory of the kernel, from malloc; shim_fail_alloc makes the next request fail. */
#ifndef DSR_SHIM_SLAB_H
#define DSR_SHIM_SLAB_H

#include <linux/types.h>
#include <stdlib.h>

#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0

extern bool shim_fail_alloc;

static inline void *kvmalloc_array(size_t n, size_t size, int flags)
{
	size_t bytes;

	if (shim_fail_alloc || __builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return malloc(bytes);
}

static inline void *kvcalloc(size_t n, size_t size, int flags)
{
	return shim_fail_alloc ? NULL : calloc(n, size);
}

static inline void kvfree(const void *p)
{
	free((void *)p);
}

#define kmalloc_array	kvmalloc_array
#define kcalloc		kvcalloc
#define kfree		kvfree

#endif /* DSR_SHIM_SLAB_H */
