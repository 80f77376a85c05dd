/* SPDX-License-Identifier: Apache-2.0 */
/* References of memory objects, and objects that are simply a piece of memory. Invalidation is with
 * the address spaces. */
#include "kernel/core/vmobj.h"

static const struct vmobj_ops pinned_ops;

void vmobj_init(struct vmobj *o, const struct vmobj_ops *ops)
{
    *o = (struct vmobj){.ops = ops, .refs = 1};
}

void vmobj_init_pinned(struct vmobj *o, paddr_t pa, uint64_t size_bytes)
{
    vmobj_init(o, &pinned_ops);
    o->pinned = pa;
    o->pinned_bytes = size_bytes;
}

struct vmobj *vmobj_get(struct vmobj *o)
{
    __atomic_fetch_add(&o->refs, 1, __ATOMIC_RELAXED);
    return o;
}

void vmobj_put(struct vmobj *o)
{
    if (__atomic_fetch_sub(&o->refs, 1, __ATOMIC_ACQ_REL) == 1 && o->ops->release)
        o->ops->release(o);
}
