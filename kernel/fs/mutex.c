/* SPDX-License-Identifier: Apache-2.0 */
/* The contended side of struct mutex. A waiter announces itself before it looks at `held`, an owner
 * frees `held` before it looks at `waiting`; both are sequentially consistent, so one of them sees
 * the other. */
#include "kernel/fs/mutex.h"

void mutex_init(struct mutex *m)
{
    m->held = 0;
    m->waiting = 0;
    waitq_init(&m->queue);
}

static bool take(struct mutex *m)
{
    return !__atomic_exchange_n(&m->held, 1, __ATOMIC_SEQ_CST);
}

static COLD int wait_for(struct mutex *m)
{
    __atomic_add_fetch(&m->waiting, 1, __ATOMIC_SEQ_CST);
    int err = wait_event(&m->queue, take(m), WAIT_FOREVER);
    __atomic_sub_fetch(&m->waiting, 1, __ATOMIC_SEQ_CST);
    return err;
}

int mutex_lock(struct mutex *m)
{
    return LIKELY(take(m)) ? 0 : wait_for(m);
}

void mutex_unlock(struct mutex *m)
{
    __atomic_store_n(&m->held, 0, __ATOMIC_SEQ_CST);
    if (UNLIKELY(__atomic_load_n(&m->waiting, __ATOMIC_SEQ_CST)))
        waitq_wake(&m->queue, ~0u, 1);
}
