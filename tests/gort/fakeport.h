/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_GORT_FAKEPORT_H
#define TESTS_GORT_FAKEPORT_H

#include "gort/sched.h"

extern struct m fake_m;
extern int64_t fake_now;
extern struct timer_heap fake_heap;
extern char fake_fatal_text[256];

/* fake_fatal - call fn(arg); whether it ended in port_fatal, whose text is then in fake_fatal_text.
 */
bool fake_fatal(void (*fn)(void *), void *arg);

/* fake_relax - what port_relax does, or NULL. */
extern void (*fake_relax)(void);

#endif
