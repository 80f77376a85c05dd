/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Naps. A pair of Gs that wake each other runs on one P, and each of its wake-ups would get an idle
 * M up that finds nothing to take. An M that saw such a pair and nothing else therefore naps before
 * it becomes idle: who puts a G into an empty runnext lets it sleep, who puts one into a ring
 * doesn't. A nap ends by itself soon, so a wake-up that it misses costs time and no more; a runnext
 * that stayed is taken then.
 *
 * GORT_SMALL: there are none.
 */
#ifndef GORT_NAP_H
#define GORT_NAP_H

#include "gort/sched.h"

#ifdef GORT_SMALL
#define nap_reset()
#define nap_mask()       0
#define nap_wake_one()   false
#define nap_saw_pair(mp) ((void)(mp))
#define nap(mp)          false
#define nap_over(mp)
#else
extern _Atomic uint64_t napping_ps_; /* nap.c's */

/* nap_reset - nobody naps; for sched_init. */
static inline void nap_reset(void)
{
    atomic_store(&napping_ps_, 0);
}

/* nap_mask - Ps whose M naps now. */
static inline uint64_t nap_mask(void)
{
    return atomic_load_explicit(&napping_ps_, memory_order_relaxed);
}

/* nap_wake_one - end somebody's nap; false: nobody naps. */
bool nap_wake_one(void);

/* nap_saw_pair - mp, which searches, found a runnext that its P was about to run. */
static inline void nap_saw_pair(struct m *mp)
{
    mp->saw_pair = true;
}

/* nap - sleep for a short while if the last search saw a pair; else false. */
bool nap(struct m *mp);

/* nap_over - mp has found something to run. */
static inline void nap_over(struct m *mp)
{
    mp->saw_pair = false;
    mp->naps = 0;
}
#endif

#endif
