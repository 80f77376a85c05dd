/* SPDX-License-Identifier: Apache-2.0 */
/* getdents64, and the working directory. */
#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/context.h"
#include "kernel/fs/super.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/path.h"
#include "kernel/linux/syscall.h"
#include "lib/str.h"

/* ---- getdents64: entries are gathered in kernel memory, since a directory is read under a
 * spinlock ---- */

#define GATHER_BYTES 4096u

struct gather {
    struct dir_context ctx;
    char *buf;
    size_t size, used;
    struct linux_dirent64 *last; /* its d_off is known when the next one comes */
    bool refused;
};

static bool gather_emit(struct dir_context *ctx, const char *name, size_t len, uint64_t ino,
                        uint32_t mode, int64_t next)
{
    struct gather *g = container_of(ctx, struct gather, ctx);
    size_t bytes = ALIGN_UP(offsetof(struct linux_dirent64, d_name) + len + 1, (size_t)8);
    if (bytes > g->size - g->used) {
        g->refused = true;
        return false;
    }
    struct linux_dirent64 *d = (struct linux_dirent64 *)(g->buf + g->used);
    memset(d, 0, bytes);
    d->d_ino = ino;
    d->d_off = next;
    d->d_reclen = (uint16_t)bytes;
    d->d_type = (uint8_t)((mode & S_IFMT) >> 12);
    memcpy(d->d_name, name, len);
    g->used += bytes;
    return true;
}

static long gather(struct file *f, struct gather *g, vaddr_t dirents)
{
    g->ctx.pos = f->pos;
    int err = f->dentry->flags & DENTRY_UNLINKED ? -ENOENT : f->ops->iterate(f, &g->ctx);
    if (err)
        return err;
    if (!g->used)
        return g->refused ? -EINVAL : 0;
    if (copy_to_user(dirents, g->buf, g->used))
        return -EFAULT;
    f->pos = g->ctx.pos;
    return (long)g->used;
}

static long read_dir(struct file *f, vaddr_t dirents, uint64_t size)
{
    struct gather g = {.ctx.emit = gather_emit, .size = MIN(size, (uint64_t)GATHER_BYTES)};
    if (!f->ops->iterate)
        return -ENOTDIR;
    int err = mutex_lock(&f->pos_lock);
    if (err)
        return err;
    g.buf = kmalloc(GATHER_BYTES);
    long n = g.buf ? gather(f, &g, dirents) : -ENOMEM;
    kfree(g.buf);
    mutex_unlock(&f->pos_lock);
    if (n >= 0)
        inode_touch(f->inode, ATTR_ATIME);
    return n;
}

long sys_getdents64(int fd, vaddr_t dirents, uint64_t size)
{
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    long n = read_dir(f, dirents, (uint32_t)size);
    fd_put(f);
    return n;
}

/* ---- the working directory ---- */

long sys_getcwd(vaddr_t buf, uint64_t size)
{
    char *text = kmalloc(PATH_MAX), *start;
    if (!text)
        return -ENOMEM;
    struct dentry *cwd = fs_cwd(), *root = fs_root();
    long n = dentry_path(cwd, root, text, PATH_MAX, &start, false);
    dentry_put(cwd);
    dentry_put(root);
    if (n >= 0 && (uint64_t)n + 1 > size)
        n = -ERANGE;
    if (n >= 0)
        n = copy_to_user(buf, start, (size_t)n + 1) ? -EFAULT : n + 1;
    kfree(text);
    return n;
}

/* Enter what t is, as cwd or root. Takes over t. */
static int enter(struct path_target *t, bool as_root)
{
    int err = inode_is(t->inode, S_IFDIR) ? inode_access(t->inode, X_OK) : -ENOTDIR;
    if (!err && as_root)
        fs_set_root(t->dentry);
    else if (!err)
        fs_set_cwd(t->dentry);
    path_target_put(t);
    return err;
}

long sys_chdir(vaddr_t path)
{
    struct path_target t;
    int err = path_target_at(AT_FDCWD, path, 0, &t);
    return err ? err : enter(&t, false);
}

long sys_fchdir(int fd)
{
    struct path_target t;
    int err = path_target_fd(fd, false, &t);
    return err ? err : enter(&t, false);
}

long sys_chroot(vaddr_t path)
{
    struct path_target t;
    if (fs_context_self()->uid)
        return -EPERM;
    int err = path_target_at(AT_FDCWD, path, 0, &t);
    return err ? err : enter(&t, true);
}
