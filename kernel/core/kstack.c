/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/core/kstack.h"
#include "abi/debug.h"
#include "kernel/arch/frame.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/lock.h"
#include "kernel/core/page.h"

_Static_assert(DEBUG_STACKS_BASE == KSTACK_BASE && DEBUG_STACK_SLOT == 2 * KSTACK_SIZE &&
                   sizeof(struct debug_frame) == sizeof(struct trapframe) &&
                   offsetof(struct debug_frame, pc) == offsetof(struct trapframe, pc),
               "where mazboot ps finds registers");

/* A free stack keeps the list's link in its topmost word. */
static struct spinlock lock;
static uintptr_t free_list;
static uintptr_t next_slot = KSTACK_BASE;
static unsigned mapped; /* bytes that next_slot has already: memory ran out before it was whole */

static uintptr_t *link_of(uintptr_t top)
{
    return (uintptr_t *)top - 1;
}

uintptr_t kstack_bottom(uintptr_t top)
{
    return top - KSTACK_SIZE;
}

static bool stack_map_locked(uintptr_t bottom)
{
    for (; mapped < KSTACK_SIZE; mapped += PAGE_SIZE) {
        paddr_t pa = page_alloc(0, 0);
        if (pa == PAGE_NONE)
            return false;
        if (mmu_map_page((void *)(bottom + mapped), pa)) {
            page_put(pa);
            return false;
        }
    }
    mapped = 0;
    return true;
}

uintptr_t kstack_alloc(void)
{
    spin_lock(&lock);
    uintptr_t top = free_list;
    if (top) {
        free_list = *link_of(top);
    } else if (stack_map_locked(next_slot + KSTACK_SIZE)) {
        next_slot += 2 * KSTACK_SIZE;
        top = next_slot;
    }
    spin_unlock(&lock);
    return top;
}

size_t kstack_mapped_bytes(void)
{
    return (next_slot - KSTACK_BASE) / 2 + mapped;
}

void kstack_free(uintptr_t top)
{
    spin_lock(&lock);
    *link_of(top) = free_list;
    free_list = top;
    spin_unlock(&lock);
}
