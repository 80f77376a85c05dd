/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/linux/image.h"
#include "abi/errno.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/open.h"
#include "kernel/fs/super.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/walk.h"
#include "lib/str.h"

#define SCRIPT_LINE 256u /* what of a script's first line is looked at (BINPRM_BUF_SIZE) */

/* The payload's program is mapped from where it is. */
static int find_pages(struct image *i)
{
    struct file *f = i->file;
    uint64_t size;
    if (tmpfs_below(f->inode, &size) == exec_payload_bytes && size == exec_payload.pinned_bytes) {
        i->program = vmobj_get(&exec_payload);
        return 0;
    }
    int err = f->ops->mmap ? f->ops->mmap(f, &i->program) : -ENOEXEC;
    return err == -ENODEV ? -ENOEXEC : err;
}

static int read_head(struct image *i)
{
    struct inode *inode = i->file->inode;
    long n = file_pread_kernel(i->file, i->head, sizeof i->head, 0);
    if (inode->ops->refresh)
        inode->ops->refresh(inode);
    i->bytes = (uint64_t)inode->size;
    i->head_bytes = n > 0 ? (size_t)n : 0;
    return n < 0 ? (int)n : n ? 0 : -ENOEXEC;
}

static int open_running(struct image *i, struct dentry *d)
{
    int err = inode_is(d->inode, S_IFREG) ? inode_access(d->inode, X_OK) : -EACCES;
    if (err)
        return err;
    err = inode_begin_run(d->inode);
    if (err)
        return err;
    err = dentry_open(d, O_RDONLY, &i->file);
    if (err)
        inode_end_run(d->inode);
    return err;
}

int image_open(struct image *i, struct dentry *base, const char *path, bool nofollow)
{
    struct dentry *d;
    int err = path_lookup(base, path, nofollow ? WALK_EMPTY : WALK_FOLLOW | WALK_EMPTY, &d);
    if (err)
        return err;
    i->program = NULL;
    err = inode_is(d->inode, S_IFLNK) ? -ELOOP : open_running(i, d);
    dentry_put(d);
    if (err)
        return err;
    err = read_head(i);
    if (!err)
        err = find_pages(i);
    if (err)
        image_close(i);
    return err;
}

static void let_go(struct file *f)
{
    inode_end_run(f->inode);
    file_put(f);
}

void image_close(struct image *i)
{
    if (i->program)
        vmobj_put(i->program);
    if (i->file)
        let_go(i->file);
    i->program = NULL;
    i->file = NULL;
}

/* ---- scripts ---- */

static char *skip_blanks(char *s)
{
    while (*s == ' ' || *s == '\t')
        s++;
    return s;
}

static char *word_end(char *s)
{
    while (*s && *s != ' ' && *s != '\t')
        s++;
    return s;
}

/* A line longer than what is looked at will do if the interpreter's name ends within. */
int image_interpreter(struct image *i, const char **interpreter, const char **argument)
{
    char *line = (char *)i->head, *name, *end;
    size_t looked = MIN(i->head_bytes, (size_t)SCRIPT_LINE - 1);
    line[looked] = 0;
    char *stop = memchr(line, '\n', looked);
    if (stop)
        *stop = 0;
    else
        stop = line + looked;
    while (stop > line + 2 && (stop[-1] == ' ' || stop[-1] == '\t'))
        *--stop = 0;
    name = skip_blanks(line + 2);
    end = word_end(name);
    if (end == name || (!*end && looked == SCRIPT_LINE - 1 && end == line + looked))
        return -ENOEXEC;
    char *rest = skip_blanks(end);
    *argument = *rest ? rest : NULL;
    *end = 0;
    *interpreter = name;
    return 0;
}

/* ---- what needs a dynamic loader ---- */

enum { PHDR_INTERP = 3, ELF_PHOFF = 32, ELF_PHENTSIZE = 54, ELF_PHNUM = 56, PHDR_BYTES = 56 };

static uint64_t word_at(const struct image *i, uint64_t offset, size_t size)
{
    uint64_t v = 0;
    if (offset <= i->head_bytes && size <= i->head_bytes - offset)
        memcpy(&v, i->head + offset, size);
    return v;
}

/* The path in PT_INTERP, or NULL. */
static const char *wanted_loader(const struct image *i)
{
    uint64_t at = word_at(i, ELF_PHOFF, 8), count = word_at(i, ELF_PHNUM, 2);
    for (uint64_t n = 0; n < count && at < IMAGE_HEAD_BYTES; n++, at += PHDR_BYTES) {
        if (word_at(i, at, 4) != PHDR_INTERP)
            continue;
        uint64_t offset = word_at(i, at + 8, 8), size = word_at(i, at + 32, 8);
        bool here = size && offset < i->head_bytes && size <= i->head_bytes - offset;
        return here && !i->head[offset + size - 1] ? (const char *)i->head + offset : NULL;
    }
    return NULL;
}

int image_refusal(const struct image *i)
{
    struct dentry *d = NULL;
    const char *loader = !memcmp(i->head, "\177ELF", 4) ? wanted_loader(i) : NULL;
    int err = loader ? path_lookup(NULL, loader, WALK_FOLLOW, &d) : -ENOEXEC;
    if (err)
        return err;
    dentry_put(d);
    return -ENOEXEC;
}

/* ---- in a process ---- */

static void run_instead(struct process *p, struct file *f)
{
    spin_lock(&p->lock);
    struct file *old = p->exe;
    p->exe = f;
    spin_unlock(&p->lock);
    if (old)
        let_go(old);
}

void image_release(struct process *p)
{
    run_instead(p, NULL);
}

struct file *image_file(struct process *p)
{
    spin_lock(&p->lock);
    struct file *f = p->exe ? file_get(p->exe) : NULL;
    spin_unlock(&p->lock);
    return f;
}

vaddr_t image_entry(const struct process *p)
{
    uint64_t size;
    bool payload = !p->exe || tmpfs_below(p->exe->inode, &size) == exec_payload_bytes;
    return payload ? p->image.entry : 0;
}

/* The path is for the maps, which have room for that much. */
static void note_path(struct process *p)
{
    char *start;
    long n =
        dentry_path(p->exe->dentry, super_top(), p->exec_path, sizeof p->exec_path, &start, true);
    if (n < 0)
        n = 0;
    memmove(p->exec_path, n ? start : p->exec_path, (size_t)n);
    p->exec_path[MIN((size_t)n, sizeof p->exec_path - 1)] = 0;
}

void image_adopt(struct process *p, struct image *i)
{
    run_instead(p, i->file);
    i->file = NULL;
    note_path(p);
}

void image_inherit(struct process *p, struct process *from)
{
    memcpy(p->exec_path, from->exec_path, sizeof p->exec_path);
    p->exe = from->exe ? file_get(from->exe) : NULL;
    if (p->exe)
        (void)!inode_begin_run(p->exe->inode); /* can't be refused: it is run already */
}
