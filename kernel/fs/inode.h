/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inodes: the things that names lead to, and the file systems (supers) they belong to.
 *
 * An inode lives while somebody holds a reference: its dentries, open files, mappings. `lock`
 * guards its attributes and size; write_lock is held while bytes are written or the size changes,
 * so that appends and truncations don't mix. Everything else is constant.
 */
#ifndef KERNEL_FS_INODE_H
#define KERNEL_FS_INODE_H

#include "kernel/fs/file.h"

struct dentry;
struct lock_list;
struct inode;
struct super;

struct name {
    const char *s; /* not NUL-ended */
    uint32_t len;
    uint32_t hash; /* NAME_HASH_START, name_hash_next for each byte; 0: not known, not looked up */
};

#define NAME_HASH_START 5381u
static inline uint32_t name_hash_next(uint32_t hash, char c)
{
    return (hash * 33) ^ (uint8_t)c;
}

enum attr_valid {
    ATTR_MODE = 1,
    ATTR_UID = 2,
    ATTR_GID = 4,
    ATTR_ATIME = 8,
    ATTR_MTIME = 16,
};

struct attr {
    uint32_t valid; /* enum attr_valid */
    uint32_t mode;  /* permission bits */
    uint32_t uid, gid;
    int64_t atime_ns, mtime_ns;
};

/*
 * What a file system does for its inodes. Called in a task without spinlocks, changes of names one
 * at a time (the names mutex). A NULL entry: see its line. `dir` is always a directory of this file
 * system.
 */
struct inode_ops {
    /* The inode called n, with a reference, or -ENOENT. NULL: the dentry tree itself is the
     * directory. */
    int (*lookup)(struct inode *dir, const struct name *n, struct inode **inode);
    /* Is n still inode, which it was? NULL: nobody but we change names. */
    bool (*still)(struct inode *dir, const struct name *n, struct inode *inode);
    /* A new inode called n; mode with its type; rdev for devices, target for links. NULL: -EPERM */
    int (*make)(struct inode *dir, const struct name *n, uint32_t mode, uint64_t rdev,
                const char *target, struct inode **inode);
    /* One more name. NULL: -EPERM */
    int (*link)(struct inode *dir, const struct name *n, struct inode *inode);
    /* Take the name away from inode (a directory is empty). NULL: -EPERM */
    int (*unlink)(struct inode *dir, const struct name *n, struct inode *inode);
    /* from/n becomes to/m; victim (NULL or what was called that) loses its name; exchange swaps
     * both. NULL: -EPERM */
    int (*rename)(struct inode *from, const struct name *n, struct inode *to, const struct name *m,
                  struct inode *inode, struct inode *victim, bool exchange);
    /* Called for each open; may change f->ops, f->priv, f->mode. NULL: fine */
    int (*open)(struct inode *inode, struct file *f);
    /* A link's text: its length, at most size_bytes copied. NULL: not a link */
    long (*readlink)(struct inode *inode, char *buf, size_t size_bytes);
    /* A link that leads to an object rather than through its text, as those in /proc: a reference.
     * NULL: by its text */
    int (*jump)(struct inode *inode, struct dentry **to);
    /* Change attributes. NULL: in memory only */
    int (*setattr)(struct inode *inode, const struct attr *a);
    /* New size; the write lock is held. NULL: -EINVAL */
    int (*truncate)(struct inode *inode, int64_t size);
    /* Bring the attributes up to date before they are read. NULL: they are */
    void (*refresh)(struct inode *inode);
    /* A directory that is the tree: fill it before its names are first looked at. NULL: nothing to
     * fill */
    void (*populate)(struct inode *dir);
    /* The last reference is gone: free what hangs on it, not the inode. NULL: nothing */
    void (*evict)(struct inode *inode);
};

struct inode {
    const struct inode_ops *ops;
    const struct file_ops *fops;
    struct super *super;
    uint64_t ino;
    uint32_t refs;
    uint32_t mode; /* type and permissions */
    uint32_t uid, gid;
    uint32_t nlink;
    uint32_t seals; /* of a memfd; F_SEAL_SEAL when there are none to be */
    uint64_t rdev;
    int32_t writers; /* open files that may write; below 0: programs that run from it */
    bool transient;  /* its name may soon mean something else: lookup is asked every time */
    int64_t size;
    uint64_t blocks; /* of 512 bytes */
    int64_t atime_ns, mtime_ns, ctime_ns, btime_ns;
    struct spinlock lock;
    struct mutex write_lock;
    union {
        void *priv;
        uint64_t priv_u64;
        char *target; /* of a link, NUL-ended */
    };
    struct lock_list *locks; /* advisory locks, once somebody locked */
    struct list watches;     /* of inotify, under its lock */
};

extern uint32_t inode_watch_count; /* of all inodes; 0: nobody needs to be told anything */

enum super_flags {
    SUPER_READONLY = 1,
    SUPER_REMOTE = 2, /* names are elsewhere: inodes live only while somebody here refers to them */
};

struct super {
    const char *type;    /* "tmpfs" */
    const char *source;  /* as /proc/mounts shows it */
    const char *options; /* "" or ",size=..." */
    int64_t magic;
    uint32_t dev; /* st_dev */
    uint32_t id;  /* of the mount */
    uint32_t flags;
    struct dentry *root;    /* reference */
    struct dentry *covered; /* the directory it is mounted on, a reference; NULL for the root */
    struct list node;       /* among all mounts, in order */
    uint64_t next_ino;
    void (*statfs)(struct super *s, struct linux_statfs *st); /* NULL: all zeros */
    void *priv;
};

/* inode_new - an inode of s with one reference, times of now, ids of the running process, nlink 1
 * (2 for a directory). NULL: no memory. */
struct inode *inode_new(struct super *s, uint32_t mode, const struct inode_ops *ops,
                        const struct file_ops *fops) MUST_CHECK;

struct inode *inode_get(struct inode *inode);
void inode_put(struct inode *inode);

/* inode_begin_write, inode_end_write - around the life of an open file that may write.
 * inode_begin_run, inode_end_run - around a program's that is mapped from it. -ETXTBSY: the other
 * is going on. */
int inode_begin_write(struct inode *inode) MUST_CHECK;
void inode_end_write(struct inode *inode);
int inode_begin_run(struct inode *inode) MUST_CHECK;
void inode_end_run(struct inode *inode);

/* inode_nameless - the shared inode of files that are nothing but their descriptor; a reference. */
struct inode *inode_nameless(void);

/* inode_touch - set the named times (ATTR_ATIME, ATTR_MTIME) and, with mtime or 0, ctime, to now.
 */
void inode_touch(struct inode *inode, unsigned times);

/* inode_access - may the running process do this (R_OK | W_OK | X_OK)? 0 or -EACCES, -EROFS. As
 * Linux for user 0 and its capabilities: everything, but executing needs an x bit somewhere. */
int inode_access(struct inode *inode, int want) MUST_CHECK;

/* inode_owner - is the running process allowed to change attributes: 0 or -EPERM. */
int inode_owner(struct inode *inode) MUST_CHECK;

/* inode_setattr, inode_truncate - change attributes with their permission rules; size. */
int inode_setattr(struct inode *inode, const struct attr *a) MUST_CHECK;
int inode_truncate(struct inode *inode, int64_t size) MUST_CHECK;

/* inode_stat - the answer of fstat. */
void inode_stat(struct inode *inode, struct linux_stat *st);

static inline bool inode_is(const struct inode *inode, uint32_t type)
{
    return (inode->mode & S_IFMT) == type;
}

#endif
