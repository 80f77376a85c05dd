/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for an event. One primitive serves every blocking call, poll and epoll.
 *
 * A wait queue belongs to the thing that changes (a pipe, an eventfd). A waiter is linked into it
 * and is told of each change by a call of its function; a sleeping task's function makes the task
 * runnable. The pattern, which loses no wake-up since the waiter is linked before the condition is
 * looked at:
 *
 *     err = wait_event(&pipe->readers, pipe_has_data(pipe), deadline_ns);   // 0, -ERESTARTSYS,
 * -ETIMEDOUT
 */
#ifndef KERNEL_CORE_WAIT_H
#define KERNEL_CORE_WAIT_H

#include "kernel/core/lock.h"
#include "lib/list.h"

#define WAIT_FOREVER INT64_MAX

/* Kernel-internal results of an interrupted wait; the system call layer turns them into a restart
 * or EINTR as Linux does. None of these ever reaches a program. */
enum {
    ERESTARTSYS = 512,    /* restart if the handler has SA_RESTART, else EINTR */
    ERESTARTNOHAND = 514, /* restart if no handler ran, else EINTR */
    ERESTART_RESTARTBLOCK =
        516, /* restart through restart_syscall with the remaining time, else EINTR */
};

struct waiter;

/*
 * A waiter's function: something happened (events: EPOLL bits, or ~0u when the caller doesn't say).
 * Called with the queue's lock held; may ready tasks and take locks below it; must not touch the
 * queue. Returns true if it used up an exclusive wake-up.
 */
typedef bool waiter_fn(struct waiter *w, unsigned events);

struct waiter {
    struct list node; /* in a queue, or free-standing */
    waiter_fn *fn;
    void *arg;
};

struct waitq {
    struct spinlock lock;
    struct list waiters;
};

void waitq_init(struct waitq *q);

/* waitq_add, waitq_remove - link or unlink a waiter; after waitq_remove its function isn't running
 * and won't run. Not from fn. */
void waitq_add(struct waitq *q, struct waiter *w);
void waitq_remove(struct waitq *q, struct waiter *w);

/* waitq_wake - call every waiter's function, at most `exclusive` of those that return true (0: no
 * limit). Any context, no lock below the wait queue's held. Cheap when nobody waits. */
void waitq_wake(struct waitq *q, unsigned events, unsigned exclusive);

struct task;

enum sleeper_state {
    SLEEPER_ARMED,
    SLEEPER_WOKEN,
    SLEEPER_PARKED,
    SLEEPER_TIMED_OUT, /* the timer won't touch it any more */
    SLEEPER_RELEASED,  /* nor will who released it */
};

/* A task's sleep: linked into one queue, or into several for poll. */
struct sleeper {
    struct waiter waiter; /* for the single-queue case */
    struct task *task;
    uint8_t woken; /* enum sleeper_state; 0: armed */
};

/* sleeper_init - prepare s for the running task. sleeper_arm clears `woken` before the condition is
 * looked at again. */
void sleeper_init(struct sleeper *s);
bool sleeper_wake_fn(struct waiter *w, unsigned events); /* for extra waiters: arg is the sleeper */

/*
 * sleeper_sleep - park until woken, deadline_ns (monotonic, WAIT_FOREVER) or a signal that must be
 * handled. Context: a task, no locks. 0 woken; -ETIMEDOUT; -ERESTARTSYS (signal pending; also when
 * one was pending before).
 */
int sleeper_sleep(struct sleeper *s, int64_t deadline_ns) MUST_CHECK;

/* sleeper_sleep_through - the same, but signals don't end it: for waits that are short. True:
 * woken, false: deadline_ns passed. */
bool sleeper_sleep_through(struct sleeper *s, int64_t deadline_ns);

/* sleeper_wake - end s's sleep, or the next one that hasn't been armed anew. Any context; s must
 * not go away meanwhile. */
void sleeper_wake(struct sleeper *s);

/*
 * sleeper_release - the same in two steps, the first of which may be under a lock: the task goes to
 * the end of `list`. tasks_ready - then, without the lock, which a task that is woken may want at
 * once, make all of them runnable.
 */
struct task_list {
    struct task *first, **last; /* last: &first at the beginning */
};
void sleeper_release(struct sleeper *s, struct task_list *list);
void tasks_ready(struct task_list *list);

#define wait_event(q, cond, deadline_ns)                          \
    ({                                                            \
        int err_ = 0;                                             \
        if (!(cond)) {                                            \
            struct sleeper s_;                                    \
            sleeper_init(&s_);                                    \
            waitq_add((q), &s_.waiter);                           \
            for (;;) {                                            \
                __atomic_store_n(&s_.woken, 0, __ATOMIC_SEQ_CST); \
                if (cond) {                                       \
                    err_ = 0;                                     \
                    break;                                        \
                }                                                 \
                if (err_)                                         \
                    break;                                        \
                err_ = sleeper_sleep(&s_, (deadline_ns));         \
            }                                                     \
            waitq_remove((q), &s_.waiter);                        \
        }                                                         \
        err_;                                                     \
    })

/* wait_event_through - wait for cond or the deadline, whatever signals come. */
#define wait_event_through(q, cond, deadline_ns)                      \
    do {                                                              \
        if (!(cond)) {                                                \
            bool in_time_ = true;                                     \
            struct sleeper s_;                                        \
            sleeper_init(&s_);                                        \
            waitq_add((q), &s_.waiter);                               \
            for (;;) {                                                \
                __atomic_store_n(&s_.woken, 0, __ATOMIC_SEQ_CST);     \
                if ((cond) || !in_time_)                              \
                    break;                                            \
                in_time_ = sleeper_sleep_through(&s_, (deadline_ns)); \
            }                                                         \
            waitq_remove((q), &s_.waiter);                            \
        }                                                             \
    } while (0)

#endif
