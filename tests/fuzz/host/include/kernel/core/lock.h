/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for kernel/core/lock.h in the host's fuzzer. There is one CPU, and nothing interrupts
 * the kernel: a lock that is held when somebody wants it will be held for ever. And while one is
 * held nobody may touch the program's memory or let another task run.
 */
#ifndef KERNEL_CORE_LOCK_H
#define KERNEL_CORE_LOCK_H

#include "lib/types.h"

struct spinlock {
    uint32_t held;
};

#define SPINLOCK_INIT \
    {                 \
        0             \
    }

extern unsigned locks_held; /* tests/fuzz/host/machine.c */
void lock_stuck(const struct spinlock *l) NORETURN;

static inline bool spin_trylock(struct spinlock *l)
{
    if (l->held)
        return false;
    l->held = 1;
    locks_held++;
    return true;
}

static inline void spin_lock(struct spinlock *l)
{
    if (UNLIKELY(!spin_trylock(l)))
        lock_stuck(l);
}

static inline void spin_unlock(struct spinlock *l)
{
    if (UNLIKELY(!l->held))
        lock_stuck(l);
    l->held = 0;
    locks_held--;
}

#endif
