/* SPDX-License-Identifier: Apache-2.0 */
/* The memory calls: Linux' flags and errors on one side, kernel/core/aspace.h on the other. */
#include "abi/errno.h"
#include "abi/linux_mman.h"
#include "kernel/core/aspace.h"
#include "kernel/core/task.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/syscall.h"

#define PROT_RWX (LINUX_PROT_READ | LINUX_PROT_WRITE | LINUX_PROT_EXEC)
#define MAP_KNOWN_FLAGS                                                       \
    0x1fff7fu /* what MAP_SHARED_VALIDATE doesn't refuse: Linux' legacy flags \
               */

static struct aspace *self(void)
{
    return task_self()->as;
}

static uint32_t aspace_flags_of(uint32_t flags)
{
    uint32_t f = 0;

    f |= (flags & LINUX_MAP_TYPE) == LINUX_MAP_PRIVATE ? 0 : ASPACE_SHARED;
    f |= flags & LINUX_MAP_FIXED ? ASPACE_FIXED : 0;
    f |= flags & LINUX_MAP_FIXED_NOREPLACE ? ASPACE_NOREPLACE : 0;
    f |= flags & LINUX_MAP_GROWSDOWN ? ASPACE_GROWSDOWN : 0;
    f |= flags & LINUX_MAP_LOCKED ? ASPACE_LOCKED : 0;
    f |= (flags & (LINUX_MAP_POPULATE | LINUX_MAP_NONBLOCK)) == LINUX_MAP_POPULATE ? ASPACE_POPULATE
                                                                                   : 0;
    return f;
}

static int check_flags(uint32_t flags)
{
    switch (flags & LINUX_MAP_TYPE) {
    case LINUX_MAP_SHARED_VALIDATE:
        if (flags & (~MAP_KNOWN_FLAGS | LINUX_MAP_SYNC))
            return -EOPNOTSUPP;
        return flags & LINUX_MAP_GROWSDOWN ? -EINVAL : 0;
    case LINUX_MAP_SHARED:
        return flags & LINUX_MAP_GROWSDOWN ? -EINVAL : 0;
    case LINUX_MAP_PRIVATE:
        return 0;
    default:
        return -EINVAL;
    }
}

/* What the open mode allows; *max_prot loses what it never will. */
static int check_file(const struct file *f, uint32_t prot, uint32_t flags, uint32_t *max_prot)
{
    bool shared = (flags & LINUX_MAP_TYPE) != LINUX_MAP_PRIVATE;

    if (flags & LINUX_MAP_HUGETLB)
        return -EINVAL;
    if (!(f->mode & FILE_READ))
        return -EACCES;
    if (shared && !(f->mode & FILE_WRITE)) {
        if (prot & LINUX_PROT_WRITE)
            return -EACCES;
        *max_prot &= ~(uint32_t)ASPACE_WRITE;
    }
    return f->ops->mmap ? 0 : -ENODEV;
}

static long map_file(struct aspace_map *m, uint32_t flags, int fd, vaddr_t *at)
{
    struct file *f = fd_get_io(fd);
    int err;

    if (!f)
        return -EBADF;
    err = m->size_bytes ? check_flags(flags) : -EINVAL;
    if (!err)
        err = check_file(f, m->prot, flags, &m->max_prot);
    if (!err)
        err = f->ops->mmap(f, &m->obj);
    if (!err) {
        err = aspace_map(self(), m, at);
        vmobj_put(m->obj);
    }
    fd_put(f);
    return err;
}

static long map_anonymous(const struct aspace_map *m, uint32_t flags, vaddr_t *at)
{
    int err = m->size_bytes ? check_flags(flags) : -EINVAL;

    if (err)
        return err;
    if (flags & LINUX_MAP_HUGETLB)
        return -ENOMEM; /* no pool of huge pages was set aside */
    return aspace_map(self(), m, at);
}

long sys_mmap(vaddr_t addr, uint64_t len, uint32_t prot, uint32_t flags, int fd, int64_t offset)
{
    struct aspace_map m = {
        .addr = addr,
        .size_bytes = len,
        .prot = prot & PROT_RWX,
        .max_prot = ASPACE_ALL,
        .flags = aspace_flags_of(flags),
        .offset = flags & LINUX_MAP_ANONYMOUS ? 0 : (uint64_t)offset,
    };
    vaddr_t at = 0;

    if (offset % (int64_t)PAGE_SIZE)
        return -EINVAL;
    long err =
        flags & LINUX_MAP_ANONYMOUS ? map_anonymous(&m, flags, &at) : map_file(&m, flags, fd, &at);
    return err ? err : (long)at;
}

long sys_munmap(vaddr_t addr, uint64_t len)
{
    return aspace_unmap(self(), addr, len);
}

long sys_mprotect(vaddr_t addr, uint64_t len, uint32_t prot)
{
    uint32_t grow = prot & (LINUX_PROT_GROWSDOWN | LINUX_PROT_GROWSUP);

    if (prot & ~(uint32_t)(PROT_RWX | LINUX_PROT_SEM | LINUX_PROT_GROWSDOWN | LINUX_PROT_GROWSUP))
        return -EINVAL;
    if (grow & LINUX_PROT_GROWSUP) /* no region grows up */
        return -EINVAL;
    return aspace_protect(self(), addr, len, prot & PROT_RWX, grow);
}

long sys_madvise(vaddr_t addr, uint64_t len, int advice)
{
    return aspace_advise(self(), addr, len, advice);
}

long sys_brk(vaddr_t addr)
{
    return (long)aspace_brk(self(), addr);
}

long sys_mincore(vaddr_t addr, uint64_t len, vaddr_t vec)
{
    uint8_t in_core[256];

    if (!IS_ALIGNED(addr, PAGE_SIZE))
        return -EINVAL;
    if (addr > ASPACE_END || len > ASPACE_END - addr)
        return -ENOMEM;
    for (uint64_t pages = (len + PAGE_SIZE - 1) / PAGE_SIZE; pages;) {
        uint64_t n = MIN(pages, sizeof(in_core));
        int err = aspace_mincore(self(), addr, n * PAGE_SIZE, in_core);
        if (!err)
            err = copy_to_user(vec, in_core, n);
        if (err)
            return err;
        addr += n * PAGE_SIZE;
        vec += n;
        pages -= n;
    }
    return 0;
}

long sys_msync(vaddr_t addr, uint64_t len, uint32_t flags)
{
    if (flags & ~(uint32_t)(LINUX_MS_ASYNC | LINUX_MS_INVALIDATE | LINUX_MS_SYNC))
        return -EINVAL;
    if (flags & LINUX_MS_ASYNC && flags & LINUX_MS_SYNC)
        return -EINVAL;
    return aspace_sync(self(), addr, len, flags & LINUX_MS_INVALIDATE);
}

long sys_mlock(vaddr_t addr, uint64_t len)
{
    return aspace_lock(self(), addr, len, true);
}

long sys_mlock2(vaddr_t addr, uint64_t len, uint32_t flags)
{
    if (flags & ~(uint32_t)LINUX_MLOCK_ONFAULT)
        return -EINVAL;
    return aspace_lock(self(), addr, len, true);
}

long sys_munlock(vaddr_t addr, uint64_t len)
{
    return aspace_lock(self(), addr, len, false);
}

long sys_mlockall(uint32_t flags)
{
    if (!flags || flags & ~(uint32_t)(LINUX_MCL_CURRENT | LINUX_MCL_FUTURE | LINUX_MCL_ONFAULT) ||
        flags == LINUX_MCL_ONFAULT)
        return -EINVAL;
    return aspace_lock_all(self(), flags);
}

long sys_munlockall(void)
{
    return aspace_lock_all(self(), 0);
}
