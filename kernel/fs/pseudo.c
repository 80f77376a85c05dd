/* SPDX-License-Identifier: Apache-2.0 */
/* Files whose text is made when it is read. */
#include "kernel/fs/pseudo.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "lib/str.h"

#define WRITE_MAX 4096u

/* An inode's priv: what it is. */
struct pseudo_node {
    const struct pseudo_entry *entry;
    uint64_t arg;
};

static const struct pseudo_node *node_of(struct inode *inode)
{
    return inode->priv;
}

/* ---- files ---- */

static void make_text(const struct pseudo_node *n, struct text *t)
{
    if (n->entry->kind == PSEUDO_TEXT)
        text_add(t, "%s", n->entry->text);
    else if (n->entry->show)
        n->entry->show(t, n->arg);
}

static long copy_part(const struct text *t, struct uio *u, int64_t *pos)
{
    if (t->err)
        return t->err;
    if ((uint64_t)*pos >= t->used)
        return 0;
    size_t want = MIN(u->left, t->used - (uint64_t)*pos);
    size_t n = uio_write(u, t->buf + *pos, want);
    *pos += (int64_t)n;
    return n || !want ? (long)n : -EFAULT;
}

static long pseudo_read(struct file *f, struct uio *u, int64_t *pos)
{
    struct text t = {0};
    make_text(node_of(f->inode), &t);
    long n = copy_part(&t, u, pos);
    kfree(t.buf);
    return n;
}

static long store(const struct pseudo_node *n, struct uio *u, char *buf)
{
    size_t want = MIN(u->left, (uint64_t)WRITE_MAX - 1);
    size_t got = uio_read(u, buf, want);
    if (got < want)
        return -EFAULT;
    buf[got] = 0;
    int err = n->entry->store(buf, got, n->arg);
    return err ? err : (long)got;
}

static long pseudo_write(struct file *f, struct uio *u, int64_t *pos)
{
    const struct pseudo_node *n = node_of(f->inode);
    (void)pos;
    if (!n->entry->store)
        return -EIO;
    char *buf = kmalloc(WRITE_MAX);
    if (!buf)
        return -ENOMEM;
    long result = store(n, u, buf);
    kfree(buf);
    return result;
}

/* Like a directory: to the start, to a place, by a distance; files of /proc have no end to count
 * from. */
static const struct file_ops file_fops = {
    .read = pseudo_read, .write = pseudo_write, .seek = dentry_dir_seek};

/* O_TRUNC before a write. */
static int pseudo_truncate(struct inode *inode, int64_t size)
{
    (void)inode, (void)size;
    return 0;
}

static long pseudo_readlink(struct inode *inode, char *buf, size_t size_bytes)
{
    const struct pseudo_node *n = node_of(inode);
    struct text t = {0};
    n->entry->link(&t, n->arg);
    size_t len = MIN(t.used, size_bytes);
    if (!t.err && len)
        memcpy(buf, t.buf, len);
    kfree(t.buf);
    return t.err ? t.err : (long)len;
}

static int pseudo_jump(struct inode *inode, struct dentry **to)
{
    const struct pseudo_node *n = node_of(inode);
    return n->entry->jump(n->arg, to);
}

/* Set attributes come and go with the inode. */
static int pseudo_setattr(struct inode *inode, const struct attr *a)
{
    (void)inode, (void)a;
    return -EPERM;
}

static void pseudo_evict(struct inode *inode)
{
    kfree(inode->priv);
}

static const struct inode_ops file_ops = {
    .setattr = pseudo_setattr, .truncate = pseudo_truncate, .evict = pseudo_evict};
static const struct inode_ops link_ops = {
    .readlink = pseudo_readlink, .setattr = pseudo_setattr, .evict = pseudo_evict};
static const struct inode_ops jump_ops = {.readlink = pseudo_readlink,
                                          .jump = pseudo_jump,
                                          .setattr = pseudo_setattr,
                                          .evict = pseudo_evict};

/* ---- directories ---- */

static int pseudo_lookup(struct inode *dir, const struct name *n, struct inode **inode);
static int pseudo_iterate(struct file *f, struct dir_context *ctx);

static const struct file_ops pseudo_dir_fops = {.iterate = pseudo_iterate, .seek = dentry_dir_seek};

static const struct inode_ops dir_ops = {
    .lookup = pseudo_lookup, .setattr = pseudo_setattr, .evict = pseudo_evict};

/* Numbers as names, without leading zeros. */
static bool number_of(const struct name *n, uint64_t *number)
{
    *number = 0;
    if (!n->len || n->len > 10 || (n->s[0] == '0' && n->len > 1))
        return false;
    for (uint32_t i = 0; i < n->len; i++) {
        if (n->s[i] < '0' || n->s[i] > '9')
            return false;
        *number = *number * 10 + (uint64_t)(n->s[i] - '0');
    }
    return true;
}

/* What this image doesn't have (kernel/core/optional.h) isn't there. */
static bool is_there(const struct pseudo_entry *e)
{
    return e->dir || e->store;
}

static const struct pseudo_entry *find_entry(const struct pseudo_dir *d, const struct name *n)
{
    for (unsigned i = 0; i < d->count; i++)
        if (strlen(d->entries[i].name) == n->len && !memcmp(d->entries[i].name, n->s, n->len) &&
            is_there(&d->entries[i]))
            return &d->entries[i];
    return NULL;
}

static uint32_t entry_type(const struct pseudo_entry *e)
{
    if (e->kind == PSEUDO_TREE)
        return S_IFDIR;
    return e->kind == PSEUDO_LINK ? S_IFLNK : S_IFREG;
}

/* Stable inode numbers without a table: from the entry's place in memory and its argument. */
static uint64_t number_inode(const struct pseudo_node *n)
{
    return ((uint64_t)(uintptr_t)n->entry >> 3 & 0xfffff) | ((n->arg ^ n->arg >> 20) + 1) << 20;
}

static struct inode *node_inode(struct super *s, const struct pseudo_entry *e, uint64_t arg)
{
    struct pseudo_node *n = kmalloc(sizeof(*n));
    if (!n)
        return NULL;
    *n = (struct pseudo_node){e, arg};
    const struct file_ops *fops = e->kind == PSEUDO_TREE ? &pseudo_dir_fops : &file_fops;
    const struct inode_ops *ops = e->kind == PSEUDO_TREE   ? &dir_ops
                                  : e->kind != PSEUDO_LINK ? &file_ops
                                  : e->jump                ? &jump_ops
                                                           : &link_ops;
    struct inode *inode = inode_new(s, entry_type(e) | e->mode, ops, fops);
    if (!inode) {
        kfree(n);
        return NULL;
    }
    inode->ino = number_inode(n);
    inode->priv = n;
    inode->uid = inode->gid = 0;
    return inode;
}

static int pseudo_lookup(struct inode *dir, const struct name *n, struct inode **inode)
{
    const struct pseudo_node *node = node_of(dir);
    const struct pseudo_dir *d = node->entry->dir;
    const struct pseudo_entry *e = find_entry(d, n);
    uint64_t arg = node->arg, number;
    if (!e) {
        if (!d->find || !number_of(n, &number))
            return -ENOENT;
        int err = d->find(node->arg, number, &e, &arg);
        if (err)
            return err;
    }
    *inode = node_inode(dir->super, e, arg);
    if (!*inode)
        return -ENOMEM;
    (*inode)->transient = arg != node->arg;
    return 0;
}

/* Positions: 2 and on for the table, then FIRST_NUMBER plus each number. */
#define FIRST_NUMBER 0x10000

static bool emit_table(const struct pseudo_node *node, struct dir_context *ctx)
{
    const struct pseudo_dir *d = node->entry->dir;
    while (ctx->pos < (int64_t)d->count + 2) {
        const struct pseudo_entry *e = &d->entries[ctx->pos - 2];
        uint64_t ino = number_inode(&(struct pseudo_node){e, node->arg});
        if (is_there(e) &&
            !ctx->emit(ctx, e->name, strlen(e->name), ino, entry_type(e), ctx->pos + 1))
            return false;
        ctx->pos++;
    }
    ctx->pos = MAX(ctx->pos, (int64_t)FIRST_NUMBER);
    return true;
}

static void emit_numbers(const struct pseudo_node *node, struct dir_context *ctx)
{
    const struct pseudo_dir *d = node->entry->dir;
    const struct pseudo_entry *e;
    uint64_t number = (uint64_t)(ctx->pos - FIRST_NUMBER);
    while (d->next && d->next(node->arg, &number, &e)) {
        struct text name = {0};
        text_add(&name, "%lu", (unsigned long)number);
        bool ok = !name.err && ctx->emit(ctx, name.buf, name.used, number + 1, entry_type(e),
                                         FIRST_NUMBER + (int64_t)number + 1);
        kfree(name.buf);
        if (!ok)
            return;
        ctx->pos = FIRST_NUMBER + (int64_t)++number;
    }
}

static int pseudo_iterate(struct file *f, struct dir_context *ctx)
{
    const struct pseudo_node *node = node_of(f->inode);
    if (dir_emit_dots(ctx, f->dentry) && emit_table(node, ctx))
        emit_numbers(node, ctx);
    return 0;
}

/* ---- mounting ---- */

int pseudo_mount(struct super *s, const struct pseudo_dir *dir, const char *path)
{
    struct pseudo_entry *root = kzalloc(sizeof(*root));
    if (!root)
        return -ENOMEM;
    root->mode = 0555;
    root->kind = PSEUDO_TREE;
    root->dir = dir;
    super_init(s);
    struct inode *inode = node_inode(s, root, 0);
    s->root = inode ? dentry_root(inode) : NULL;
    return s->root ? super_mount(s, path) : -ENOMEM;
}
