/* SPDX-License-Identifier: Apache-2.0 */
/* capget(2), capset(2): what a process holds is kept and shown; what it may do goes by its user. */
#include "abi/errno.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/thread.h"

#define CAPABILITY_V1 0x19980330u
#define CAPABILITY_V2 0x20071026u
#define CAPABILITY_V3 0x20080522u

struct capability_header {
    uint32_t version;
    int32_t pid;
};

struct capability_data {
    uint32_t effective, permitted, inheritable;
};

/* Words of each set that the header's version has: 1 or 2. -EINVAL tells the version we prefer. */
static int read_capability_header(vaddr_t at)
{
    struct capability_header h;
    uint32_t preferred = CAPABILITY_V3;
    if (copy_from_user(&h, at, sizeof h))
        return -EFAULT;
    if (h.version != CAPABILITY_V1 && h.version != CAPABILITY_V2 && h.version != CAPABILITY_V3)
        return copy_to_user(at, &preferred, sizeof preferred) ? -EFAULT : -EINVAL;
    if (h.pid < 0)
        return -EINVAL;
    struct process *p = process_self();
    spin_lock(&p->lock);
    bool known = h.pid == 0 || process_find_thread_locked(p, h.pid);
    spin_unlock(&p->lock);
    return known ? 1 + (h.version != CAPABILITY_V1) : -ESRCH;
}

long sys_capget(vaddr_t header, vaddr_t data)
{
    struct process *p = process_self();
    struct capability_data d[2];
    int words = read_capability_header(header);
    if (words < 0)
        return words == -EINVAL && !data ? 0 : words;
    spin_lock(&p->lock);
    const struct creds *c = &p->creds;
    for (int i = 0; i < 2; i++)
        d[i] = (struct capability_data){(uint32_t)(c->effective >> 32 * i),
                                        (uint32_t)(c->permitted >> 32 * i),
                                        (uint32_t)(c->inheritable >> 32 * i)};
    spin_unlock(&p->lock);
    return data ? copy_to_user(data, d, (size_t)words * sizeof d[0]) : 0;
}

static int set_capabilities(struct creds *c, uint64_t effective, uint64_t permitted,
                            uint64_t inheritable)
{
    if ((permitted & ~c->permitted) || (effective & ~permitted))
        return -EPERM;
    c->effective = effective;
    c->permitted = permitted;
    c->inheritable = inheritable;
    return 0;
}

long sys_capset(vaddr_t header, vaddr_t data)
{
    struct capability_data d[2] = {{0, 0, 0}, {0, 0, 0}};
    int words = read_capability_header(header);
    if (words < 0)
        return words;
    if (copy_from_user(d, data, (size_t)words * sizeof d[0]))
        return -EFAULT;
    struct process *p = process_self();
    spin_lock(&p->lock);
    int err = set_capabilities(&p->creds, d[0].effective | (uint64_t)d[1].effective << 32,
                               d[0].permitted | (uint64_t)d[1].permitted << 32,
                               d[0].inheritable | (uint64_t)d[1].inheritable << 32);
    spin_unlock(&p->lock);
    return err;
}
