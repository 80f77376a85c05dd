/* SPDX-License-Identifier: Apache-2.0 */
/*
 * execve(2): the new program is loaded into an address space of its own while the old one still
 * runs, so that whatever fails leaves the process as it was. Then the other threads end, and the
 * last one changes over.
 */
#include "abi/errno.h"
#include "kernel/arch/cpu.h"
#include "kernel/core/random.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/context.h"
#include "kernel/linux/image.h"
#include "kernel/linux/path.h"
#include "kernel/linux/signal.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/vdso/vdso.h"
#include "lib/fmt.h"
#include "lib/str.h"

#define SCRIPTS_MAX 5
#define STRING_MAX  (128u << 10) /* one argument, its NUL included (MAX_ARG_STRLEN) */
#define STRINGS_MAX (1u << 20)   /* all arguments, or the environment: what kmalloc gives */
#define LIMIT_STACK 3
#define PATH_SHOWN  256

/* Strings one behind the other, each ended by NUL. */
struct strings {
    char *data;
    size_t used, room;
    unsigned count;
};

struct execution {
    struct image image;
    struct strings argv, envp;
    struct aspace *as;
    vaddr_t vdso;
    struct exec_result result;
    struct creds creds;
    char name[16];
};

/* ---- arguments ---- */

static int strings_room(struct strings *s, size_t more)
{
    size_t room = MAX(s->room, (size_t)2048);
    while (room - s->used < more)
        room *= 2;
    if (room == s->room)
        return 0;
    char *data = room <= STRINGS_MAX ? kmalloc(room) : NULL;
    if (!data)
        return room <= STRINGS_MAX ? -ENOMEM : -E2BIG;
    memcpy(data, s->data, s->used);
    kfree(s->data);
    s->data = data;
    s->room = room;
    return 0;
}

static int strings_add(struct strings *s, const char *text)
{
    size_t size = strlen(text) + 1;
    int err = strings_room(s, size);
    if (err)
        return err;
    memcpy(s->data + s->used, text, size);
    s->used += size;
    s->count++;
    return 0;
}

static int strings_read_one(struct strings *s, vaddr_t at)
{
    for (size_t more = 1;; more = s->room - s->used + 1) {
        int err = strings_room(s, more);
        if (err)
            return err;
        size_t room = MIN(s->room - s->used, (size_t)STRING_MAX);
        long n = copy_string_from_user(s->data + s->used, at, room);
        if (n >= 0) {
            s->used += (size_t)n + 1;
            s->count++;
            return 0;
        }
        if (n != -ENAMETOOLONG || room == STRING_MAX)
            return n == -ENAMETOOLONG ? -E2BIG : (int)n;
    }
}

/* A vector of pointers; NULL is an empty one. */
static int strings_read(struct strings *s, vaddr_t vector)
{
    for (; vector; vector += sizeof(vaddr_t)) {
        vaddr_t at;
        if (copy_from_user(&at, vector, sizeof at))
            return -EFAULT;
        if (!at)
            break;
        int err = strings_read_one(s, at);
        if (err)
            return err;
    }
    return strings_room(s, 1);
}

static struct exec_strings strings_of(const struct strings *s)
{
    return (struct exec_strings){.data = s->data, .size_bytes = s->used, .count = s->count};
}

/* argv[0] gives way to interpreter, argument and the script's path. */
static int strings_for_script(struct strings *s, const char *interpreter, const char *argument,
                              const char *script)
{
    struct strings new = {0};
    size_t first = s->count ? strlen(s->data) + 1 : 0, rest = s->used - first;
    int err = strings_add(&new, interpreter);
    if (!err && argument)
        err = strings_add(&new, argument);
    if (!err)
        err = strings_add(&new, script);
    if (!err)
        err = strings_room(&new, rest);
    if (err) {
        kfree(new.data);
        return err;
    }
    memcpy(new.data + new.used, s->data + first, rest);
    new.used += rest;
    new.count += s->count ? s->count - 1 : 0;
    kfree(s->data);
    *s = new;
    return 0;
}

/* ---- finding what to run ---- */

static int open_interpreter(struct image *i, const char *path)
{
    struct dentry *cwd = fs_cwd();
    int err = image_open(i, cwd, path, false);
    dentry_put(cwd);
    return err;
}

/* From a script to its interpreter, which may be one itself. */
static int follow_scripts(struct execution *x, const char *path)
{
    char *script = kmalloc(PATH_MAX);
    int err = script ? 0 : -ENOMEM;
    for (unsigned depth = 0; !err && image_is_script(&x->image); depth++) {
        const char *interpreter, *argument;
        err = depth < SCRIPTS_MAX ? image_interpreter(&x->image, &interpreter, &argument) : -ELOOP;
        if (!err)
            err = strings_for_script(&x->argv, interpreter, argument, path);
        if (err)
            break;
        memcpy(script, interpreter, strlen(interpreter) + 1);
        path = script;
        image_close(&x->image);
        err = open_interpreter(&x->image, path);
    }
    kfree(script);
    return err;
}

static void name_after(struct execution *x, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    memcpy(x->name, base, MIN(strlen(base), sizeof x->name - 1));
}

/* ---- as whom ---- */

/* Set-user-id programs, and what capabilities become (capabilities(7), without those of files). */
static void choose_creds(struct execution *x, const struct process *p)
{
    const struct inode *inode = x->image.file->inode;
    struct creds *c = &x->creds;
    *c = p->creds;
    if (inode->mode & S_ISUID)
        c->euid = inode->uid;
    if ((inode->mode & (S_ISGID | 010)) == (S_ISGID | 010))
        c->egid = inode->gid;
    c->suid = c->euid;
    c->sgid = c->egid;
    bool root = !c->euid || !c->ruid;
    c->permitted = root ? CREDS_ALL_CAPABILITIES : 0;
    c->effective = c->euid ? 0 : CREDS_ALL_CAPABILITIES;
}

/* ---- loading ---- */

static int load(struct execution *x, const char *path)
{
    struct process *p = process_self();
    const struct creds *c = &x->creds;
    bool payload = x->image.program == &exec_payload; /* in memory whole, with its relocations */
    struct exec_args args = {
        .program = x->image.program,
        .head = payload ? exec_payload_bytes : x->image.head,
        .head_bytes = payload ? x->image.bytes : x->image.head_bytes,
        .file_bytes = x->image.bytes,
        .argv = strings_of(&x->argv),
        .envp = strings_of(&x->envp),
        .execfn = path,
        .hwcap = cpu_hwcap(),
        .hwcap2 = cpu_hwcap2(),
        .ids = {c->ruid, c->euid, c->rgid, c->egid},
        .stack_limit_bytes = p->limits[LIMIT_STACK].soft,
    };
    random_fill(args.random, sizeof args.random);
    random_fill(&args.layout_random, sizeof args.layout_random);
    x->as = aspace_create(args.layout_random);
    if (!x->as)
        return -ENOMEM;
    int err = vdso_map(x->as, &x->vdso);
    args.vdso = x->vdso;
    if (!err)
        err = exec_load(x->as, &args, &x->result);
    return err == -ENOEXEC ? image_refusal(&x->image) : err;
}

/* ---- changing over ---- */

static bool settled(struct process *p, const struct thread *t)
{
    spin_lock(&p->lock);
    bool over = p->only != t || p->thread_count == 1;
    spin_unlock(&p->lock);
    return over;
}

/* False: somebody else ends the process, or runs something else in it. */
static bool remain_alone(struct thread *t)
{
    struct process *p = t->process;
    if (!family_end_others(t, false, 0))
        return false;
    wait_event_through(&p->family.changed, settled(p, t), WAIT_FOREVER);
    spin_lock(&p->lock);
    bool alone = p->only == t;
    if (alone)
        p->only = NULL;
    spin_unlock(&p->lock);
    return alone;
}

static void change_memory(struct thread *t, struct execution *x)
{
    struct process *p = t->process;
    struct aspace *old = p->as;
    thread_leave_memory(t);
    spin_lock(&p->lock);
    p->as = x->as;
    p->vdso = x->vdso;
    p->image = x->result;
    process_apply_limits_locked(p);
    spin_unlock(&p->lock);
    task_use_aspace(x->as);
    x->as = NULL;
    aspace_put(old);
    family_shares_no_more(p);
}

static void change_signals(struct thread *t)
{
    struct process *p = t->process;
    signal_forget_handlers(p);
    itimer_table_exec(&p->timers);
    t->altstack = (struct linux_stack){.flags = SS_DISABLE};
    t->restart = (struct restart){.fn = NULL};
}

static void change_identity(struct thread *t, const struct execution *x)
{
    struct process *p = t->process;
    spin_lock(&p->lock);
    if (x->creds.euid != p->creds.euid || x->creds.egid != p->creds.egid)
        p->family.death_signal = 0;
    p->creds = x->creds;
    p->fs.uid = x->creds.euid;
    p->fs.gid = x->creds.egid;
    p->family.executed = true;
    t->tid = p->pid;
    t->task.id = (uint32_t)t->tid;
    t->keep_capabilities = false;
    memcpy(t->name, x->name, sizeof t->name);
    spin_unlock(&p->lock);
}

/* As a program finds them that has just begun (arm64's start_thread). */
static void change_registers(struct thread *t, const struct exec_result *r)
{
    struct trapframe *tf = task_frame(&t->task);
    memset(tf, 0, sizeof *tf);
    tf->pc = r->entry;
    tf->sp = r->sp;
    tf->pstate = PSTATE_EL0;
    tf->syscall = NO_SYSCALL;
    memset(&t->task.fpu, 0, sizeof t->task.fpu);
    fpu_load(&t->task.fpu);
    fpu_set_thread_pointer(0);
}

static void change_over(struct thread *t, struct execution *x)
{
    change_memory(t, x);
    change_signals(t);
    change_identity(t, x);
    fd_table_exec(&t->process->files);
    image_adopt(t->process, &x->image);
    change_registers(t, &x->result);
}

/* ---- the calls ---- */

static int prepare(struct execution *x, struct dentry *base, const char *path, const char *shown,
                   bool nofollow)
{
    int err = image_open(&x->image, base, path, nofollow);
    if (!err)
        err = follow_scripts(x, shown);
    if (err)
        return err;
    if (!x->argv.count && strings_add(&x->argv, ""))
        return -ENOMEM;
    choose_creds(x, process_self());
    name_after(x, shown);
    return load(x, shown);
}

static void finish(struct execution *x)
{
    image_close(&x->image);
    if (x->as)
        aspace_put(x->as);
    kfree(x->argv.data);
    kfree(x->envp.data);
    kfree(x);
}

/* The other threads may be the ones that end this one: then it doesn't matter what it returns. */
static long execute(struct dentry *base, const char *path, const char *shown, bool nofollow,
                    vaddr_t argv, vaddr_t envp)
{
    struct thread *t = thread_self();
    struct execution *x = kzalloc(sizeof *x);
    if (!x)
        return -ENOMEM;
    long err = strings_read(&x->argv, argv);
    if (!err)
        err = strings_read(&x->envp, envp);
    if (!err)
        err = prepare(x, base, path, shown, nofollow);
    if (!err && !remain_alone(t))
        err = -EINTR;
    if (!err)
        change_over(t, x);
    finish(x);
    return err;
}

long sys_execve(vaddr_t path, vaddr_t argv, vaddr_t envp)
{
    struct path_arg p;
    long err = path_read(&p, path);
    if (err)
        return err;
    struct dentry *cwd = fs_cwd();
    err = *p.text ? execute(cwd, p.text, p.text, false, argv, envp) : -ENOENT;
    dentry_put(cwd);
    path_done(&p);
    return err;
}

/* What a program that is named by a descriptor is called: a script's interpreter finds it there. */
static long execute_at(int dirfd, const char *path, bool nofollow, vaddr_t argv, vaddr_t envp)
{
    char shown[PATH_SHOWN];
    struct path_target t;
    struct dentry *base = NULL;
    long err = *path ? path_base(dirfd, path, &base) : path_target_fd(dirfd, false, &t);
    if (err)
        return err;
    if (!*path) {
        inode_put(t.inode);
        base = t.dentry;
    }
    fmt_print(shown, sizeof shown, *path ? "/dev/fd/%d/%s" : "/dev/fd/%d", dirfd, path);
    bool plain = *path == '/' || dirfd == AT_FDCWD;
    err = base || *path ? execute(base, path, plain ? path : shown, nofollow, argv, envp) : -EACCES;
    dentry_put(base);
    return err;
}

long sys_execveat(int dirfd, vaddr_t path, vaddr_t argv, vaddr_t envp, uint32_t flags)
{
    struct path_arg p;
    if (flags & ~(uint32_t)(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
        return -EINVAL;
    long err = path_read(&p, path);
    if (err)
        return err;
    if (*p.text || ((flags & AT_EMPTY_PATH) && dirfd != AT_FDCWD))
        err = execute_at(dirfd, p.text, flags & AT_SYMLINK_NOFOLLOW, argv, envp);
    else
        err = flags & AT_EMPTY_PATH ? -EACCES : -ENOENT;
    path_done(&p);
    return err;
}
