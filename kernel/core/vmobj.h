/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind a mapping that is not anonymous: something that has a page at every index. A
 * file's pages, or a piece of memory that is simply there (the program in the payload, the vDSO).
 * Counted; each region holds a reference.
 */
#ifndef KERNEL_CORE_VMOBJ_H
#define KERNEL_CORE_VMOBJ_H

#include "kernel/core/page.h"

struct vmobj;

struct vmobj_ops {
    /*
     * The page at index (byte offset / PAGE_SIZE), with a reference for the caller (page_get).
     * write: its bytes are about to change. A hole gets a page either way: what is written to the
     * file later must be seen through the mapping. Task context, no locks, may sleep. 0; -ERANGE:
     * beyond the end (the program gets SIGBUS); -ENOMEM; -EIO (SIGBUS).
     */
    int (*get_page)(struct vmobj *o, uint64_t index, bool write, paddr_t *pa);
    /* Bring what was changed in pages [first, end) to where it belongs. NULL: it is there. May
     * sleep. 0, -EIO, -ENOSPC. */
    int (*sync)(struct vmobj *o, uint64_t first, uint64_t end);
    /* A mapping of it is gone. May sleep. NULL: nothing to do */
    void (*unmapped)(struct vmobj *o);
    /* The last reference is gone. NULL: nothing to do (static objects). */
    void (*release)(struct vmobj *o);
    /* "/etc/hosts" for /proc/self/maps; may be NULL. Writes at most size_bytes including the NUL.
     */
    void (*name)(struct vmobj *o, char *buf, size_t size_bytes);
};

struct vmobj {
    const struct vmobj_ops *ops;
    uint32_t refs;
    paddr_t pinned; /* not 0: all pages are there, one after the other from here, never change and
                       are not counted */
    uint64_t pinned_bytes;  /* beyond the last page of these a touch is SIGBUS */
    uint64_t inode, device; /* for /proc/self/maps */
    bool tracks_writes;     /* get_page wants to know of each page's first write through a shared
                               mapping; after     vmobj_invalidate of the next one, too */
};

/* vmobj_init - one reference. */
void vmobj_init(struct vmobj *o, const struct vmobj_ops *ops);

/* vmobj_init_pinned - for memory that is there: [pa, pa + size_bytes), pa page-aligned. The caller
 * keeps o alive. */
void vmobj_init_pinned(struct vmobj *o, paddr_t pa, uint64_t size_bytes);

struct vmobj *vmobj_get(struct vmobj *o);
void vmobj_put(struct vmobj *o); /* may sleep at the last reference */

/* vmobj_invalidate - pages [first, end) of the object are going (truncate, hole punch): forget them
 * in every address space, also private copies when `copies`. The caller has made get_page refuse or
 * replace them already. Task context, no spinlock. */
void vmobj_invalidate(struct vmobj *o, uint64_t first, uint64_t end, bool copies);

#endif
