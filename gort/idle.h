/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Idle Ms and who wakes them.
 *
 * State: `idle`, a mask of Ps whose M sleeps or is about to; `nspinning`, how many Ms look for
 * work. An M that looks for work is a promise: whoever adds work while nspinning > 0 need not wake
 * anybody. So each producer costs two loads in the common case and one wake-up starts at most one
 * search; a searcher that finds something wakes the next one if it was the last that searched.
 *
 * Why no wake-up is lost. All operations on idle and nspinning are sequentially consistent, F is a
 * seq_cst fence.
 *
 *   producer: put work; F; idle empty? done. nspinning > 0? done. else nspinning 0 -> 1, take a bit
 * out of idle, wake it. consumer: put its bit into idle; if it searched, nspinning - 1; F; look at
 * all queues again; nothing: sleep.
 *
 * A put into runnext is a seq_cst swap and so its own F. A G that yields needs no producer: until
 * the G that runs instead leaves its queue, a consumer that looks sees that one, afterwards it sees
 * the G that yielded.
 *
 * 1. Producer sees idle empty while a consumer sleeps or goes to sleep. Then its load is before the
 * consumer's bit in the total order, so its F is before the consumer's F, so the consumer's second
 * look finds the work.
 * 2. Producer sees nspinning > 0 and leaves it to searcher S. Whatever S does next, it lowers
 * nspinning after that load: a. S gives up: it lowers nspinning and then looks again, after the
 * producer's put. It finds the work. b. S found other work: it lowers nspinning, and if it was the
 * last searcher it acts as a producer itself (spinning_drop): wakes one if idle has a bit. c. "S"
 * is a waker between its 0 -> 1 and finding idle empty. It lowers nspinning and then looks at idle
 * again: a consumer that missed the work put its bit there before the producer's F, hence before
 * that look (wake_one's loop).
 * 3. A bit leaves idle once: by its owner (it woke by itself, and is not counted) or by a waker
 * (who has counted it in nspinning before; the owner finds its bit gone and takes that count over).
 * port_m_wake is remembered, so a wake between the second look and the sleep counts.
 * 4. Interrupts inside port_m_sleep put work on the sleeper's own queue: sched_enqueue takes the
 * sleeper's bit out itself and wakes nobody, because the sleeper comes out of port_m_sleep and
 * looks.
 */
#ifndef GORT_IDLE_H
#define GORT_IDLE_H

#include "gort/nap.h"
#include "gort/sched.h"

extern _Atomic uint64_t idle_ps_; /* idle.c's */

/* idle_mask - Ps that are idle now. */
static inline uint64_t idle_mask(void)
{
    return atomic_load(&idle_ps_);
}

/* idle_interrupted - this M is in port_m_sleep and its interrupt handler queued work here. */
void idle_interrupted(struct m *mp);

/* idle_wake_one - after work was made visible: see to it that somebody searches, unless all are
 * busy. True when an M was woken. */
bool idle_wake_one(void);

/*
 * idle_offer - after mp put work into its own P's queue, and F: have somebody look for it if
 * anybody is idle, or note that mp itself, in port_m_sleep, no longer is. False: all are busy.
 */
GORT_HOT bool idle_offer(struct m *mp)
{
    if (LIKELY(idle_mask() == 0) && LIKELY(nap_mask() == 0))
        return false;
    if (!mp->asleep)
        return idle_wake_one();
    idle_interrupted(mp);
    return true;
}

/* idle_wake_p - wake the M of one idle P in mask, before or after giving it work; its index, or -1
 * when none of them is idle. */
int idle_wake_p(uint64_t mask);

/* idle_wait - sleep until woken, a timer of this P is due, or there may be work. True: work was
 * seen, so search for it. */
bool idle_wait(struct m *mp);

/* spinning_begin, spinning_drop - mp starts to search; has stopped searching because it found
 * something. spinning_give_up - it found nothing, if it searched, and will look at all queues
 * again. */
void spinning_begin(struct m *mp);
void spinning_drop(struct m *mp);
void spinning_give_up(struct m *mp);

/* idle_many_spin - whether half of the busy Ps' number searches already. */
bool idle_many_spin(void);

/* idle_reset - nobody sleeps; for sched_init. */
void idle_reset(void);

#endif
