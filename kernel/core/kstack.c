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

static uintptr_t *link_of(uintptr_t top)
{
    return (uintptr_t *)top - 1;
}

uintptr_t kstack_bottom(uintptr_t top)
{
    return top - KSTACK_SIZE;
}

static bool stack_map(uintptr_t bottom)
{
    for (unsigned off = 0; off < KSTACK_SIZE; off += PAGE_SIZE) {
        paddr_t pa = page_alloc(0, 0);
        if (pa == PAGE_NONE)
            return false;
        if (mmu_map_page((void *)(bottom + off), pa)) {
            page_put(pa);
            return false;
        }
    }
    return true;
}

uintptr_t kstack_alloc(void)
{
    spin_lock(&lock);
    uintptr_t top = free_list;
    if (top) {
        free_list = *link_of(top);
    } else {
        /* a slot whose mapping failed half way stays unused: address space is not what is short
         * then */
        uintptr_t slot = next_slot;
        next_slot += 2 * KSTACK_SIZE;
        if (stack_map(slot + KSTACK_SIZE))
            top = slot + 2 * KSTACK_SIZE;
    }
    spin_unlock(&lock);
    return top;
}

void kstack_free(uintptr_t top)
{
    spin_lock(&lock);
    *link_of(top) = free_list;
    free_list = top;
    spin_unlock(&lock);
}
