/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest port on threads: no netpoll, no sysmon, no hand-off. */
#include "tests/gort/rigport.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { NOTE_NONE, NOTE_WOKEN, NOTE_ASLEEP };

static __thread struct m *cur_m;
static __thread struct g *cur_g;

/* Out of line and opaque: an address of a thread-local that a caller keeps across a switch is
 * another thread's. */
__attribute__((noinline)) struct g *port_getg(void)
{
    __asm__ volatile("");
    return cur_g;
}

__attribute__((noinline)) void port_setg(struct g *gp)
{
    __asm__ volatile("");
    cur_g = gp;
}

__attribute__((noinline)) struct m *port_getm(void)
{
    __asm__ volatile("");
    return cur_m;
}

void posix_m_stack(struct m *mp)
{
    pthread_attr_t attr;
    void *lo;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attr) != 0)
        port_fatal("gort: a thread's stack bounds are unknown");
    pthread_attr_getstack(&attr, &lo, &size);
    pthread_attr_destroy(&attr);
    mp->g0.stack_lo = (uintptr_t)lo;
    mp->g0.stack_hi = (uintptr_t)lo + size;
}

void posix_m_adopt(struct m *mp)
{
    cur_m = mp;
    cur_g = mp ? &mp->g0 : NULL;
    if (mp)
        posix_m_stack(mp);
}

int64_t port_now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

int64_t port_coarse_ns(void)
{
    return 0;
}

static void futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t deadline_ns)
{
    struct timespec ts = {deadline_ns / 1000000000, deadline_ns % 1000000000};
    syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, value,
            deadline_ns == INT64_MAX ? NULL : &ts, NULL, FUTEX_BITSET_MATCH_ANY);
}

void port_m_sleep(struct m *mp, int64_t deadline_ns)
{
    struct posix_m *pm = posix_m(mp);
    uint32_t none = NOTE_NONE;
    if (atomic_compare_exchange_strong(&pm->note, &none, NOTE_ASLEEP))
        futex_wait(&pm->note, NOTE_ASLEEP, deadline_ns);
    atomic_exchange(&pm->note, NOTE_NONE);
}

void port_m_wake(struct m *mp)
{
    struct posix_m *pm = posix_m(mp);
    if (atomic_exchange(&pm->note, NOTE_WOKEN) == NOTE_ASLEEP)
        syscall(SYS_futex, &pm->note, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static void *m_thread(void *arg)
{
    struct m *mp = arg;
    posix_m_adopt(mp);
    m_run(mp);
    return NULL;
}

int port_m_start(struct m *mp)
{
    return -pthread_create(&posix_m(mp)->thread, NULL, m_thread, mp);
}

void port_timer_set(int64_t deadline_ns)
{
    (void)deadline_ns;
}

void port_execute(struct g *gp)
{
    (void)gp;
}

void port_preempt(struct m *mp)
{
    atomic_store_explicit(&mp->need_resched, true, memory_order_relaxed);
}

/* A lock's holder may have lost its CPU: give ours away now and then. */
void port_relax(void)
{
    static __thread unsigned turns;
    if (++turns % 64 == 0)
        sched_yield();
}

void port_nap(void)
{
    port_relax();
}

void port_fatal(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    abort();
}
