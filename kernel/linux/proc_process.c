/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/self and /proc/self/task/N. arg is a thread id, or 0 for the process as a whole. What the
 * maps say is in proc_maps.c. */
#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/page.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/context.h"
#include "kernel/fs/walk.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/proc.h"
#include "kernel/linux/proc_process.h"
#include "kernel/linux/thread.h"
#include "lib/str.h"

/* ---- threads ---- */

/* The next thread id at or above from, 0 at the end. */
static int next_tid(int from)
{
    struct process *p = process_self();
    int best = 0;
    spin_lock(&p->lock);
    list_for_each (n, &p->threads) {
        int tid = list_entry(n, struct thread, siblings)->tid;
        if (tid >= from && (!best || tid < best))
            best = tid;
    }
    spin_unlock(&p->lock);
    return best;
}

/* What is shown of a thread: the one asked for, or the process's first. */
struct view {
    int tid;
    unsigned threads;
    char name[16];
    int64_t cpu_ns;
    uint64_t blocked;
};

static void view_take(struct view *v, uint64_t arg)
{
    struct process *p = process_self();
    int64_t process_ns = process_cpu_ns(p);
    *v = (struct view){.tid = arg ? (int)arg : p->pid};
    spin_lock(&p->lock);
    struct thread *t = process_find_thread_locked(p, v->tid);
    v->threads = p->thread_count;
    if (t) {
        memcpy(v->name, t->name, sizeof(v->name));
        v->blocked = t->blocked;
    }
    v->cpu_ns = t && arg ? task_cpu_ns(&t->task) : process_ns;
    spin_unlock(&p->lock);
}

static void show_comm(struct text *t, uint64_t arg)
{
    struct view v;
    view_take(&v, arg);
    text_add(t, "%s\n", v.name);
}

#define TICKS(ns) ((unsigned long)((ns) / 10000000)) /* of 10 ms */

static void show_stat(struct text *t, uint64_t arg)
{
    struct process *p = process_self();
    const struct exec_result *i = &p->image;
    struct view v;
    view_take(&v, arg);
    text_add(t, "%d (%s) R %d %d %d 0 -1 0 0 0 0 0 %lu 0 0 0 20 0 %u 0 %lu %lu %lu ", v.tid, v.name,
             p->family.parent_pid, p->family.group, p->family.session, TICKS(v.cpu_ns), v.threads,
             TICKS(p->start_ns), (unsigned long)p->as->mapped_bytes,
             (unsigned long)p->as->resident_pages);
    text_add(t, "18446744073709551615 %lu %lu %lu 0 0 0 %lu 0 0 0 0 0 17 0 0 0 0 0 0 ",
             (unsigned long)i->code_start, (unsigned long)i->code_end, (unsigned long)i->sp,
             (unsigned long)v.blocked);
    text_add(t, "%lu %lu %lu %lu %lu %lu %lu 0\n", (unsigned long)i->data_start,
             (unsigned long)i->data_end, (unsigned long)p->as->brk_start,
             (unsigned long)i->arg_start, (unsigned long)i->arg_end, (unsigned long)i->env_start,
             (unsigned long)i->env_end);
}

/* With Linux' blank at the end. */
static void show_groups(struct text *t, const struct creds *c)
{
    text_add(t, "Groups:\t");
    for (uint32_t i = 0; i < c->group_count; i++)
        text_add(t, "%u%s", c->groups[i], i + 1 < c->group_count ? " " : "");
    text_add(t, " \n");
}

static void show_status(struct text *t, uint64_t arg)
{
    struct process *p = process_self();
    struct fs_context *c = fs_context_self();
    unsigned long rss = (unsigned long)p->as->resident_pages * 4;
    struct view v;
    view_take(&v, arg);
    text_add(t, "Name:\t%s\nUmask:\t%04o\nState:\tR (running)\nTgid:\t%d\nNgid:\t0\nPid:\t%d\n",
             v.name, c->umask, p->pid, v.tid);
    text_add(t, "PPid:\t%d\nTracerPid:\t0\nUid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n",
             p->family.parent_pid, p->creds.ruid, p->creds.euid, p->creds.suid, c->uid,
             p->creds.rgid, p->creds.egid, p->creds.sgid, c->gid);
    text_add(t, "FDSize:\t%u\n", p->files.size);
    show_groups(t, &p->creds);
    text_add(t, "VmPeak:\t%8lu kB\nVmSize:\t%8lu kB\n", (unsigned long)p->as->mapped_bytes / 1024,
             (unsigned long)p->as->mapped_bytes / 1024);
    text_add(t, "VmHWM:\t%8lu kB\nVmRSS:\t%8lu kB\nVmData:\t%8lu kB\nThreads:\t%u\n", rss, rss,
             (unsigned long)p->as->data_bytes / 1024, v.threads);
    text_add(t, "SigBlk:\t%016lx\nSeccomp:\t0\n", (unsigned long)v.blocked);
}

static void show_statm(struct text *t, uint64_t arg)
{
    struct aspace *as = process_self()->as;
    (void)arg;
    text_add(t, "%lu %lu 0 1 0 %lu 0\n", (unsigned long)as->mapped_bytes / PAGE_SIZE,
             (unsigned long)as->resident_pages, (unsigned long)as->data_bytes / PAGE_SIZE);
}

/* ---- what the program was started with ---- */

static void show_user(struct text *t, vaddr_t start, vaddr_t end)
{
    char piece[256];
    while (start < end) {
        size_t n = MIN(sizeof(piece), end - start);
        if (copy_from_user(piece, start, n))
            return;
        text_bytes(t, piece, n);
        start += n;
    }
}

static void show_cmdline(struct text *t, uint64_t arg)
{
    const struct exec_result *i = &process_self()->image;
    (void)arg;
    show_user(t, i->arg_start, i->arg_end);
}

static void show_environ(struct text *t, uint64_t arg)
{
    const struct exec_result *i = &process_self()->image;
    (void)arg;
    show_user(t, i->env_start, i->env_end);
}

static void show_auxv(struct text *t, uint64_t arg)
{
    const struct exec_result *i = &process_self()->image;
    (void)arg;
    text_bytes(t, i->auxv, i->auxv_words * sizeof(i->auxv[0]));
}

/* ---- limits ---- */

static void add_limit(struct text *t, uint64_t value)
{
    if (value == UINT64_MAX)
        text_add(t, "%-21s", "unlimited");
    else
        text_add(t, "%-21lu", (unsigned long)value);
}

static void show_limits(struct text *t, uint64_t arg)
{
    static const struct {
        const char *name, *unit;
    } rows[] = {
        {"Max cpu time", "seconds"},     {"Max file size", "bytes"},
        {"Max data size", "bytes"},      {"Max stack size", "bytes"},
        {"Max core file size", "bytes"}, {"Max resident set", "bytes"},
        {"Max processes", "processes"},  {"Max open files", "files"},
        {"Max locked memory", "bytes"},  {"Max address space", "bytes"},
        {"Max file locks", "locks"},     {"Max pending signals", "signals"},
        {"Max msgqueue size", "bytes"},  {"Max nice priority", ""},
        {"Max realtime priority", ""},   {"Max realtime timeout", "us"},
    };
    struct process *p = process_self();
    (void)arg;
    text_add(t, "%-26s%-21s%-21s%-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        text_add(t, "%-26s", rows[i].name);
        add_limit(t, p->limits[i].soft);
        add_limit(t, p->limits[i].hard);
        text_add(t, "%-10s\n", rows[i].unit);
    }
}

/* ---- mounts ---- */

static void add_mount_path(struct text *t, const struct super *s)
{
    char *buf = s->covered ? kmalloc(PATH_MAX) : NULL, *start;
    long n = buf ? dentry_path(s->covered, super_top(), buf, PATH_MAX, &start, true) : -ENOENT;
    if (n > 0)
        text_bytes(t, start, (size_t)n);
    else
        text_add(t, "/");
    kfree(buf);
}

void proc_show_mounts(struct text *t, uint64_t arg)
{
    (void)arg;
    list_for_each (n, &super_mounts) {
        const struct super *s = list_entry(n, struct super, node);
        text_add(t, "%s ", s->source);
        add_mount_path(t, s);
        text_add(t, " %s %s%s 0 0\n", s->type, s->flags & SUPER_READONLY ? "ro" : "rw", s->options);
    }
}

static void show_mountinfo(struct text *t, uint64_t arg)
{
    (void)arg;
    list_for_each (n, &super_mounts) {
        const struct super *s = list_entry(n, struct super, node);
        const char *rights = s->flags & SUPER_READONLY ? "ro" : "rw";
        uint32_t parent = s->covered ? s->covered->inode->super->id : 1;
        text_add(t, "%u %u %u:%u / ", s->id, parent, DEV_MAJOR((uint64_t)s->dev),
                 DEV_MINOR((uint64_t)s->dev));
        add_mount_path(t, s);
        text_add(t, " %s,relatime - %s %s %s%s\n", rights, s->type, s->source, rights, s->options);
    }
}

/* ---- links to objects ---- */

static void add_path(struct text *t, struct dentry *d)
{
    char *buf = kmalloc(PATH_MAX), *start;
    struct dentry *root = fs_root();
    long n = buf ? dentry_path(d, root, buf, PATH_MAX, &start, true) : -ENOMEM;
    if (n >= 0)
        text_bytes(t, start, (size_t)n);
    else
        t->err = (int)n;
    dentry_put(root);
    kfree(buf);
}

static void link_of(struct text *t, struct dentry *d)
{
    add_path(t, d);
    dentry_put(d);
}

static void link_cwd(struct text *t, uint64_t arg)
{
    (void)arg;
    link_of(t, fs_cwd());
}

static int jump_cwd(uint64_t arg, struct dentry **to)
{
    (void)arg;
    *to = fs_cwd();
    return 0;
}

static void link_root(struct text *t, uint64_t arg)
{
    (void)arg;
    link_of(t, fs_root());
}

static int jump_root(uint64_t arg, struct dentry **to)
{
    (void)arg;
    *to = fs_root();
    return 0;
}

static void link_exe(struct text *t, uint64_t arg)
{
    struct process *p = process_self();
    (void)arg;
    if (family_here && p->exe)
        add_path(t, p->exe->dentry);
    else
        text_add(t, "%s", p->exec_path);
}

static int jump_exe(uint64_t arg, struct dentry **to)
{
    struct process *p = process_self();
    (void)arg;
    if (!family_here || !p->exe)
        return path_lookup(super_top(), p->exec_path, WALK_FOLLOW, to);
    *to = dentry_get(p->exe->dentry);
    return 0;
}

/* ---- fd ---- */

static const char *nameless_kind(struct inode *inode)
{
    if (inode_is(inode, S_IFIFO))
        return "pipe";
    return inode_is(inode, S_IFSOCK) ? "socket" : "anon_inode";
}

static void add_file_name(struct text *t, struct file *f)
{
    if (f->dentry)
        add_path(t, f->dentry);
    else if (inode_is(f->inode, S_IFCHR))
        text_add(t, "/dev/console");
    else
        text_add(t, "%s:[%lu]", nameless_kind(f->inode), (unsigned long)f->inode->ino);
}

static void link_fd(struct text *t, uint64_t fd)
{
    struct file *f = fd_get((int)fd);
    if (!f) {
        t->err = -ENOENT;
        return;
    }
    add_file_name(t, f);
    fd_put(f);
}

static int nameless_dentry(struct file *f, struct dentry **to)
{
    struct text t = {0};
    add_file_name(&t, f);
    struct dentry *d = NULL;
    if (!t.err)
        d = dentry_new(&(struct name){.s = t.buf, .len = (uint32_t)t.used}, inode_get(f->inode));
    if (!t.err && !d)
        inode_put(f->inode);
    kfree(t.buf);
    *to = d;
    return d ? 0 : -ENOMEM;
}

static int jump_fd(uint64_t fd, struct dentry **to)
{
    struct file *f = fd_get((int)fd);
    int err = 0;
    if (!f)
        return -ENOENT;
    if (f->dentry)
        *to = dentry_get(f->dentry);
    else
        err = nameless_dentry(f, to);
    fd_put(f);
    return err;
}

static const struct pseudo_entry fd_entry = {
    .mode = 0700, .kind = PSEUDO_LINK, .link = link_fd, .jump = jump_fd};

static void show_fdinfo(struct text *t, uint64_t fd)
{
    struct file *f = fd_get((int)fd);
    if (!f)
        return;
    text_add(t, "pos:\t%ld\nflags:\t0%o\nmnt_id:\t%u\nino:\t%lu\n",
             f->mode & FILE_SEEK ? (long)f->pos : 0, f->flags, f->inode->super->id,
             (unsigned long)f->inode->ino);
    fd_put(f);
}

static const struct pseudo_entry fdinfo_entry = {.mode = 0444, .show = show_fdinfo};

static int find_open(uint64_t number, uint64_t *sub_arg)
{
    struct file *f = number <= INT32_MAX ? fd_get((int)number) : NULL;
    if (!f)
        return -ENOENT;
    fd_put(f);
    *sub_arg = number;
    return 0;
}

static bool next_open(uint64_t *number)
{
    int fd = *number <= INT32_MAX ? fd_next(fd_table_self(), (uint32_t)*number, NULL) : -1;
    *number = (uint64_t)fd;
    return fd >= 0;
}

static int find_fd(uint64_t arg, uint64_t number, const struct pseudo_entry **e, uint64_t *sub)
{
    (void)arg;
    *e = &fd_entry;
    return find_open(number, sub);
}

static bool next_fd(uint64_t arg, uint64_t *number, const struct pseudo_entry **e)
{
    (void)arg;
    *e = &fd_entry;
    return next_open(number);
}

static int find_fdinfo(uint64_t arg, uint64_t number, const struct pseudo_entry **e, uint64_t *sub)
{
    (void)arg;
    *e = &fdinfo_entry;
    return find_open(number, sub);
}

static bool next_fdinfo(uint64_t arg, uint64_t *number, const struct pseudo_entry **e)
{
    (void)arg;
    *e = &fdinfo_entry;
    return next_open(number);
}

static const struct pseudo_dir fd_dir = {.find = find_fd, .next = next_fd};
static const struct pseudo_dir fdinfo_dir = {.find = find_fdinfo, .next = next_fdinfo};

/* ---- the tables ---- */

static int ignore_store(const char *s, size_t n, uint64_t arg)
{
    (void)s, (void)n, (void)arg;
    return 0;
}

/* What a process and each of its threads have. */
#define COMMON                                                                                     \
    {.name = "auxv", .mode = 0400, .show = show_auxv},                                             \
        {.name = "cgroup", .mode = 0444, .kind = PSEUDO_TEXT, .text = "0::/\n"},                   \
        {.name = "cmdline", .mode = 0444, .show = show_cmdline},                                   \
        {.name = "comm", .mode = 0644, .show = show_comm, .store = ignore_store},                  \
        {.name = "cwd", .mode = 0777, .kind = PSEUDO_LINK, .link = link_cwd, .jump = jump_cwd},    \
        {.name = "environ", .mode = 0400, .show = show_environ},                                   \
        {.name = "exe", .mode = 0777, .kind = PSEUDO_LINK, .link = link_exe, .jump = jump_exe},    \
        {.name = "fd", .mode = 0500, .kind = PSEUDO_TREE, .dir = &fd_dir},                         \
        {.name = "fdinfo", .mode = 0555, .kind = PSEUDO_TREE, .dir = &fdinfo_dir},                 \
        {.name = "limits", .mode = 0444, .show = show_limits},                                     \
        {.name = "maps", .mode = 0444, .show = proc_show_maps},                                    \
        {.name = "mountinfo", .mode = 0444, .show = show_mountinfo},                               \
        {.name = "mounts", .mode = 0444, .show = proc_show_mounts},                                \
        {.name = "oom_score", .mode = 0444, .kind = PSEUDO_TEXT, .text = "0\n"},                   \
        {.name = "oom_score_adj",                                                                  \
         .mode = 0644,                                                                             \
         .kind = PSEUDO_TEXT,                                                                      \
         .text = "0\n",                                                                            \
         .store = ignore_store},                                                                   \
        {.name = "root", .mode = 0777, .kind = PSEUDO_LINK, .link = link_root, .jump = jump_root}, \
        {.name = "stat", .mode = 0444, .show = show_stat},                                         \
        {.name = "statm", .mode = 0444, .show = show_statm},                                       \
    {                                                                                              \
        .name = "status", .mode = 0444, .show = show_status                                        \
    }

static const struct pseudo_entry thread_entries[] = {COMMON};
static const struct pseudo_dir thread_dir = PSEUDO_DIR(thread_entries);
static const struct pseudo_entry thread_entry = {
    .mode = 0555, .kind = PSEUDO_TREE, .dir = &thread_dir};

static int find_task(uint64_t arg, uint64_t number, const struct pseudo_entry **e, uint64_t *sub)
{
    (void)arg;
    if (!number || number > INT32_MAX || next_tid((int)number) != (int)number)
        return -ENOENT;
    *e = &thread_entry;
    *sub = number;
    return 0;
}

static bool next_task(uint64_t arg, uint64_t *number, const struct pseudo_entry **e)
{
    (void)arg;
    int tid = *number <= INT32_MAX ? next_tid((int)*number) : 0;
    *number = (uint64_t)tid;
    *e = &thread_entry;
    return tid;
}

static const struct pseudo_dir task_dir = {.find = find_task, .next = next_task};

static const struct pseudo_entry process_entries[] = {
    COMMON,
    {.name = "task", .mode = 0555, .kind = PSEUDO_TREE, .dir = &task_dir},
};
const struct pseudo_dir proc_process_dir = PSEUDO_DIR(process_entries);
