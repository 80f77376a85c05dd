/* SPDX-License-Identifier: Apache-2.0 */
/* Ms on Windows. The switch keeps the thread block's stack bounds (asm/win64.S); a thread sleeps in
 * an event. */
#include "gort/gort.h"
#include "gort/port/windows/m.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#define M_STACK (1024 * 1024)
#define PAGE    4096

_Thread_local int go_poll_word_;

static DWORD tls_m = TLS_OUT_OF_INDEXES, tls_g = TLS_OUT_OF_INDEXES;

struct g *port_getg(void)
{
    return TlsGetValue(tls_g);
}

void port_setg(struct g *gp)
{
    TlsSetValue(tls_g, gp);
}

struct m *port_getm(void)
{
    return TlsGetValue(tls_m);
}

int64_t port_now_ns(void)
{
    LARGE_INTEGER now, hz;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&hz);
    return now.QuadPart / hz.QuadPart * 1000000000 +
           now.QuadPart % hz.QuadPart * 1000000000 / hz.QuadPart + 1;
}

int64_t port_coarse_ns(void)
{
    return 0;
}

static DWORD wait_ms(int64_t deadline_ns)
{
    if (deadline_ns == INT64_MAX)
        return INFINITE;
    int64_t ns = deadline_ns - port_now_ns();
    return ns <= 0 ? 0 : (DWORD)MIN((ns + 999999) / 1000000, 1000000);
}

void port_m_sleep(struct m *mp, int64_t deadline_ns)
{
    WaitForSingleObject(windows_m(mp)->event, wait_ms(deadline_ns));
}

void port_m_wake(struct m *mp)
{
    SetEvent(windows_m(mp)->event);
}

static void adopt(struct m *mp)
{
    ULONG_PTR lo, hi;
    GetCurrentThreadStackLimits(&lo, &hi);
    mp->g0.stack_lo = lo;
    mp->g0.stack_hi = hi;
    mp->g0.m = mp;
    atomic_store(&windows_m(mp)->poll_word, &go_poll_word_);
    TlsSetValue(tls_m, mp);
    TlsSetValue(tls_g, &mp->g0);
}

static DWORD WINAPI m_thread(void *arg)
{
    adopt(arg);
    m_run(arg);
    return 0;
}

int port_m_start(struct m *mp)
{
    windows_m(mp)->thread = CreateThread(NULL, M_STACK, m_thread, mp, 0, NULL);
    return windows_m(mp)->thread ? 0 : -EAGAIN;
}

int windows_m_init(struct windows_m *wm)
{
    if (tls_m == TLS_OUT_OF_INDEXES) {
        tls_m = TlsAlloc();
        tls_g = TlsAlloc();
    }
    wm->event = CreateEventW(NULL, FALSE, FALSE, NULL);
    return wm->event ? 0 : -ENOMEM;
}

void windows_m_join(struct windows_m *wm)
{
    WaitForSingleObject(wm->thread, INFINITE);
    CloseHandle(wm->thread);
    CloseHandle(wm->event);
}

void *windows_stack_new(size_t bytes)
{
    DWORD old;
    char *at = VirtualAlloc(NULL, bytes + PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (!at)
        return NULL;
    VirtualProtect(at, PAGE, PAGE_NOACCESS, &old);
    return at + PAGE;
}

void windows_stack_free(void *lo)
{
    VirtualFree((char *)lo - PAGE, 0, MEM_RELEASE);
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
    int *word = atomic_load(&windows_m(mp)->poll_word);
    if (word)
        __atomic_store_n(word, 1, __ATOMIC_RELAXED);
}

void go_poll_slow_(void)
{
    __atomic_store_n(&go_poll_word_, 0, __ATOMIC_RELAXED);
    if (port_getg() && port_getg()->goid)
        g_preempted();
}

/* The g0 below its scheduler's frames is free while a G runs. */
void go_systemstack(go_fn fn, void *arg)
{
    struct g *gp = port_getg();
    struct m *mp = gp ? gp->m : NULL;
    if (mp && gp != &mp->g0)
        gort_systemstack(fn, arg, mp->g0.sched.sp);
    else
        fn(arg);
}

void port_relax(void)
{
    YieldProcessor();
    SwitchToThread();
}

void port_nap(void)
{
    SwitchToThread();
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
