/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spinlocks. Interrupts are masked whenever kernel code runs (they are taken at EL0 and in the idle
 * loop only), so a lock needs no interrupt-saving variant, and a holder is never descheduled: never
 * park, touch user memory or sleep with one held.
 *
 * Lock order, outermost first: process, file table, file/inode, wait queue, address space, futex
 * bucket, timer, run queue, page allocator.
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

static inline bool spin_trylock(struct spinlock *l)
{
    return !__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE);
}

static inline void spin_lock(struct spinlock *l)
{
    /* Sections are short and CPUs few: looking before each attempt would cost more, in every place
     * that takes a lock, than it saves. */
    while (UNLIKELY(!spin_trylock(l)))
        ;
}

static inline void spin_unlock(struct spinlock *l)
{
    __atomic_store_n(&l->held, 0, __ATOMIC_RELEASE);
}

#endif
