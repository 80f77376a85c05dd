/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the posix port share. Lock order: none of these locks is held while another is
 * taken, except a wait queue's lock and then a core lock.
 */
#ifndef GORT_PORT_POSIX_RT_H
#define GORT_PORT_POSIX_RT_H

#include "gort/port/arena.h"
#include "gort/port/posix/m.h"

/* The runtime's settings and life. */
struct rt {
    go_config cfg;
    _Atomic bool running;
    _Atomic bool stopping;
    _Atomic bool exits_on_deadlock; /* go_main, until its goroutine has returned */
    _Atomic uint64_t started;
    _Atomic uint32_t nthreads;
    _Atomic uint32_t in_block; /* Gs between go_block_enter and leave */
};
extern struct rt rt;

/* arena.c - stacks */
int arena_init(size_t stack, size_t max_g);
void arena_end(void);
uint64_t arena_used(void);         /* slots handed out at least once */
struct hg *arena_slot(uint64_t i); /* slot i < arena_used() */
const char *arena_guard(void);
struct hg *arena_guard_hit(uintptr_t va); /* whose guard page va is in, or NULL */

/* handoff.c - Ps of Ms in blocking calls */
uint32_t handoff_call(unsigned index); /* the call that P `index` is in, 0: none */
void handoff_retake(unsigned index,
                    uint32_t call); /* sysmon: give the P another M if it still is in that call */
void handoff_reset(void);

/* threads.c - all Ms */
int threads_start(unsigned procs, uint64_t seed);
bool threads_stop(void);
struct posix_m *thread_spare(void);                   /* an M without P, new if need be, or NULL */
void thread_return(struct posix_m *pm);               /* it wasn't needed */
void thread_give(struct posix_m *pm, unsigned index); /* run P `index` */
void thread_wait_for_p(struct m *mp);                 /* on g0, without a P: until thread_give */

/* sysmon.c */
int sysmon_start(void);
void sysmon_stop(void);
void sysmon_wake(void);
void sysmon_deadline(int64_t deadline_ns);
void sysmon_note_running(void); /* an M runs a G: sysmon must not be parked */

/* netpoll.c */
bool netpoll_active(void);                   /* somebody ever opened a go_fd */
unsigned netpoll_run(int64_t wait_until_ns); /* ready what is ready; 0: don't wait; how many Gs */
void netpoll_break(void);                    /* end a netpoll_run that waits */
uint32_t netpoll_waiters(void);
uint32_t netpoll_runs(void); /* how many there were */
bool netpoll_claim(void);    /* become the one M that waits in netpoll_run */
void netpoll_unclaim(void);

/* report.c */
void report_deadlock(void) NORETURN;
void report_install(void);
void report_thread(void); /* signal stack of the calling thread */

/* preempt.c */
void preempt_install(void);
void preempt_signal(struct posix_m *pm); /* stop pm's goroutine if it is in a marked function */

/* clock.c */
int64_t clock_real(void); /* the monotonic clock, also when time is virtual */
void clock_virtual(bool on);
bool clock_jump(int64_t to_ns); /* virtual time: go there, true; real time: false */

#endif
