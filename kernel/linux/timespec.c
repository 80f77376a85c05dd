/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/linux/time.h"
#include "abi/errno.h"
#include "abi/linux_time.h"
#include "kernel/core/clock.h"
#include "kernel/core/uaccess.h"
#include "kernel/core/wait.h"

int time_read_timespec(vaddr_t at, int64_t *ns)
{
    struct linux_timespec ts;
    int err = copy_from_user(&ts, at, sizeof ts);
    if (err)
        return err;
    if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= NSEC_PER_SEC)
        return -EINVAL;
    *ns = ts.tv_sec >= INT64_MAX / NSEC_PER_SEC ? INT64_MAX - 1
                                                : ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
    return 0;
}

int time_read_deadline(vaddr_t timeout, int64_t *deadline_ns)
{
    int64_t ns;
    *deadline_ns = WAIT_FOREVER;
    if (!timeout)
        return 0;
    int err = time_read_timespec(timeout, &ns);
    if (!err)
        *deadline_ns = ns ? time_add(clock_mono_ns(), ns) : 0;
    return err;
}

int time_write_timespec(vaddr_t at, int64_t ns)
{
    struct linux_timespec ts = {ns / NSEC_PER_SEC, ns % NSEC_PER_SEC};
    return copy_to_user(at, &ts, sizeof ts);
}

int64_t time_add(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) || sum == INT64_MAX ? INT64_MAX - 1 : sum;
}
