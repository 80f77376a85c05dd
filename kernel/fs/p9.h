/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of a 9P2000.L server (abi/p9.h): messages, fids, and one function for each thing that
 * can be asked. Nothing that comes back is trusted: an answer that isn't one is -EIO.
 *
 * Calls wait until the answer is there. Signals don't end the wait, as with a local disk, but one
 * that will end the program withdraws the request (TFLUSH).
 *
 * Locks: the session's spinlock guards tags and free fids, and is taken by the interrupt handler
 * too.
 */
#ifndef KERNEL_FS_P9_H
#define KERNEL_FS_P9_H

#include "abi/linux_fs.h"
#include "abi/p9.h"
#include "kernel/core/p9_channel.h"
#include "kernel/core/page.h"
#include "kernel/fs/inode.h"

struct p9_session {
    struct p9_channel *channel;
    uint32_t data_max; /* bytes that one TREAD or TWRITE moves at most: whole pages */
    struct spinlock lock;
    uint64_t tags; /* in use */
    struct waitq tag_free;
    uint32_t next_fid;
    struct p9_fid *free_fids;
};

/* A name for something at the server, counted; the last reference lets it go (TCLUNK, which nobody
 * waits for). */
struct p9_fid {
    uint32_t number;
    uint32_t refs;
    struct p9_session *session;
    struct p9_fid *next; /* among the free ones */
};

struct p9_qid {
    uint8_t type; /* enum p9_qid_type */
    uint32_t version;
    uint64_t path;
};

struct p9_attr {
    struct p9_qid qid;
    uint32_t mode, uid, gid;
    uint64_t nlink, rdev, size, blocks;
    int64_t atime_ns, mtime_ns, ctime_ns;
};

/* p9_fid_new - for a message that makes the server know it: one reference. NULL: no memory.
 * p9_fid_drop - the server doesn't know it. */
struct p9_fid *p9_fid_new(struct p9_session *s) MUST_CHECK;
void p9_fid_drop(struct p9_fid *fid);
/* p9_fid_get, p9_fid_put - a reference more, or less; put may sleep, and allows NULL. */
struct p9_fid *p9_fid_get(struct p9_fid *fid);
void p9_fid_put(struct p9_fid *fid);

/* ---- messages: kernel/fs/p9_call.c ---- */

struct p9_call {
    struct p9_exchange x;
    struct p9_session *session;
    struct waitq answered;
    bool done, bad; /* bad: something didn't fit, or wasn't there */
    uint16_t tag;
    struct p9_fid *clunked; /* of a TCLUNK that nobody waits for */
    uint8_t *put, *get;     /* where the next field goes or is */
    uint8_t *out_end, *in_end;
    uint8_t bytes[];
};

/* p9_call_new - a message of this type with room for out_bytes of fields and an answer of in_bytes
 * (more than P9_ERROR_BYTES). NULL: no memory. p9_call_free: not while it is under way. */
struct p9_call *p9_call_new(struct p9_session *s, enum p9_type type, size_t out_bytes,
                            size_t in_bytes) MUST_CHECK;
void p9_call_free(struct p9_call *c);

/* Fields of the message, then of the answer. What isn't there reads as 0. */
void p9_put(struct p9_call *c, uint64_t value, unsigned bytes);
void p9_put_name(struct p9_call *c, const char *s, size_t len);
uint64_t p9_get(struct p9_call *c, unsigned bytes);
void p9_get_qid(struct p9_call *c, struct p9_qid *qid);

/* p9_send - it is under way; p9_wait must follow. 0 or -EIO: it isn't. p9_wait - 0 when there is an
 * answer of the right type; the server's error; -EIO; -EINTR: withdrawn. p9_ask: both. */
int p9_send(struct p9_call *c) MUST_CHECK;
int p9_wait(struct p9_call *c) MUST_CHECK;
int p9_ask(struct p9_call *c) MUST_CHECK;

/* ---- what can be asked: kernel/fs/p9_ask.c. 0 or a negative errno, the server's or -EIO, -ENOMEM
 * ---- */

/* p9_attach - agree on the protocol and its sizes over channel, and name the root of what it
 * serves. */
int p9_attach(struct p9_session *s, struct p9_channel *channel, struct p9_fid **root,
              struct p9_qid *qid) MUST_CHECK;

/* p9_walk - a fid for what is called n in dir (NULL: another for dir itself, and *qid is left
 * alone). */
int p9_walk(struct p9_fid *dir, const struct name *n, struct p9_fid **fid,
            struct p9_qid *qid) MUST_CHECK;

/* p9_open - flags: enum p9_open. p9_create: fid, a directory's, becomes the open new file. */
int p9_open(struct p9_fid *fid, uint32_t flags) MUST_CHECK;
int p9_create(struct p9_fid *fid, const struct name *n, uint32_t flags, uint32_t mode,
              uint32_t gid) MUST_CHECK;

/* p9_getattr - the attributes. p9_setattr, p9_setsize - change some, the size. p9_statfs - the
 * sizes of the file system that it is in. p9_fsync - what was written to it, which is open, goes to
 * stable storage. */
int p9_getattr(struct p9_fid *fid, struct p9_attr *a) MUST_CHECK;
int p9_setattr(struct p9_fid *fid, const struct attr *a) MUST_CHECK;
int p9_setsize(struct p9_fid *fid, int64_t size) MUST_CHECK;
int p9_statfs(struct p9_fid *fid, struct linux_statfs *st) MUST_CHECK;
int p9_fsync(struct p9_fid *fid, bool data_only) MUST_CHECK;

/* p9_mkdir, p9_mknod, p9_symlink, p9_link - make n in dir: a directory, something of this mode and
 * type, a link, one more name of fid. p9_unlink - take n away. p9_rename - n in from becomes m in
 * to. */
int p9_mkdir(struct p9_fid *dir, const struct name *n, uint32_t mode, uint32_t gid) MUST_CHECK;
int p9_mknod(struct p9_fid *dir, const struct name *n, uint32_t mode, uint64_t rdev,
             uint32_t gid) MUST_CHECK;
int p9_symlink(struct p9_fid *dir, const struct name *n, const char *target,
               uint32_t gid) MUST_CHECK;
int p9_link(struct p9_fid *dir, const struct name *n, struct p9_fid *fid) MUST_CHECK;
int p9_unlink(struct p9_fid *dir, const struct name *n, bool directory) MUST_CHECK;
int p9_rename(struct p9_fid *from, const struct name *n, struct p9_fid *to,
              const struct name *m) MUST_CHECK;

/* p9_readlink - the text, at most size_bytes of it: its length. p9_readdir - entries from cookie on
 * into buf: bytes. */
long p9_readlink(struct p9_fid *fid, char *buf, size_t size_bytes) MUST_CHECK;
long p9_readdir(struct p9_fid *fid, uint64_t cookie, void *buf, uint32_t size_bytes) MUST_CHECK;

/* p9_read_begin - ask for `bytes` at offset into the memory at pa. p9_read_end - how many came;
 * frees c. p9_write - `bytes` in runs: how many were written, > 0. */
int p9_read_begin(struct p9_fid *fid, int64_t offset, paddr_t pa, uint32_t bytes,
                  struct p9_call **c) MUST_CHECK;
long p9_read_end(struct p9_call *c) MUST_CHECK;
long p9_write(struct p9_fid *fid, int64_t offset, const struct p9_run *runs, unsigned run_count,
              uint32_t bytes) MUST_CHECK;

#endif
