/* SPDX-License-Identifier: Apache-2.0 */
/* getrandom(2). The generator is ready before the first program runs, so no flag ever makes it wait
 * or fail. */
#include "abi/errno.h"
#include "kernel/core/random.h"
#include "kernel/core/task.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/syscall.h"
#include "lib/str.h"

enum {
    GRND_NONBLOCK = 1,
    GRND_RANDOM = 2,
    GRND_INSECURE = 4,
};

#define GETRANDOM_MAX UINT64_C(0x7fffffff) /* as much as one call gives */

/* A long request ends early for a signal, as Linux lets it. */
static bool interrupted(void)
{
    return __atomic_load_n(&task_self()->work, __ATOMIC_RELAXED) & WORK_SIGNAL;
}

/* Copy random bytes out in pieces. Bytes given before the first bad page, or -EFAULT when there are
 * none. */
static long give(vaddr_t buf, uint64_t size)
{
    uint8_t piece[256];
    uint64_t done = 0, copied, n;
    do {
        n = MIN(size - done, sizeof piece);
        random_fill(piece, n);
        copied = copy_to_user_part(buf + done, piece, n);
        done += copied;
    } while (copied == n && done < size && !interrupted());
    memset(piece, 0, sizeof piece);
    __asm__ volatile("" ::"r"(piece) : "memory");
    return done ? (long)done : -EFAULT;
}

long sys_getrandom(vaddr_t buf, uint64_t size, uint32_t flags)
{
    if (flags & ~(uint32_t)(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE) ||
        (flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE))
        return -EINVAL;
    return size == 0 ? 0 : give(buf, MIN(size, GETRANDOM_MAX));
}
