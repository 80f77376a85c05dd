/* SPDX-License-Identifier: Apache-2.0 */
/* The posix port's M: a thread. */
#ifndef GORT_PORT_POSIX_M_H
#define GORT_PORT_POSIX_M_H

#include <pthread.h>

#include "gort/sched.h"

struct posix_m {
    struct m m;
    pthread_t thread;
    bool started;
    _Atomic uint32_t ended;   /* futex: the thread is through with this struct, but for its join */
    _Atomic uint32_t note;    /* futex, see m.c */
    _Atomic uint32_t given;   /* spare: index of the P it was given, plus 1 */
    uint32_t call;            /* the blocking call it is in, see handoff.c */
    _Atomic(int *) poll_word; /* go_poll_word_ of this thread */
    struct posix_m *next_spare;
    struct posix_m *next_all;
};

static inline struct posix_m *posix_m(struct m *mp)
{
    return container_of(mp, struct posix_m, m);
}

/* posix_m_adopt - make the calling thread the M mp; NULL: no longer an M. */
void posix_m_adopt(struct m *mp);

/* posix_note_sleep - wait for port_m_wake(&pm->m), which may have come before. */
void posix_note_sleep(struct posix_m *pm, int64_t deadline_ns);

#endif
