/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inotify, and the calls by which the rest tells what happens to files. As long as nobody watches
 * anything each of them is one load.
 *
 * Locks: one spinlock for all watches and queues, below names_lock and above wait queues.
 */
#ifndef KERNEL_FS_INOTIFY_H
#define KERNEL_FS_INOTIFY_H

#include "kernel/core/optional.h"
#include "kernel/fs/inode.h"

/* inotify_create - flags: O_NONBLOCK, O_CLOEXEC; -EINVAL for others. */
int inotify_create(uint32_t flags, struct file **out) MUST_CHECK;

/* inotify_add, inotify_remove - a watch's number; -EINVAL (not an inotify file, empty mask, no such
 * watch), -EEXIST, -ENOMEM. */
int inotify_add(struct file *f, struct inode *inode, uint32_t mask) MUST_CHECK;
int inotify_remove(struct file *f, int wd) MUST_CHECK;

/* fs_notify_* - events IN_*. _file, _dentry: something happened to f, to d: its watchers and its
 * directory's are told. _name: to the name of child in dir. _removed: the name n of gone was taken
 * away. _moved: d has got a new name. _unlinked: d lost its name to another. _inode: to an inode by
 * whatever name. notify_* do it, where somebody watches. */
void notify_file(struct file *f, uint32_t event) OPTIONAL;
void notify_dentry(struct dentry *d, uint32_t event) OPTIONAL;
void notify_name(struct dentry *dir, struct dentry *child, uint32_t event) OPTIONAL;
void notify_removed(struct dentry *dir, struct dentry *gone, const struct name *n) OPTIONAL;
void notify_moved(struct dentry *from, const struct name *n, struct dentry *to,
                  struct dentry *d) OPTIONAL;
void notify_unlinked(struct dentry *d) OPTIONAL;
void notify_inode(struct inode *inode, uint32_t event) OPTIONAL;

#define fs_notify_file(...)     notify_watchers(notify_file(__VA_ARGS__))
#define fs_notify_dentry(...)   notify_watchers(notify_dentry(__VA_ARGS__))
#define fs_notify_name(...)     notify_watchers(notify_name(__VA_ARGS__))
#define fs_notify_removed(...)  notify_watchers(notify_removed(__VA_ARGS__))
#define fs_notify_moved(...)    notify_watchers(notify_moved(__VA_ARGS__))
#define fs_notify_unlinked(...) notify_watchers(notify_unlinked(__VA_ARGS__))
#define fs_notify_inode(...)    notify_watchers(notify_inode(__VA_ARGS__))

#define notify_watchers(call)                                                \
    do {                                                                     \
        if (UNLIKELY(__atomic_load_n(&inode_watch_count, __ATOMIC_RELAXED))) \
            call;                                                            \
    } while (0)

/* inotify_forget - the inode, which has watches, goes: they end. */
void inotify_forget(struct inode *inode) OPTIONAL;

#endif
