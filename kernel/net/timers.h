/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lwIP's cyclic timers, as one timer of ours that fires only when something waits for time. Each
 * cycle is asked in how many of its periods it has something to do; whatever a pause has left out
 * is made up for at once, when the pause ends. What merely ages (caches, the lifetimes of routes
 * and addresses) wakes nobody: it is as old as it should be when it is next looked at. Everything
 * here is under stack_lock.
 */
#ifndef KERNEL_NET_TIMERS_H
#define KERNEL_NET_TIMERS_H

/* timers_start - boot, when lwIP is there. */
void timers_start(void);

/* timers_enter_locked - the stack is entered: lwIP's clocks go on from now. timers_leave_locked -
 * whatever has happened since may wait for time: look again in a quarter of a second. */
void timers_enter_locked(void);
void timers_leave_locked(void);

/* timers_fragment_locked - part of a datagram came in: what is kept of it must go some time. */
void timers_fragment_locked(void);

#endif
