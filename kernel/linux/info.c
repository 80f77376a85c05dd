/* SPDX-License-Identifier: Apache-2.0 */
/* Who and where the program is, its limits and what it used: calls that answer from a few words. */
#include "abi/errno.h"
#include "abi/linux_time.h"
#include "kernel/core/aspace.h"
#include "kernel/core/clock.h"
#include "kernel/core/cpu.h"
#include "kernel/core/options.h"
#include "kernel/core/page.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/thread.h"
#include "lib/str.h"

struct linux_utsname {
    char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

/* The release says which calls a program may expect; those of it that aren't there answer ENOSYS.
 */
long sys_uname(vaddr_t buf)
{
    struct linux_utsname u = {.sysname = "Linux",
                              .release = "6.1.0-mazboot",
                              .version = "#1 SMP mazboot",
                              .machine = "aarch64",
                              .domainname = "(none)"};
    if (!option_copy("hostname", u.nodename, sizeof u.nodename) || !u.nodename[0])
        memcpy(u.nodename, "mazboot", sizeof "mazboot");
    return copy_to_user(buf, &u, sizeof u);
}

enum { LIMIT_DATA = 2, LIMIT_STACK = 3, LIMIT_NOFILE = 7, LIMIT_MEMLOCK = 8, LIMIT_AS = 9 };

/* The limits that are enforced live where they are looked at. What has ended keeps none. */
static void limit_apply(struct process *p, int resource, uint64_t soft)
{
    if (family_here && !p->thread_count)
        return;
    switch (resource) {
    case LIMIT_DATA:
        p->as->limit_data_bytes = soft;
        break;
    case LIMIT_STACK:
        p->as->limit_stack_bytes = soft;
        break;
    case LIMIT_MEMLOCK:
        p->as->limit_locked_bytes = soft;
        break;
    case LIMIT_AS:
        p->as->limit_as_bytes = soft;
        break;
    case LIMIT_NOFILE:
        p->files.limit = (uint32_t)MIN(soft, (uint64_t)FD_LIMIT_HARD);
        break;
    }
}

void process_apply_limits_locked(struct process *p)
{
    for (int i = 0; i < PROCESS_LIMITS; i++)
        limit_apply(p, i, p->limits[i].soft);
}

static int limit_set(struct process *p, int resource, const struct process_limit *new)
{
    if (new->soft > new->hard)
        return -EINVAL;
    if (new->hard > p->limits[resource].hard && process_self()->creds.euid)
        return -EPERM;
    if (resource == LIMIT_NOFILE && new->hard != UINT64_MAX &&new->hard > FD_LIMIT_HARD)
        return -EPERM;
    p->limits[resource] = *new;
    limit_apply(p, resource, new->soft);
    return 0;
}

static int limit_exchange(struct process *p, int resource, const struct process_limit *new,
                          struct process_limit *old)
{
    if (resource < 0 || resource >= PROCESS_LIMITS)
        return -EINVAL;
    spin_lock(&p->lock);
    *old = p->limits[resource];
    int err = new ? limit_set(p, resource, new) : 0;
    spin_unlock(&p->lock);
    return err;
}

static bool is_own(int pid)
{
    return !pid || pid == process_self()->pid;
}

long sys_prlimit64(int pid, int resource, vaddr_t new, vaddr_t old)
{
    struct process *p = process_self();
    struct process_limit in, out;
    if (new &&copy_from_user(&in, new, sizeof in))
        return -EFAULT;
    int err = -ESRCH;
    if (!is_own(pid))
        p = family_here ? family_reach(pid, true, &err) : NULL;
    if (!p)
        return err;
    err = limit_exchange(p, resource, new ? &in : NULL, &out);
    if (family_here && !is_own(pid))
        family_put(p);
    if (!err && old)
        err = copy_to_user(old, &out, sizeof out);
    return err;
}

long sys_getrlimit(int resource, vaddr_t rlim)
{
    return sys_prlimit64(0, resource, 0, rlim);
}

long sys_setrlimit(int resource, vaddr_t rlim)
{
    return rlim ? sys_prlimit64(0, resource, rlim, 0) : -EFAULT;
}

static int64_t children_cpu_ns(const struct process *p)
{
    return family_here ? p->family.children_cpu_ns : 0;
}

struct linux_rusage {
    struct linux_timeval utime, stime;
    int64_t maxrss_kib, unused_rss[3], minflt, majflt, nswap, blocks[2], msgs[2], nsignals, nvcsw,
        nivcsw;
};

_Static_assert(sizeof(struct linux_rusage) == 144, "rusage");

enum { RUSAGE_SELF = 0, RUSAGE_CHILDREN = -1, RUSAGE_THREAD = 1 };

/* Kernel and program time aren't told apart: all of it is the program's. */
int process_rusage(vaddr_t at, int64_t cpu_ns, uint64_t pages, uint64_t faults)
{
    struct linux_rusage r = {.maxrss_kib = (int64_t)(pages * PAGE_SIZE / 1024),
                             .minflt = (int64_t)faults};
    r.utime = (struct linux_timeval){cpu_ns / NSEC_PER_SEC, cpu_ns % NSEC_PER_SEC / 1000};
    return copy_to_user(at, &r, sizeof r);
}

long sys_getrusage(int who, vaddr_t usage)
{
    struct process *p = process_self();
    if (who == RUSAGE_CHILDREN)
        return process_rusage(usage, children_cpu_ns(p), 0, 0);
    if (who != RUSAGE_SELF && who != RUSAGE_THREAD)
        return -EINVAL;
    int64_t ns = who == RUSAGE_SELF ? process_cpu_ns(p) : task_cpu_ns(task_self());
    return process_rusage(usage, ns, p->as->resident_pages, p->as->faults);
}

struct linux_tms {
    int64_t utime, stime, cutime, cstime;
};

#define CLOCK_TICK_NS 10000000 /* AT_CLKTCK is 100 */

long sys_times(vaddr_t tms)
{
    struct process *p = process_self();
    struct linux_tms t = {.utime = process_cpu_ns(p) / CLOCK_TICK_NS,
                          .cutime = children_cpu_ns(p) / CLOCK_TICK_NS};
    if (tms && copy_to_user(tms, &t, sizeof t))
        return -EFAULT;
    return clock_mono_ns() / CLOCK_TICK_NS;
}

struct linux_sysinfo {
    int64_t uptime;
    uint64_t loads[3], totalram, freeram, sharedram, bufferram, totalswap, freeswap;
    uint16_t procs, pad;
    uint32_t pad2;
    uint64_t totalhigh, freehigh;
    uint32_t mem_unit;
    uint32_t pad3;
};

_Static_assert(sizeof(struct linux_sysinfo) == 112, "sysinfo");

long sys_sysinfo(vaddr_t info)
{
    struct page_stats pages;
    page_stats(&pages);
    struct linux_sysinfo s = {
        .uptime = clock_mono_ns() / NSEC_PER_SEC,
        .totalram = pages.total_bytes,
        .freeram = pages.free_bytes,
        .procs = (uint16_t)process_self()->thread_count,
        .mem_unit = 1,
    };
    return copy_to_user(info, &s, sizeof s);
}

enum {
    PR_SET_PDEATHSIG = 1,
    PR_GET_PDEATHSIG = 2,
    PR_GET_DUMPABLE = 3,
    PR_GET_KEEPCAPS = 7,
    PR_SET_KEEPCAPS = 8,
    PR_SET_NAME = 15,
    PR_GET_NAME = 16,
    PR_GET_NO_NEW_PRIVS = 39,
    PR_SET_VMA = 0x53564d41,
};

static long set_name(vaddr_t at)
{
    char name[16];
    long len = copy_string_from_user(name, at, sizeof name);
    if (len == -EFAULT)
        return len;
    name[15] = 0;
    memcpy(thread_self()->name, name, sizeof name);
    return 0;
}

static long name_vma(uint64_t op, vaddr_t addr, uint64_t len, vaddr_t name_at)
{
    char name[80];
    if (op != 0)
        return -EINVAL;
    long n = name_at ? copy_string_from_user(name, name_at, sizeof name) : 0;
    if (n < 0)
        return n == -ENAMETOOLONG ? -EINVAL : n;
    return aspace_name(process_self()->as, addr, len, name_at ? name : NULL);
}

long sys_prctl(int option, uint64_t arg2, uint64_t arg3, uint64_t arg4, uint64_t arg5)
{
    switch (option) {
    case PR_SET_NAME:
        return set_name(arg2);
    case PR_GET_NAME:
        return copy_to_user(arg2, thread_self()->name, 16);
    case PR_SET_VMA:
        return name_vma(arg2, arg3, arg4, arg5);
    case PR_GET_DUMPABLE:
        return 1;
    case PR_GET_KEEPCAPS:
        return thread_self()->keep_capabilities;
    case PR_SET_KEEPCAPS:
        if (arg2 > 1)
            return -EINVAL;
        thread_self()->keep_capabilities = arg2;
        return 0;
    case PR_GET_NO_NEW_PRIVS:
        return 0;
    case PR_SET_PDEATHSIG:
        if (arg2 > SIG_MAX)
            return -EINVAL;
        process_self()->family.death_signal = (int)arg2;
        return 0;
    case PR_GET_PDEATHSIG:
        return copy_to_user(arg2, &process_self()->family.death_signal, sizeof(int));
    default:
        return -EINVAL;
    }
}
