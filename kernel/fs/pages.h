/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file's bytes in memory: a sparse array of pages that reads, writes and mappings share, with,
 * below it, bytes that came with the image and are copied page by page when somebody changes or
 * maps them.
 *
 * Locks: `lock` guards the tree, size and the bytes below. Changing calls are made under the
 * owner's write lock; faults may come at any time.
 */
#ifndef KERNEL_FS_PAGES_H
#define KERNEL_FS_PAGES_H

#include "kernel/core/vmobj.h"
#include "kernel/fs/uio.h"
#include "kernel/core/lock.h"

struct pages {
    struct vmobj obj; /* counts the references; mappings hold some */
    struct spinlock lock;
    int64_t size; /* of the file */
    void *root;   /* a tree of 64-way nodes over pages; with height 0 the page of index 0 itself */
    uint32_t height;
    uint64_t count;    /* pages in the tree */
    const char *below; /* bytes [0, below_bytes) where the tree has no page */
    uint64_t below_bytes;
};

/* pages_new - an empty file with one reference (vmobj_put(&p->obj) ends it). NULL: no memory. */
struct pages *pages_new(void) MUST_CHECK;

/* pages_below - start with these bytes, which stay where they are for ever. */
void pages_below(struct pages *p, const void *bytes, uint64_t size_bytes);

/* pages_read - from *pos into u up to the end, advancing *pos. Bytes, or -EFAULT. */
long pages_read(struct pages *p, struct uio *u, int64_t *pos);

/* pages_write - from u to *pos, growing the file. Bytes, or -EFAULT, -ENOSPC, -EFBIG. */
long pages_write(struct pages *p, struct uio *u, int64_t *pos);

/* pages_resize - new size; pages beyond it are gone, for mappings too. */
void pages_resize(struct pages *p, int64_t size);

/* pages_punch - zeros in [start, end), whole pages given back. 0 or -ENOSPC. */
int pages_punch(struct pages *p, int64_t start, int64_t end) MUST_CHECK;

/* pages_allocate - have pages for [start, end). 0 or -ENOSPC. */
int pages_allocate(struct pages *p, int64_t start, int64_t end) MUST_CHECK;

/* pages_seek - SEEK_DATA or SEEK_HOLE from offset. -ENXIO. */
int64_t pages_seek(struct pages *p, int64_t offset, int whence);

/* pages_count - pages that it occupies. */
uint64_t pages_count(struct pages *p);

#endif
