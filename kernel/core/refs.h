/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of references. */
#ifndef KERNEL_CORE_REFS_H
#define KERNEL_CORE_REFS_H

#include "lib/types.h"

/**
 * refs_get_live - another reference, unless the last one is gone: for tables whose entries count
 * for nothing. The caller sees to it that the memory stays until then. Any context.
 */
static inline bool refs_get_live(uint32_t *refs)
{
    uint32_t n = __atomic_load_n(refs, __ATOMIC_RELAXED);
    while (n)
        if (__atomic_compare_exchange_n(refs, &n, n + 1, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return true;
    return false;
}

#endif
