/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the scheduler core asks of the machine below it. There are three ports: gort/port/posix,
 * gort/port/windows, and the kernel's (kernel/core/gort_port.c). They are chosen when linking:
 * plain functions, no table.
 *
 * Vocabulary: a G is a goroutine (in the kernel: a task), an M is what runs Gs (host: a thread;
 * kernel: a CPU), a P is the right to run Gs together with a run queue. In the kernel M i owns P i
 * for ever.
 *
 * Interrupts: in the kernel they are masked whenever core code runs; they are taken at EL0 and in
 * port_m_sleep() only. So core locks are plain spinlocks there, and a core function that is called
 * from an interrupt handler runs as if called between two instructions of the interrupted program.
 * Nothing here may be called from a POSIX signal handler unless it says so.
 */
#ifndef GORT_PORT_H
#define GORT_PORT_H

#include "lib/types.h"

struct g;
struct m;

/*
 * On the path of every switch. A port may define these five inline: it names the header that does
 * so in GORT_PORT_INLINE when it compiles the core.
 *
 * port_getg - the G running on this M: a g0 while the scheduler runs, else a user G. port_setg
 * changes it. Never cached across a switch: a G can move to another M at every park (goroutines.md
 * B4).
 *
 * port_getm - the M this code runs on, NULL outside any. Valid until the G parks.
 *
 * port_coarse_ns - a clock for "how long has this G run": costs a few instructions, may lag
 * port_now_ns by any amount, never goes back on one M. Kernel: the counter. Host: a constant, since
 * sysmon watches slices there.
 *
 * port_execute - gp is about to run on this M (called on g0, just before gogo). Kernel: kernel
 * stack, address space and FP owner are switched here. Host: nothing.
 */
#ifdef GORT_PORT_INLINE
#include GORT_PORT_INLINE
#else
#define PORT_COARSE_CLOCK 1 /* 0: port_coarse_ns is constant */
struct g *port_getg(void);
void port_setg(struct g *gp);
struct m *port_getm(void);
int64_t port_coarse_ns(void);
void port_execute(struct g *gp);
#endif

/* port_now_ns - monotonic nanoseconds; never 0, never goes back on one M or between Ms. */
int64_t port_now_ns(void);

/*
 * port_poll - before this M looks for work elsewhere, and after a tick_due: ready what outside
 * events have made ready (host: netpoll), without waiting. True when it readied something. Kernel:
 * false, interrupts do it.
 */
bool port_poll(void);

/*
 * port_m_sleep - stop this M until port_m_wake(m) or until deadline_ns (INT64_MAX: no deadline).
 *
 * A wake that came before the sleep makes it return at once (wakes don't count up; one is
 * remembered). May return early for any reason. Kernel: sets the one-shot timer, waits for an
 * interrupt and handles what is pending before it returns, so Gs may have been made ready
 * meanwhile. Called on g0, without locks.
 */
void port_m_sleep(struct m *mp, int64_t deadline_ns);

/* port_m_wake - end mp's sleep, now or the next one. Any M, any context. Kernel: an SGI if mp's CPU
 * sleeps. */
void port_m_wake(struct m *mp);

/* port_m_start - start an M that will call m_main(mp) on its own g0 stack. 0 or -EAGAIN. Kernel:
 * never called (CPUs start themselves). */
int port_m_start(struct m *mp);

/*
 * port_timer_set - this M must enter the scheduler's timer hook (sched_tick) at deadline_ns at the
 * latest while a user G runs. INT64_MAX: nothing to do. Kernel: programs the one-shot timer, whose
 * interrupt calls sched_tick(). Host: sysmon does it; empty.
 */
void port_timer_set(int64_t deadline_ns);

/* port_g_dead - gp has ended and runs no more: called on the g0 of mp, gives gp's stack and memory
 * back to its owner. Not called for Gs without G_PORT that go straight to their P's gfree. */
void port_g_dead(struct m *mp, struct g *gp);

/* port_preempt - ask the G that runs on mp to yield soon. Kernel: an SGI whose handler notes it;
 * host: sets flags, perhaps a signal. */
void port_preempt(struct m *mp);

/* port_relax - one turn of a spin loop. port_nap - the same where a few microseconds don't matter.
 */
void port_relax(void);
void port_nap(void);

/* port_fatal - the core found its own state broken: print and never return. */
void port_fatal(const char *fmt, ...) NORETURN PRINTF_LIKE(1, 2);

#endif
