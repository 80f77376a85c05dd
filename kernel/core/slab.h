/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel memory by the byte, from slabs of power-of-two and a few odd size classes on top of the
 * page allocator. Any context, any CPU. */
#ifndef KERNEL_CORE_SLAB_H
#define KERNEL_CORE_SLAB_H

#include "lib/types.h"

/* kmalloc - size_bytes of memory, 16-byte aligned, contents undefined; NULL when there is none.
 * kzalloc: zeroed. Up to 1 MiB. */
void *kmalloc(size_t size_bytes) MUST_CHECK;
void *kzalloc(size_t size_bytes) MUST_CHECK;

/* kfree - give back; NULL is allowed. */
void kfree(void *p);

/* slab_in_use_bytes - what kmalloc has handed out. slab_page_bytes - the pages that it and what is
 * kept for it take. Exact while nobody allocates. */
size_t slab_in_use_bytes(void);
size_t slab_page_bytes(void);

/* slab_use - how much of each size is handed out, for leak checks: size class i, and behind the
 * last one pages of what is larger than all. False: there is no i-th. */
struct slab_use {
    uint32_t object_bytes, in_use;
};
bool slab_use(unsigned i, struct slab_use *u);

/* slab_refuse - page_refusing has been set: kmalloc asks page_refuse from here on, too. */
void slab_refuse(void);

#endif
