/* SPDX-License-Identifier: Apache-2.0 */
/* The descriptor table. */
#include "kernel/linux/fd.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/flock.h"
#include "lib/str.h"

static size_t bitmap_bytes(uint32_t size)
{
    return size / 8;
}

COLD int fd_table_init(struct fd_table *t)
{
    *t = (struct fd_table){.size = FD_TABLE_FIRST, .limit = FD_LIMIT_SOFT};
    t->slots = kzalloc(FD_TABLE_FIRST * sizeof(*t->slots));
    t->cloexec = kzalloc(bitmap_bytes(FD_TABLE_FIRST));
    if (t->slots && t->cloexec)
        return 0;
    kfree(t->slots);
    kfree(t->cloexec);
    return -ENOMEM;
}

/* `from` may grow until it is locked. */
COLD int fd_table_copy(struct fd_table *t, struct fd_table *from)
{
    *t = (struct fd_table){.size = from->size};
    t->slots = kzalloc(t->size * sizeof(*t->slots));
    t->cloexec = kzalloc(bitmap_bytes(t->size));
    if (!t->slots || !t->cloexec) {
        kfree(t->slots);
        kfree(t->cloexec);
        return -ENOMEM;
    }
    spin_lock(&from->lock);
    t->limit = from->limit;
    memcpy(t->cloexec, from->cloexec, bitmap_bytes(t->size));
    for (uint32_t fd = 0; fd < t->size; fd++)
        if (from->slots[fd])
            t->slots[fd] = file_get(from->slots[fd]);
    spin_unlock(&from->lock);
    return 0;
}

static struct file *slot(const struct fd_table *t, int fd)
{
    return (uint32_t)fd < t->size ? t->slots[fd] : NULL;
}

static void set_cloexec(struct fd_table *t, uint32_t fd, bool on)
{
    uint64_t bit = UINT64_C(1) << (fd % 64);
    t->cloexec[fd / 64] = on ? t->cloexec[fd / 64] | bit : t->cloexec[fd / 64] & ~bit;
}

static bool get_cloexec(const struct fd_table *t, uint32_t fd)
{
    return t->cloexec[fd / 64] >> (fd % 64) & 1;
}

/* Take what is in a slot; the caller drops it outside the lock. */
static struct file *clear_slot_locked(struct fd_table *t, int fd)
{
    struct file *f = slot(t, fd);
    if (f) {
        t->slots[fd] = NULL;
        t->hint = MIN(t->hint, (uint32_t)fd);
    }
    return f;
}

/* Closing any descriptor of a file drops the process's record locks on it. */
static void let_go(struct fd_table *t, struct file *f)
{
    if (f->inode->locks)
        flock_close(f, t);
    file_put(f);
}

COLD void fd_table_exit(struct fd_table *t)
{
    spin_lock(&t->lock);
    struct fd_table old = *t;
    t->size = 0;
    spin_unlock(&t->lock);
    for (uint32_t fd = 0; fd < old.size; fd++)
        if (old.slots[fd])
            let_go(t, old.slots[fd]);
    kfree(old.slots);
    kfree(old.cloexec);
}

static void close_one(struct fd_table *t, uint32_t fd)
{
    spin_lock(&t->lock);
    struct file *f = clear_slot_locked(t, (int)fd);
    spin_unlock(&t->lock);
    if (f)
        let_go(t, f);
}

COLD void fd_table_exec(struct fd_table *t)
{
    for (uint32_t fd = 0; fd < t->size; fd++)
        if (get_cloexec(t, fd))
            close_one(t, fd);
}

struct file *fd_get_of(struct fd_table *t, int fd)
{
    spin_lock(&t->lock);
    struct file *f = slot(t, fd);
    if (f)
        file_get(f);
    spin_unlock(&t->lock);
    return f;
}

struct file *fd_get(int fd)
{
    return fd_get_of(fd_table_self(), fd);
}

struct file *fd_get_io(int fd)
{
    struct fd_table *t = fd_table_self();
    spin_lock(&t->lock);
    struct file *f = slot(t, fd);
    if (f)
        f = f->mode & FILE_PATH ? NULL : file_get(f);
    spin_unlock(&t->lock);
    return f;
}

/* ---- growing: memory is had outside the lock, then somebody may have been faster ---- */

static void adopt_locked(struct fd_table *t, struct file **slots, uint64_t *cloexec, uint32_t size)
{
    memcpy(slots, t->slots, t->size * sizeof(*slots));
    memcpy(cloexec, t->cloexec, bitmap_bytes(t->size));
    t->slots = slots;
    t->cloexec = cloexec;
    t->size = size;
}

static COLD int grow(struct fd_table *t, uint32_t want)
{
    uint32_t size = FD_TABLE_FIRST;
    while (size <= want)
        size *= 2;
    struct file **slots = kzalloc(size * sizeof(*slots)), **old_slots = slots;
    uint64_t *cloexec = kzalloc(bitmap_bytes(size)), *old_cloexec = cloexec;
    int err = slots && cloexec ? 0 : -ENOMEM;
    if (!err) {
        spin_lock(&t->lock);
        if (t->size < size) {
            old_slots = t->slots;
            old_cloexec = t->cloexec;
            adopt_locked(t, slots, cloexec, size);
        }
        spin_unlock(&t->lock);
    }
    kfree(old_slots);
    kfree(old_cloexec);
    return err;
}

/* ---- installing ---- */

static uint32_t lowest_free_locked(const struct fd_table *t, uint32_t from)
{
    uint32_t fd = MAX(from, t->hint);
    while (fd < t->size && t->slots[fd])
        fd++;
    return fd;
}

/* The descriptor, -EMFILE, or -E2BIG when the table must grow first. */
static int try_install(struct fd_table *t, struct file *f, uint32_t from, bool cloexec,
                       uint32_t *want)
{
    spin_lock(&t->lock);
    uint32_t fd = lowest_free_locked(t, from);
    int result = fd >= t->limit ? -EMFILE : fd >= t->size ? -E2BIG : (int)fd;
    if (result >= 0) {
        t->slots[fd] = f;
        set_cloexec(t, fd, cloexec);
        if (from <= t->hint)
            t->hint = fd + 1;
    }
    spin_unlock(&t->lock);
    *want = fd;
    return result;
}

int fd_install_from(struct file *f, uint32_t from, bool cloexec)
{
    struct fd_table *t = fd_table_self();
    uint32_t want;
    int fd, err = f ? 0 : -ENOMEM;
    if (err)
        return err;
    while ((fd = try_install(t, f, from, cloexec, &want)) == -E2BIG && !err)
        err = grow(t, want);
    if (LIKELY(fd >= 0))
        return fd;
    file_put(f);
    return err ? err : fd;
}

int fd_install(struct file *f, bool cloexec)
{
    return fd_install_from(f, 0, cloexec);
}

COLD int fd_install_at(struct file *f, int fd, bool cloexec)
{
    struct fd_table *t = fd_table_self();
    int err = (uint32_t)fd >= t->limit ? -EBADF : 0;
    if (!err && (uint32_t)fd >= t->size)
        err = grow(t, (uint32_t)fd);
    if (err) {
        file_put(f);
        return err;
    }
    spin_lock(&t->lock);
    struct file *old = t->slots[fd];
    t->slots[fd] = f;
    set_cloexec(t, (uint32_t)fd, cloexec);
    spin_unlock(&t->lock);
    if (old)
        let_go(t, old);
    return fd;
}

int fd_close(int fd)
{
    struct fd_table *t = fd_table_self();
    spin_lock(&t->lock);
    struct file *f = clear_slot_locked(t, fd);
    spin_unlock(&t->lock);
    if (!f)
        return -EBADF;
    let_go(t, f);
    return 0;
}

COLD int fd_install_pair(struct file *ends[2], bool cloexec, vaddr_t fds)
{
    int pair[2] = {-1, -1};
    pair[0] = fd_install(ends[0], cloexec);
    if (pair[0] < 0) {
        file_put(ends[1]);
        return pair[0];
    }
    pair[1] = fd_install(ends[1], cloexec);
    int err = pair[1] < 0 ? pair[1] : copy_to_user(fds, pair, sizeof(pair));
    if (err) {
        fd_close(pair[0]);
        fd_close(pair[1]);
    }
    return err;
}

COLD int fd_cloexec(int fd, int set)
{
    struct fd_table *t = fd_table_self();
    spin_lock(&t->lock);
    int result = -EBADF;
    if (slot(t, fd)) {
        result = get_cloexec(t, (uint32_t)fd);
        if (set >= 0)
            set_cloexec(t, (uint32_t)fd, set);
    }
    spin_unlock(&t->lock);
    return result;
}

COLD void fd_close_range(uint32_t first, uint32_t last, bool only_mark)
{
    struct fd_table *t = fd_table_self();
    for (uint32_t fd = first; fd <= last && fd < t->size; fd++) {
        if (only_mark)
            fd_cloexec((int)fd, 1);
        else
            close_one(t, fd);
    }
}

COLD int fd_next(struct fd_table *t, uint32_t from, struct file **f)
{
    spin_lock(&t->lock);
    while (from < t->size && !t->slots[from])
        from++;
    int fd = from < t->size ? (int)from : -1;
    if (fd >= 0 && f)
        *f = file_get(t->slots[fd]);
    spin_unlock(&t->lock);
    return fd;
}
