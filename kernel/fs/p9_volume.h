/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of a volume share (p9_mount.c, p9_names.c, p9_dir.c, p9_file.c, p9_cache.c).
 *
 * An inode stands for one qid of the server. `name` is a fid that leads to it by a name; it is
 * replaced whenever a walk comes by, and NULL once its last known name is gone. What is open at the
 * server are fids of their own, kept from the first opening until the inode goes.
 *
 * Coherence: names are asked for at every walk, attributes when somebody wants them and they are
 * older than a moment. Cached pages are dropped when size or time of change turn out to be others.
 * Writing goes through to the server at once; what a shared mapping changed is written back by
 * msync, munmap, fsync, close and the end of the program.
 *
 * Locks: `lock` guards the fids; pages.lock guards sizes, pages, dirty, changes and writers. The
 * inode's write_lock, a mutex, is outside both.
 */
#ifndef KERNEL_FS_P9_VOLUME_H
#define KERNEL_FS_P9_VOLUME_H

#include "kernel/fs/p9.h"
#include "kernel/fs/pages.h"
#include "kernel/fs/super.h"

#define P9_TABLE 64u /* buckets for inodes */

struct p9_volume {
    struct super super;
    struct p9_session session;
    struct spinlock lock; /* guards table */
    struct list table[P9_TABLE];
    struct list node; /* among all volumes */
};

enum p9_handle { P9_READING, P9_WRITING, P9_APPENDING, P9_HANDLES };

struct p9_inode {
    struct inode *inode;
    struct p9_volume *volume;
    struct p9_qid qid;
    struct list node; /* in the table */
    struct spinlock lock;
    struct p9_fid *name;
    struct p9_fid *open[P9_HANDLES];
    int64_t attr_ns; /* when the attributes were asked for; 0: they may be wrong */
    bool detached;   /* it has no name left and was truncated: the pages are the file */
    /* Regular files: */
    struct pages pages;   /* what is cached; obj's references are the mappings */
    struct pages dirty;   /* those of them that mappings have changed */
    uint32_t changes;     /* counts changes: what was asked for before one isn't cached after it */
    uint32_t writers;     /* changing it right now */
    uint32_t flushing;    /* pages on their way to the server because they were dirty */
    struct waitq settled; /* woken when there are fewer writers, or pages flushing */
    uint64_t next_index;  /* where reading in sequence would go on */
    uint32_t window;      /* pages to read ahead then */
};

static inline struct p9_inode *p9_of(const struct inode *inode)
{
    return inode->priv;
}

static inline struct p9_volume *p9_volume_of(const struct inode *inode)
{
    return container_of(inode->super, struct p9_volume, super);
}

/* p9_volume_init - what the channel's server serves as a file system that isn't mounted: super.root
 * is there. As p9_mount. */
int p9_volume_init(struct p9_volume *v, struct p9_channel *channel, bool readonly) MUST_CHECK;

/* ---- inodes: p9_inode.c ---- */

/* p9_inode_get - the inode for what fid, a name that was just walked to, is: found or made, with a
 * reference. Takes over fid, also on failure. */
int p9_inode_get(struct p9_volume *v, const struct p9_qid *qid, struct p9_fid *fid,
                 struct inode **inode) MUST_CHECK;

/* p9_inode_get_live - a reference, if it isn't going already. */
bool p9_inode_get_live(struct inode *inode) MUST_CHECK;

/* p9_name - its fid by name, with a reference; NULL: none. p9_set_name - from now on `fid` (taken
 * over, may be NULL) is that. */
struct p9_fid *p9_name(struct p9_inode *p) MUST_CHECK;
void p9_set_name(struct p9_inode *p, struct p9_fid *fid);

/* p9_refresh - struct inode_ops' refresh. p9_stale - the attributes have to be asked for again.
 * p9_lost_name - one name of it is gone; attributes are its own affair from now on. */
void p9_refresh(struct inode *inode);
void p9_stale(struct inode *inode);
void p9_lost_name(struct inode *inode);

/* p9_handle - have it open for that, with a reference: the server's error if it can't be. */
int p9_handle(struct p9_inode *p, enum p9_handle kind, struct p9_fid **fid) MUST_CHECK;
void p9_set_handle(struct p9_inode *p, enum p9_handle kind, struct p9_fid *fid);

/* ---- what its kinds do ---- */

extern const struct inode_ops p9_dir_ops, p9_file_ops, p9_link_ops, p9_special_ops;
extern const struct file_ops p9_dir_fops, p9_file_fops;

/* p9_evict, p9_setattr_op, p9_fsync_op - struct inode_ops' and struct file_ops' of all kinds. */
void p9_evict(struct inode *inode);
int p9_setattr_op(struct inode *inode, const struct attr *a);
int p9_fsync_op(struct file *f, bool data_only);

/* ---- the cache: p9_cache.c ---- */

/* p9_cache_init - nothing is cached. p9_cache_end - nothing any more, when the inode goes. */
void p9_cache_init(struct p9_inode *p);
void p9_cache_end(struct p9_inode *p);

/* p9_cache_read - from *pos on, from the cache or the server. Bytes, 0 at the end, an error. */
long p9_cache_read(struct p9_inode *p, struct uio *u, int64_t *pos) MUST_CHECK;

/* p9_change_begin, p9_change_end - around a change of bytes or size at the server. p9_cache_update
 * - these bytes (memory from pa on) are there now. p9_cache_forget - drop what isn't dirty. */
void p9_change_begin(struct p9_inode *p);
void p9_change_end(struct p9_inode *p);
void p9_cache_update(struct p9_inode *p, int64_t offset, paddr_t pa, size_t bytes);
void p9_cache_forget(struct p9_inode *p);

/* p9_cache_resize - the size is this. p9_cache_load - have all pages below `size` here. */
void p9_cache_resize(struct p9_inode *p, int64_t size);
int p9_cache_load(struct p9_inode *p, int64_t size) MUST_CHECK;

/* p9_write_back - what is dirty in [first, end) goes to the server; waits also for what others have
 * sent. The first error; those pages stay dirty. */
int p9_write_back(struct p9_inode *p, uint64_t first, uint64_t end);

/* p9_block_alloc - contiguous pages, each on its own afterwards, for `bytes` if there are so many:
 * how many bytes; 0: no memory. p9_block_free. */
uint32_t p9_block_alloc(uint64_t bytes, uint32_t most, paddr_t *pa) MUST_CHECK;
void p9_block_free(paddr_t pa, uint32_t bytes);

#endif
