/* SPDX-License-Identifier: Apache-2.0 */
/* The Windows port's M: a thread whose stack is committed as a whole, so that the bounds in its
 * thread block don't move. */
#ifndef GORT_PORT_WINDOWS_M_H
#define GORT_PORT_WINDOWS_M_H

#include "gort/sched.h"

struct windows_m {
    struct m m;
    void *thread;             /* HANDLE */
    void *event;              /* auto-reset: one wake is remembered */
    _Atomic(int *) poll_word; /* go_poll_word_ of this thread */
};

static inline struct windows_m *windows_m(struct m *mp)
{
    return container_of(mp, struct windows_m, m);
}

/* windows_m_init - make wm ready for port_m_start. -ENOMEM. */
int windows_m_init(struct windows_m *wm);

/* windows_m_join - wait for wm's thread to end, and free what windows_m_init made. */
void windows_m_join(struct windows_m *wm);

/* windows_stack_new - a committed stack of `bytes` with a guard page below; NULL: no memory.
 * windows_stack_free gives it back. */
void *windows_stack_new(size_t bytes);
void windows_stack_free(void *lo);

#endif
