/* SPDX-License-Identifier: Apache-2.0 */
/* The hosted port's M: a thread. */
#ifndef GORT_PORT_M_H
#define GORT_PORT_M_H

#include "gort/sched.h"

struct host_m {
    struct m m;
    uintptr_t thread; /* os_thread_start's */
    bool started;
    _Atomic uint32_t ended; /* os_wait: the thread is through with this struct, but for its join */
    _Atomic uint32_t note;  /* os_wait, see m.c */
    _Atomic uint32_t given; /* spare: index of the P it was given, plus 1 */
    uint32_t call;          /* the blocking call it is in, see handoff.c */
    _Atomic(int *) poll_word; /* go_poll_word_ of this thread */
    _Atomic int64_t hogged;   /* ns: tell where the goroutine is that didn't give way for so long */
    struct host_m *next_spare;
    struct host_m *next_all;
};

static inline struct host_m *host_m(struct m *mp)
{
    return container_of(mp, struct host_m, m);
}

/* host_m_adopt - make the calling thread the M mp; NULL: no longer an M. */
void host_m_adopt(struct m *mp);

/* host_note_sleep - wait for port_m_wake(&pm->m), which may have come before. */
void host_note_sleep(struct host_m *pm, int64_t deadline_ns);

#endif
