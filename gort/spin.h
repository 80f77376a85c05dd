/* SPDX-License-Identifier: Apache-2.0 */
/* The core's lock: held for a few instructions, never across a switch, never while calling out of
 * the core. (gspin_: the kernel, which embeds the core, has a spin_lock of its own.) */
#ifndef GORT_SPIN_H
#define GORT_SPIN_H

#include <stdatomic.h>

#include "gort/port.h"

struct spin {
    _Atomic uint32_t held;
};

static inline bool gspin_try(struct spin *l)
{
    return atomic_exchange_explicit(&l->held, 1, memory_order_acquire) == 0;
}

static inline void gspin_lock(struct spin *l)
{
    while (UNLIKELY(!gspin_try(l)))
        do
            port_relax();
        while (atomic_load_explicit(&l->held, memory_order_relaxed) != 0);
}

static inline void gspin_unlock(struct spin *l)
{
    atomic_store_explicit(&l->held, 0, memory_order_release);
}

#endif
