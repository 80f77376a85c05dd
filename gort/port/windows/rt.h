/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the Windows port share. */
#ifndef GORT_PORT_WINDOWS_RT_H
#define GORT_PORT_WINDOWS_RT_H

#include "gort/port/arena.h"
#include "gort/port/windows/m.h"

struct rt {
    go_config cfg;
    _Atomic bool running;
    _Atomic bool stopping;
    _Atomic bool exits_on_deadlock; /* go_main, until its goroutine has returned */
    struct windows_m *ms;           /* one per P */
};
extern struct rt rt;

/* arena.c - a slot is an uncommitted page, then a stack that is committed as a whole when it is
 * first used. */
int arena_init(size_t stack, size_t max_g);
void arena_end(void);
uint64_t arena_used(void);
struct hg *arena_slot(uint64_t i);

/* watch.c - the thread that looks after timers and slices of busy Ms, and finds deadlocks */
int watch_start(void);
void watch_stop(void);
void watch_wake(void); /* an M runs */

/* report.c */
void report_deadlock(void) NORETURN;

#endif
