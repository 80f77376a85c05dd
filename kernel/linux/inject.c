/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --inject: what Linux may do at any time and seldom does: calls interrupted before they did
 * anything, short reads and writes, a full disk, no memory, threads that come late. A function in
 * the place of every handler throws the dice, so nothing of this costs anything while it is off.
 *
 * The dice are a function of the seed, the thread's id and how often it was thrown for that thread:
 * the same seed, the same faults, as far as the program itself does the same again.
 */
#include "kernel/linux/inject.h"
#include "abi/errno.h"
#include "abi/linux_fs.h"
#include "kernel/core/clock.h"
#include "kernel/core/cpu.h"
#include "kernel/core/log.h"
#include "kernel/core/options.h"
#include "kernel/core/page.h"
#include "kernel/core/slab.h"
#include "kernel/fs/inode.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/thread.h"
#include "lib/str.h"

#define LATE_NS_MOST 2000000u

typedef long handler_fn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

enum injected {
    INJECT_EINTR,
    INJECT_SHORT,
    INJECT_NOSPACE,
    INJECT_LATE,
    INJECT_NOMEM,
    INJECT_ENOMEM,
    FAULTS
};

static const char *const keys[FAULTS] = {"eintr", "short", "nospace", "late", "nomem", "enomem"};

static struct {
    uint64_t seed, nth, spare;
    uint64_t rate[FAULTS]; /* one in so many, 0: none */
    uint64_t count[FAULTS];
    uint64_t allocations;
} inject;

/* The table as it was before. */
static int32_t handlers[SYSCALL_TABLE_SIZE];

/* splitmix64's finish. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Whether this fault happens now. *more: further random bits. */
static bool thrown(struct thread *t, enum injected f, uint64_t *more)
{
    if (!inject.rate[f])
        return false;
    *more = mix(inject.seed * 1000003 + (uint64_t)t->tid * 65537 + ++t->dice);
    bool yes = *more % inject.rate[f] == 0;
    *more >>= 20;
    if (yes)
        __atomic_fetch_add(&inject.count[f], 1, __ATOMIC_RELAXED);
    return yes;
}

/* The type of the file behind fd, S_IF*; 0: none, or one that is nothing but its descriptor. */
static uint32_t file_type(int fd)
{
    struct file *f = fd_get(fd);
    uint32_t type = f ? f->inode->mode & S_IFMT : 0;
    if (f)
        fd_put(f);
    return type;
}

enum call {
    NR_FCNTL = 25,
    NR_FLOCK = 32,
    NR_MKDIRAT = 34,
    NR_FTRUNCATE = 46,
    NR_FALLOCATE = 47,
    NR_OPENAT = 56,
    NR_READ = 63,
    NR_WRITE = 64,
    NR_READV = 65,
    NR_WRITEV = 66,
    NR_PREAD = 67,
    NR_PWRITE = 68,
    NR_PPOLL = 73,
    NR_EPOLL_PWAIT = 22,
    NR_FUTEX = 98,
    NR_ACCEPT = 202,
    NR_SENDTO = 206,
    NR_RECVFROM = 207,
    NR_SENDMSG = 211,
    NR_RECVMSG = 212,
    NR_ACCEPT4 = 242,
};

/* Could a signal end this call? What Linux never interrupts isn't here either. */
static bool interruptible(uint64_t nr, const uint64_t a[6])
{
    enum { FUTEX_WAIT = 0, FUTEX_WAIT_BITSET = 9, FUTEX_COMMAND = 127 };
    switch (nr) {
    case NR_READ:
    case NR_WRITE:
    case NR_READV:
    case NR_WRITEV: {
        uint32_t type = file_type((int)a[0]);
        return type == S_IFIFO || type == S_IFSOCK || type == S_IFCHR;
    }
    case NR_OPENAT:
    case NR_FLOCK:
    case NR_PPOLL:
    case NR_EPOLL_PWAIT:
    case NR_ACCEPT:
    case NR_ACCEPT4:
    case NR_SENDTO:
    case NR_RECVFROM:
    case NR_SENDMSG:
    case NR_RECVMSG:
        return true;
    case NR_FUTEX: {
        uint64_t op = a[1] & FUTEX_COMMAND;
        return op == FUTEX_WAIT || op == FUTEX_WAIT_BITSET;
    }
    default:
        return false;
    }
}

/* Bytes of a file, a stream or a terminal: fewer of them are right, too. */
static bool shortenable(uint64_t nr, const uint64_t a[6])
{
    uint32_t type;
    if (a[2] < 2 || (nr != NR_READ && nr != NR_WRITE && nr != NR_PREAD && nr != NR_PWRITE))
        return false;
    type = file_type((int)a[0]);
    return type == S_IFREG || type == S_IFIFO || type == S_IFCHR;
}

static bool takes_space(uint64_t nr, const uint64_t a[6])
{
    switch (nr) {
    case NR_WRITE:
    case NR_PWRITE:
    case NR_FALLOCATE:
    case NR_FTRUNCATE:
        return file_type((int)a[0]) == S_IFREG;
    case NR_OPENAT:
        return a[2] & O_CREAT;
    case NR_MKDIRAT:
        return true;
    default:
        return false;
    }
}

/* The thread's call is over, but it hears of it later. A signal ends that. */
static void come_late(uint64_t ns)
{
    struct sleeper s;
    sleeper_init(&s);
    int err = sleeper_sleep(&s, clock_mono_ns() + (int64_t)ns);
    (void)err;
}

static long call_injected(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                          uint64_t a5)
{
    struct thread *t = thread_self();
    uint64_t nr = (uint64_t)task_frame(&t->task)->syscall;
    uint64_t a[6] = {a0, a1, a2, a3, a4, a5}, more;
    handler_fn *fn = (handler_fn *)((intptr_t)syscall_table + handlers[nr]);
    if (!handlers[nr])
        return syscall_unknown(task_frame(&t->task));
    if ((uint64_t)t->tid <= inject.spare)
        return fn(a0, a1, a2, a3, a4, a5);
    if (interruptible(nr, a) && thrown(t, INJECT_EINTR, &more))
        return -EINTR;
    if (takes_space(nr, a) && thrown(t, INJECT_NOSPACE, &more))
        return -ENOSPC;
    if (shortenable(nr, a) && thrown(t, INJECT_SHORT, &more))
        a[2] = 1 + more % (a[2] - 1);
    t->refusable = true;
    long ret = fn(a[0], a[1], a[2], a[3], a[4], a[5]);
    t->refusable = false;
    if (ret >= 0 && interruptible(nr, a) && thrown(t, INJECT_LATE, &more))
        come_late(more % LATE_NS_MOST);
    return ret;
}

/* Allocation n is the nth, or one of those that the rate says. */
static bool unlucky(enum injected f, uint64_t n)
{
    return inject.rate[f] && mix(inject.seed + n) % inject.rate[f] == 0;
}

/* Whether a thread is in a system call here, and not in a page fault of that: for want of memory
 * the program would be killed. */
static bool in_call(void)
{
    const struct cpu *cpu = cpu_self();
    const struct task *task = cpu->task;
    return task && cpu->g == &task->g && thread_self()->refusable;
}

bool page_refuse(void)
{
    uint64_t n = __atomic_add_fetch(&inject.allocations, 1, __ATOMIC_RELAXED);
    bool any = n == inject.nth || unlucky(INJECT_NOMEM, n);
    bool call = !any && unlucky(INJECT_ENOMEM, n) && in_call();
    if (any || call)
        __atomic_fetch_add(&inject.count[any ? INJECT_NOMEM : INJECT_ENOMEM], 1, __ATOMIC_RELAXED);
    return any || call;
}

/* "key=N" among the parts of spec, which commas separate; 0 when it isn't there. */
static uint64_t spec_number(const char *spec, const char *key)
{
    size_t length = strlen(key);
    uint64_t value = 0;
    for (const char *p = spec; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
        if (!strncmp(p, key, length) && p[length] == '=')
            for (p += length + 1; *p >= '0' && *p <= '9'; p++)
                value = value * 10 + (uint64_t)(*p - '0');
    return value;
}

static int inject_start(void)
{
    char spec[160];
    if (!option_copy("inject", spec, sizeof spec))
        return 0;
    inject.seed = spec_number(spec, "seed");
    inject.nth = spec_number(spec, "nth");
    inject.spare = spec_number(spec, "spare");
    for (unsigned f = 0; f < FAULTS; f++)
        inject.rate[f] = spec_number(spec, keys[f]);
    for (unsigned i = 0; i < SYSCALL_TABLE_SIZE; i++) {
        handlers[i] = syscall_table[i];
        syscall_table[i] = (int32_t)((intptr_t)call_injected - (intptr_t)syscall_table);
    }
    page_refusing = inject.nth || inject.rate[INJECT_NOMEM] || inject.rate[INJECT_ENOMEM];
    slab_refuse();
    inject_on = true;
    return 0;
}
BOOT_STEP(inject_start);

void inject_report(void)
{
    const uint64_t *n = inject.count;
    page_refusing = false;
    log_err("injected with seed %lu: %lu interrupted calls, %lu short ones, %lu without space, %lu "
            "late ones, %lu refused "
            "allocations of %lu",
            inject.seed, n[INJECT_EINTR], n[INJECT_SHORT], n[INJECT_NOSPACE], n[INJECT_LATE],
            n[INJECT_NOMEM] + n[INJECT_ENOMEM], inject.allocations);
}
