/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID and /proc/PID/task/N. What the maps say is in proc_maps.c. */
#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/page.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/context.h"
#include "kernel/fs/walk.h"
#include "kernel/linux/image.h"
#include "kernel/linux/proc.h"
#include "kernel/linux/proc_process.h"
#include "kernel/linux/thread.h"
#include "lib/str.h"

/* ---- whom it is about ---- */

struct process *proc_subject(uint64_t arg, bool secret, int *err)
{
    struct process *self = process_self(), *p;
    int pid = PROC_ARG_PID(arg);
    if (!family_here || pid == self->pid)
        return self;
    p = family_reach(pid, secret, err);
    if (!p && *err == -EPERM)
        *err = -EACCES;
    return p;
}

void proc_done(struct process *p)
{
    if (family_here && p != process_self())
        family_put(p);
}

/* Its own is there as long as somebody asks. */
struct aspace *proc_memory(struct process *p)
{
    if (!family_here)
        return p->as;
    spin_lock(&p->lock);
    struct aspace *as = p->thread_count ? aspace_get_live(p->as) : NULL;
    spin_unlock(&p->lock);
    return as;
}

void proc_memory_done(struct aspace *as)
{
    if (family_here && as)
        aspace_put(as);
}

/* ---- threads ---- */

/* The next thread id at or above from, 0 at the end. */
static int next_tid(struct process *p, int from)
{
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
    struct process *p; /* for proc_done */
    int tid;
    unsigned threads;
    char name[16];
    const char *state;
    int64_t cpu_ns;
    uint64_t blocked;
    uint64_t mapped_bytes, data_bytes, resident_pages;
    vaddr_t brk_start;
};

static const char *state_of(struct thread *t)
{
    if (!t)
        return "Z (zombie)";
    return (readgstatus(&t->task.g) & ~(uint32_t)GSCAN) == GWAITING ? "S (sleeping)"
                                                                    : "R (running)";
}

static void view_memory_locked(struct view *v, const struct aspace *as)
{
    v->mapped_bytes = as->mapped_bytes;
    v->data_bytes = as->data_bytes;
    v->resident_pages = as->resident_pages;
    v->brk_start = as->brk_start;
}

static bool view_take(struct view *v, struct text *text, uint64_t arg)
{
    struct process *p = proc_subject(arg, false, &text->err);
    if (!p)
        return false;
    int tid = (int)PROC_ARG_NUMBER(arg);
    int64_t process_ns = process_cpu_ns(p);
    *v = (struct view){.p = p, .tid = tid ? tid : p->pid};
    spin_lock(&p->lock);
    struct thread *t = process_find_thread_locked(p, v->tid);
    v->threads = p->thread_count;
    v->state = state_of(t);
    if (t) {
        memcpy(v->name, t->name, sizeof(v->name));
        v->blocked = t->blocked;
    }
    if (!family_here || v->threads)
        view_memory_locked(v, p->as);
    v->cpu_ns = t && tid ? task_cpu_ns(&t->task) : process_ns;
    spin_unlock(&p->lock);
    return true;
}

static void show_comm(struct text *t, uint64_t arg)
{
    struct view v;
    if (!view_take(&v, t, arg))
        return;
    text_add(t, "%s\n", v.name);
    proc_done(v.p);
}

#define TICKS(ns) ((unsigned long)((ns) / 10000000)) /* of 10 ms */

static void show_stat(struct text *t, uint64_t arg)
{
    struct view v;
    if (!view_take(&v, t, arg))
        return;
    struct process *p = v.p;
    const struct exec_result *i = &p->image;
    text_add(t, "%d (%s) %c %d %d %d 0 -1 0 0 0 0 0 %lu 0 0 0 20 0 %u 0 %lu %lu %lu ", v.tid,
             v.name, *v.state, p->family.parent_pid, p->family.group, p->family.session,
             TICKS(v.cpu_ns), v.threads, TICKS(p->start_ns), (unsigned long)v.mapped_bytes,
             (unsigned long)v.resident_pages);
    text_add(t, "18446744073709551615 %lu %lu %lu 0 0 0 %lu 0 0 0 0 0 17 0 0 0 0 0 0 ",
             (unsigned long)i->code_start, (unsigned long)i->code_end, (unsigned long)i->sp,
             (unsigned long)v.blocked);
    text_add(t, "%lu %lu %lu %lu %lu %lu %lu 0\n", (unsigned long)i->data_start,
             (unsigned long)i->data_end, (unsigned long)v.brk_start, (unsigned long)i->arg_start,
             (unsigned long)i->arg_end, (unsigned long)i->env_start, (unsigned long)i->env_end);
    proc_done(p);
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
    struct view v;
    if (!view_take(&v, t, arg))
        return;
    struct process *p = v.p;
    unsigned long rss = (unsigned long)v.resident_pages * 4;
    text_add(t, "Name:\t%s\nUmask:\t%04o\nState:\t%s\nTgid:\t%d\nNgid:\t0\nPid:\t%d\n", v.name,
             p->fs.umask, v.state, p->pid, v.tid);
    text_add(t, "PPid:\t%d\nTracerPid:\t0\nUid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n",
             p->family.parent_pid, p->creds.ruid, p->creds.euid, p->creds.suid, p->fs.uid,
             p->creds.rgid, p->creds.egid, p->creds.sgid, p->fs.gid);
    text_add(t, "FDSize:\t%u\n", p->files.size);
    show_groups(t, &p->creds);
    text_add(t, "VmPeak:\t%8lu kB\nVmSize:\t%8lu kB\n", (unsigned long)v.mapped_bytes / 1024,
             (unsigned long)v.mapped_bytes / 1024);
    text_add(t, "VmHWM:\t%8lu kB\nVmRSS:\t%8lu kB\nVmData:\t%8lu kB\nThreads:\t%u\n", rss, rss,
             (unsigned long)v.data_bytes / 1024, v.threads);
    text_add(t, "SigBlk:\t%016lx\nSeccomp:\t0\n", (unsigned long)v.blocked);
    proc_done(p);
}

static void show_statm(struct text *t, uint64_t arg)
{
    struct view v;
    if (!view_take(&v, t, arg))
        return;
    text_add(t, "%lu %lu 0 1 0 %lu 0\n", (unsigned long)v.mapped_bytes / PAGE_SIZE,
             (unsigned long)v.resident_pages, (unsigned long)v.data_bytes / PAGE_SIZE);
    proc_done(v.p);
}

/* ---- what the program was started with ---- */

static int read_memory(struct aspace *as, char *to, vaddr_t from, size_t size_bytes)
{
    return family_here ? aspace_read(as, from, to, size_bytes)
                       : copy_from_user(to, from, size_bytes);
}

static void add_user(struct text *t, struct process *p, vaddr_t start, vaddr_t end)
{
    char piece[256];
    struct aspace *as = proc_memory(p);
    while (as && start < end) {
        size_t n = MIN(sizeof(piece), end - start);
        if (read_memory(as, piece, start, n))
            break;
        text_bytes(t, piece, n);
        start += n;
    }
    proc_memory_done(as);
}

static void show_cmdline(struct text *t, uint64_t arg)
{
    struct process *p = proc_subject(arg, false, &t->err);
    if (!p)
        return;
    add_user(t, p, p->image.arg_start, p->image.arg_end);
    proc_done(p);
}

static void show_environ(struct text *t, uint64_t arg)
{
    struct process *p = proc_subject(arg, true, &t->err);
    if (!p)
        return;
    add_user(t, p, p->image.env_start, p->image.env_end);
    proc_done(p);
}

static void show_auxv(struct text *t, uint64_t arg)
{
    struct process *p = proc_subject(arg, true, &t->err);
    if (!p)
        return;
    text_bytes(t, p->image.auxv, p->image.auxv_words * sizeof(p->image.auxv[0]));
    proc_done(p);
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
    struct process *p = proc_subject(arg, false, &t->err);
    if (!p)
        return;
    text_add(t, "%-26s%-21s%-21s%-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        text_add(t, "%-26s", rows[i].name);
        add_limit(t, p->limits[i].soft);
        add_limit(t, p->limits[i].hard);
        text_add(t, "%-10s\n", rows[i].unit);
    }
    proc_done(p);
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

/* d is put, and may be NULL. */
static void link_of(struct text *t, struct process *p, struct dentry *d)
{
    if (d)
        add_path(t, d);
    else
        t->err = -ENOENT;
    dentry_put(d);
    proc_done(p);
}

static int lead_to(struct process *p, struct dentry *d, struct dentry **to)
{
    proc_done(p);
    *to = d;
    return d ? 0 : -ENOENT;
}

static void link_cwd(struct text *t, uint64_t arg)
{
    struct process *p = proc_subject(arg, true, &t->err);
    if (p)
        link_of(t, p, fs_context_cwd(&p->fs));
}

static int jump_cwd(uint64_t arg, struct dentry **to)
{
    int err;
    struct process *p = proc_subject(arg, true, &err);
    return p ? lead_to(p, fs_context_cwd(&p->fs), to) : err;
}

static void link_root(struct text *t, uint64_t arg)
{
    struct process *p = proc_subject(arg, true, &t->err);
    if (p)
        link_of(t, p, fs_context_root(&p->fs));
}

static int jump_root(uint64_t arg, struct dentry **to)
{
    int err;
    struct process *p = proc_subject(arg, true, &err);
    return p ? lead_to(p, fs_context_root(&p->fs), to) : err;
}

/* What it runs: a file, or NULL and a path. Neither: it has ended. */
static struct dentry *program_of(struct process *p, const char **path)
{
    struct file *f = family_here ? image_file(p) : NULL;
    struct dentry *d = f ? dentry_get(f->dentry) : NULL;
    if (f)
        file_put(f);
    *path = d || (family_here && p->family.ended) ? NULL : p->exec_path;
    return d;
}

static void link_exe(struct text *t, uint64_t arg)
{
    const char *path;
    struct process *p = proc_subject(arg, true, &t->err);
    if (!p)
        return;
    struct dentry *d = program_of(p, &path);
    if (path)
        text_add(t, "%s", path);
    else {
        link_of(t, p, d);
        return;
    }
    proc_done(p);
}

static int jump_exe(uint64_t arg, struct dentry **to)
{
    int err;
    const char *path;
    struct process *p = proc_subject(arg, true, &err);
    if (!p)
        return err;
    struct dentry *d = program_of(p, &path);
    if (!path)
        return lead_to(p, d, to);
    err = path_lookup(super_top(), path, WALK_FOLLOW, to);
    proc_done(p);
    return err;
}

/* ---- fd ---- */

static struct file *open_file(uint64_t arg, int *err)
{
    struct process *p = proc_subject(arg, true, err);
    if (!p)
        return NULL;
    struct file *f = fd_get_of(&p->files, (int)PROC_ARG_NUMBER(arg));
    proc_done(p);
    if (!f)
        *err = -ENOENT;
    return f;
}

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

static void link_fd(struct text *t, uint64_t arg)
{
    struct file *f = open_file(arg, &t->err);
    if (!f)
        return;
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

static int jump_fd(uint64_t arg, struct dentry **to)
{
    int err = 0;
    struct file *f = open_file(arg, &err);
    if (!f)
        return err;
    if (f->dentry)
        *to = dentry_get(f->dentry);
    else
        err = nameless_dentry(f, to);
    fd_put(f);
    return err;
}

static const struct pseudo_entry fd_entry = {
    .mode = 0700, .kind = PSEUDO_LINK, .link = link_fd, .jump = jump_fd};

static void show_fdinfo(struct text *t, uint64_t arg)
{
    struct file *f = open_file(arg, &t->err);
    if (!f)
        return;
    text_add(t, "pos:\t%ld\nflags:\t0%o\nmnt_id:\t%u\nino:\t%lu\n",
             f->mode & FILE_SEEK ? (long)f->pos : 0, f->flags, f->inode->super->id,
             (unsigned long)f->inode->ino);
    fd_put(f);
}

static const struct pseudo_entry fdinfo_entry = {.mode = 0444, .show = show_fdinfo};

static int find_open(uint64_t arg, uint64_t number, uint64_t *sub_arg)
{
    int err = -ENOENT;
    uint64_t sub = PROC_ARG_WITH(arg, number);
    struct file *f = number <= INT32_MAX ? open_file(sub, &err) : NULL;
    if (!f)
        return err;
    fd_put(f);
    *sub_arg = sub;
    return 0;
}

static bool next_open(uint64_t arg, uint64_t *number)
{
    int err;
    struct process *p = *number <= INT32_MAX ? proc_subject(arg, true, &err) : NULL;
    if (!p)
        return false;
    int fd = fd_next(&p->files, (uint32_t)*number, NULL);
    proc_done(p);
    *number = (uint64_t)fd;
    return fd >= 0;
}

static int find_fd(uint64_t arg, uint64_t number, const struct pseudo_entry **e, uint64_t *sub)
{
    *e = &fd_entry;
    return find_open(arg, number, sub);
}

static bool next_fd(uint64_t arg, uint64_t *number, const struct pseudo_entry **e)
{
    *e = &fd_entry;
    return next_open(arg, number);
}

static int find_fdinfo(uint64_t arg, uint64_t number, const struct pseudo_entry **e, uint64_t *sub)
{
    *e = &fdinfo_entry;
    return find_open(arg, number, sub);
}

static bool next_fdinfo(uint64_t arg, uint64_t *number, const struct pseudo_entry **e)
{
    *e = &fdinfo_entry;
    return next_open(arg, number);
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

static int next_thread(uint64_t arg, uint64_t from)
{
    int err;
    struct process *p = from <= INT32_MAX ? proc_subject(arg, false, &err) : NULL;
    if (!p)
        return 0;
    int tid = next_tid(p, (int)from);
    proc_done(p);
    return tid;
}

static int find_task(uint64_t arg, uint64_t number, const struct pseudo_entry **e, uint64_t *sub)
{
    if (!number || next_thread(arg, number) != (int)number)
        return -ENOENT;
    *e = &thread_entry;
    *sub = PROC_ARG_WITH(arg, number);
    return 0;
}

static bool next_task(uint64_t arg, uint64_t *number, const struct pseudo_entry **e)
{
    *number = (uint64_t)next_thread(arg, *number);
    *e = &thread_entry;
    return *number;
}

static const struct pseudo_dir task_dir = {.find = find_task, .next = next_task};

static const struct pseudo_entry process_entries[] = {
    COMMON,
    {.name = "task", .mode = 0555, .kind = PSEUDO_TREE, .dir = &task_dir},
};
const struct pseudo_dir proc_process_dir = PSEUDO_DIR(process_entries);
