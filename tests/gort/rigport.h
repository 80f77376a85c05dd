/* SPDX-License-Identifier: Apache-2.0 */
/* An M of the test rig: a thread. */
#ifndef TESTS_GORT_RIGPORT_H
#define TESTS_GORT_RIGPORT_H

#include <pthread.h>

#include "gort/sched.h"

struct posix_m {
    struct m m;
    pthread_t thread;
    _Atomic uint32_t note; /* futex: 0 none, 1 woken, 2 asleep */
};

static inline struct posix_m *posix_m(struct m *mp)
{
    return container_of(mp, struct posix_m, m);
}

/* posix_m_adopt - make the calling thread the M mp. */
void posix_m_adopt(struct m *mp);

/* posix_m_stack - note the calling thread's stack bounds in mp's g0. */
void posix_m_stack(struct m *mp);

#endif
