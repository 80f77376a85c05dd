/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lwIP, its lock and its time. Whatever touches lwIP, or a field of a socket that an event of lwIP
 * changes, does so between stack_enter and stack_leave: in a task, in the network's interrupt, in
 * the timer.
 *
 * Lock order: a socket's `reading` mutex, stack_lock, then wait queues and all below them
 * (kernel/core/lock.h), the page allocator and a device's own lock. Events of lwIP wake queues with
 * stack_lock held; a queue's waiters never come back here, since poll operations run outside of
 * every queue's lock. The program's memory is never touched with stack_lock held: bytes are copied
 * before it is taken or after it was given up.
 *
 * Time: kernel/net/timers.h. A server whose connections are silent makes no wake-ups.
 */
#ifndef KERNEL_NET_STACK_H
#define KERNEL_NET_STACK_H

#include "kernel/core/lock.h"

struct netif;

extern struct spinlock stack_lock;

/* stack_start - set lwIP up with its loopback interface. Boot, once. */
void stack_start(void);

/* stack_enter, stack_leave - any context, no lock below the stack's held. Leaving delivers what the
 * loopback has queued, has devices send, and sees to the timer. */
void stack_enter(void);
void stack_leave(void);

/* stack_deliver_locked - deliver what the loopback has queued, have devices send. */
void stack_deliver_locked(void);

/* stack_error - a negative errno for lwIP's err_t. */
int stack_error(int8_t err);

/* stack_loopback - lwIP's loopback interface. */
struct netif *stack_loopback(void);

#endif
