/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Futexes: sleeping on a word of the program's memory (futex(2)). A word is known by its address
 * and address space; in a shared mapping, unless the call says that it is private, by where its
 * page is.
 *
 * A waiter links itself into its bucket first and reads the word second; a waker changes the word
 * first and looks into the bucket second: so no wake-up is lost and no lock is held while the word,
 * which may fault, is read.
 */
#ifndef KERNEL_LINUX_FUTEX_H
#define KERNEL_LINUX_FUTEX_H

#include "kernel/linux/thread.h"

/* futex_wake_address - wake up to `count` waiters at addr. How many were woken. */
long futex_wake_address(struct process *p, vaddr_t addr, uint32_t count);

/* futex_release_robust - the ending thread's robust list: mark its locks as orphaned and wake a
 * waiter each. */
void futex_release_robust(struct thread *t);

#endif
