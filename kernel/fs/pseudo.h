/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File systems whose files are answers: /proc, /sys, cgroups. Directories are constant tables; a
 * file's text is made anew for every read, so it is never stale, and nothing exists before somebody
 * looks.
 */
#ifndef KERNEL_FS_PSEUDO_H
#define KERNEL_FS_PSEUDO_H

#include "kernel/fs/super.h"

/* Text that grows. After an allocation fails the rest is dropped and err says so. */
struct text {
    char *buf;
    size_t used, size;
    int err;
};
void text_add(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void text_bytes(struct text *t, const void *bytes, size_t size_bytes);

struct pseudo_dir;

/*
 * One name. Which of the pointers is set makes it a file (show or text), a link (link, with or
 * without jump) or a directory (dir). arg is the directory's: a thread id or the like, 0 at the
 * top.
 */
struct pseudo_entry {
    const char *name;
    uint32_t mode;                              /* permissions */
    const char *text;                           /* a file with this constant content */
    void (*show)(struct text *t, uint64_t arg); /* a file: append the content */
    int (*store)(const char *s, size_t n,
                 uint64_t arg); /* take what is written, NUL-ended; NULL: writes get -EIO */
    void (*link)(struct text *t, uint64_t arg);    /* a link: append its text */
    int (*jump)(uint64_t arg, struct dentry **to); /* where it really leads */
    const struct pseudo_dir *dir;
};

struct pseudo_dir {
    const struct pseudo_entry *entries;
    unsigned count;
    /* Names that come and go, numbers: the entry and its arg for one, -ENOENT; the lowest at or
     * above *number, false at the end. NULL: none. */
    int (*find)(uint64_t arg, uint64_t number, const struct pseudo_entry **e, uint64_t *sub_arg);
    bool (*next)(uint64_t arg, uint64_t *number, const struct pseudo_entry **e);
};

#define PSEUDO_DIR(table)                              \
    {                                                  \
        .entries = (table), .count = ARRAY_SIZE(table) \
    }

/* pseudo_mount - s, with type, source, options, magic and statfs filled in by the caller, gets
 * `dir` as its root and is mounted at path. */
int pseudo_mount(struct super *s, const struct pseudo_dir *dir, const char *path) MUST_CHECK;

#endif
