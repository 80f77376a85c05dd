/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the hosted port share. Lock order: none of these locks is held while another is
 * taken, except a wait queue's lock and then a core lock.
 */
#ifndef GORT_PORT_RT_H
#define GORT_PORT_RT_H

#include "gort/port/arena.h"
#include "gort/port/m.h"

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

/* arena.c of each system - stacks */
size_t arena_default_stack(void);
uint64_t arena_default_max(void);
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
struct host_m *thread_spare(void);                   /* an M without P, new if need be, or NULL */
void thread_return(struct host_m *pm);               /* it wasn't needed */
void thread_give(struct host_m *pm, unsigned index); /* run P `index` */
void thread_wait_for_p(struct m *mp);                /* on g0, without a P: until thread_give */

/* sysmon.c */
int sysmon_start(void);
void sysmon_stop(void);
void sysmon_wake(void);
void sysmon_deadline(int64_t deadline_ns);
int64_t sysmon_option(const char *name); /* NAME=MILLISECONDS in GORTDEBUG, as ns; else 0 */
void sysmon_note_running(void);          /* an M runs a G: sysmon must not be parked */

/* netpoll.c */
struct dir {
    struct go_waitq_ q; /* its lock guards both fields */
    bool edge;
};

struct go_pd {
    struct dir read, write;
    _Atomic bool closing;
    _Atomic uint32_t refs; /* the go_fd, and each G that waits; the last one gives it back */
    int fd;                /* the system's */
    bool plain;            /* a file: not watched, calls on it block */
    struct go_pd *next_free;
    struct go_pd *next, *prev; /* the system's, if it lists them */
};

bool netpoll_active(void);                   /* somebody ever opened a go_fd */
unsigned netpoll_run(int64_t wait_until_ns); /* ready what is ready; 0: don't wait; how many Gs */
uint32_t netpoll_waiters(void);
uint32_t netpoll_runs(void); /* how many there were */
bool netpoll_claim(void);    /* become the one M that waits in netpoll_run */
void netpoll_unclaim(void);
unsigned netpoll_event(struct go_pd *pd, bool reads, bool writes); /* for os_poll_run */

/* report.c */
void report_deadlock(void) NORETURN;
void report_hog(struct g *gp, uintptr_t pc, int64_t ns);
void report_head(int fd, struct g *gp);
void report_end(void) NORETURN;

/* clock.c */
int64_t clock_real(void); /* the monotonic clock, also when time is virtual */
void clock_virtual(bool on);
bool clock_jump(int64_t to_ns); /* virtual time: go there, true; real time: false */

#endif
