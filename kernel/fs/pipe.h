/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pipes and FIFOs: a ring of pages, each holding what a write put there (small writes join the last
 * one), as on Linux, so that capacity and atomicity are the same to the byte. A write of at most a
 * page is never split.
 *
 * Locks: `lock` guards everything; head, tail, readers and writers are also read without it by
 * poll. Wake-ups happen under it or after it.
 */
#ifndef KERNEL_FS_PIPE_H
#define KERNEL_FS_PIPE_H

#include "kernel/core/page.h"
#include "kernel/fs/inode.h"

#define PIPE_PAGES     16u
#define PIPE_PAGES_MAX 256u

struct pipe_page {
    paddr_t page;
    uint32_t offset, len;
    bool packet; /* a read takes it whole or loses the rest (O_DIRECT) */
};

struct pipe {
    struct mutex lock;
    struct waitq read_wait,
        write_wait;      /* for data or the last writer's end; for room or the last reader's */
    uint32_t head, tail; /* pages filled and emptied since the beginning */
    uint32_t pages;      /* size of ring: a power of two */
    uint32_t readers, writers, files;
    uint32_t reader_opens, writer_opens; /* ever, for those who wait in open */
    struct pipe_page *ring;
    paddr_t spare; /* one empty page, kept */
};

/* pipe_create - both ends of a new pipe, one reference each. flags: O_NONBLOCK, O_DIRECT. */
int pipe_create(struct file *ends[2], uint32_t flags) MUST_CHECK;

/* pipe_open - open a FIFO, or a pipe again through /proc/self/fd. Called by open with f not yet
 * visible. Sleeps for the other end as FIFOs do. */
int pipe_open(struct inode *inode, struct file *f) MUST_CHECK;

/* pipe_of - the pipe that f is an end of, or NULL. */
struct pipe *pipe_of(const struct file *f);

/* pipe_size, pipe_resize - F_GETPIPE_SZ, F_SETPIPE_SZ: bytes. */
long pipe_size(struct pipe *p);
long pipe_resize(struct pipe *p, uint64_t size_bytes) MUST_CHECK;

static inline bool pipe_empty(const struct pipe *p)
{
    return __atomic_load_n(&p->head, __ATOMIC_ACQUIRE) ==
           __atomic_load_n(&p->tail, __ATOMIC_ACQUIRE);
}

static inline bool pipe_full(const struct pipe *p)
{
    return __atomic_load_n(&p->head, __ATOMIC_ACQUIRE) -
               __atomic_load_n(&p->tail, __ATOMIC_ACQUIRE) >=
           p->pages;
}

static inline struct pipe_page *pipe_slot(struct pipe *p, uint32_t i)
{
    return &p->ring[i & (p->pages - 1)];
}

/* pipe_push, pipe_pop_empty - the ring's ends, under lock: add a page (its reference is taken
 * over); give up the first page. */
void pipe_push_locked(struct pipe *p, paddr_t page, uint32_t offset, uint32_t len, bool packet);
void pipe_pop_locked(struct pipe *p);

/* pipe_wait_data_locked, pipe_wait_room_locked - under lock, which is released while sleeping: 1
 * when there is some; 0 when there will be none any more (no writer; no reader); -EAGAIN with
 * nonblock; -ERESTARTSYS. On negative results the lock is not held. */
int pipe_wait_data_locked(struct pipe *p, bool nonblock) MUST_CHECK;
int pipe_wait_room_locked(struct pipe *p, bool nonblock) MUST_CHECK;

/* pipe_broken - what a write without readers gets: SIGPIPE and -EPIPE. */
int pipe_broken(void);

#endif
