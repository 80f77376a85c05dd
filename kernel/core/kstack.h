/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel stacks: the upper half of a slot of address space, whose lower half is never mapped, so
 * running over faults instead of corrupting (vectors.S finds it by one bit of SP). Slots are never
 * unmapped: a freed stack waits on a list for the next thread.
 */
#ifndef KERNEL_CORE_KSTACK_H
#define KERNEL_CORE_KSTACK_H

#include "lib/types.h"

/* kstack_alloc - a stack; returns its top (16-byte aligned), 0 when there is no memory. Any
 * context. kstack_free: of that top. */
uintptr_t kstack_alloc(void) MUST_CHECK;
void kstack_free(uintptr_t top);

/* kstack_mapped_bytes - what all stacks take, free ones too. */
size_t kstack_mapped_bytes(void);

/* kstack_bottom - the lowest usable address of the stack with this top. */
uintptr_t kstack_bottom(uintptr_t top);

#endif
