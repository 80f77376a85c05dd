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

enum pseudo_kind {
    PSEUDO_FILE, /* show appends the content; store, unless NULL, takes what is written */
    PSEUDO_TEXT, /* the same with a constant content, text */
    PSEUDO_LINK, /* link appends the text; jump, unless NULL, tells where it really leads */
    PSEUDO_TREE, /* dir is the directory's table */
};

/*
 * One name. Its kind says which of the pointers it has; small, for there are many. arg is the
 * directory's: ids of process and thread or the like, 0 at the top.
 */
struct pseudo_entry {
    const char *name;
    uint16_t mode; /* permissions */
    uint16_t kind;
    union {
        void (*show)(struct text *t, uint64_t arg);
        const char *text;
        void (*link)(struct text *t, uint64_t arg);
        const struct pseudo_dir *dir;
    };
    union {
        int (*store)(const char *s, size_t n, uint64_t arg); /* NUL-ended; NULL: -EIO */
        int (*jump)(uint64_t arg, struct dentry **to);
    };
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
