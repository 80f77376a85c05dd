/* SPDX-License-Identifier: Apache-2.0 */
/* An M of the test rig: a thread. */
#ifndef TESTS_GORT_RIGPORT_H
#define TESTS_GORT_RIGPORT_H

#include "gort/port/os.h"

struct rig_m {
    struct m m;
    uintptr_t thread;
    _Atomic uint32_t note; /* note.h */
};

static inline struct rig_m *rig_m(struct m *mp)
{
    return container_of(mp, struct rig_m, m);
}

#endif
