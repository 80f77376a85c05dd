/* SPDX-License-Identifier: Apache-2.0 */
/* What the drivers under test need of a kernel, as simple as can be: pages that are never freed,
 * waiting by waiting for interrupts, log on the UART. */
#include <stdarg.h>

#include "abi/errno.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/power.h"
#include "kernel/arch/timer.h"
#include "kernel/core/clock.h"
#include "kernel/core/log.h"
#include "kernel/core/page.h"
#include "kernel/core/panic.h"
#include "kernel/core/timebase.h"
#include "kernel/core/trace.h"
#include "kernel/core/wait.h"
#include "kernel/drivers/pl011.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "tests/drivers/guest/guest.h"

bool trace_streaming;

void trace_detail_event(enum link_event kind, uint64_t about)
{
    (void)kind;
    (void)about;
}

/* The kernel's own use DC ZVA, which faults while the MMU is off. */
#undef memcpy
#undef memset

void *memcpy(void *dst, const void *src, size_t size)
{
    volatile char *d = dst;
    for (size_t i = 0; i < size; i++)
        d[i] = ((const char *)src)[i];
    return dst;
}

void *memset(void *dst, int byte, size_t size)
{
    volatile char *d = dst;
    for (size_t i = 0; i < size; i++)
        d[i] = (char)byte;
    return dst;
}

enum klog_level klog_level = LOG_INFO;

static void print(const char *fmt, va_list ap)
{
    char line[256];
    int n = fmt_vprint(line, sizeof line - 1, fmt, ap);
    line[MIN(n, (int)sizeof line - 2)] = '\n';
    pl011_write(line, (size_t)MIN(n, (int)sizeof line - 2) + 1);
}

void say(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    print(fmt, ap);
    va_end(ap);
}

void klog(enum klog_level level, const char *fmt, ...)
{
    va_list ap;
    (void)level;
    va_start(ap, fmt);
    print(fmt, ap);
    va_end(ap);
}

void panic(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    print(fmt, ap);
    va_end(ap);
    power_off();
}

void guest_exception(uint64_t esr, uint64_t elr, uint64_t far)
{
    panic("exception esr %lx elr %lx far %lx", esr, elr, far);
}

void __stack_chk_fail(void)
{
    panic("stack smashed");
}

unsigned cpu_index(void)
{
    return (unsigned)(sysreg_read(mpidr_el1) & 0xff);
}

bool cpu_random(uint64_t *value)
{
    (void)value;
    return false;
}

uint64_t timer_counter(void)
{
    barrier_isb();
    return sysreg_read(cntvct_el0);
}

int64_t clock_mono_ns(void)
{
    static struct timebase timebase;
    if (timebase.to_ns.mult == 0)
        timebase_init(&timebase, sysreg_read(cntfrq_el0), 0);
    return (int64_t)timebase_ns(&timebase, timer_counter());
}

paddr_t page_alloc(unsigned order, unsigned flags)
{
    static paddr_t next;
    if (!next)
        next = (paddr_t)(uintptr_t)guest_pages;
    paddr_t pa = next;
    next += PAGE_SIZE << order;
    if (flags & PAGE_ZERO)
        memset((void *)(uintptr_t)pa, 0, PAGE_SIZE << order);
    return pa;
}

void page_put(paddr_t pa)
{
    (void)pa;
}

void waitq_init(struct waitq *q)
{
    list_init(&q->waiters);
}

void waitq_add(struct waitq *q, struct waiter *w)
{
    (void)q;
    (void)w;
}

void waitq_remove(struct waitq *q, struct waiter *w)
{
    (void)q;
    (void)w;
}

void waitq_wake(struct waitq *q, unsigned events, unsigned exclusive)
{
    (void)q;
    (void)events;
    (void)exclusive;
}

void sleeper_init(struct sleeper *s)
{
    s->woken = false;
}

int sleeper_sleep(struct sleeper *s, int64_t deadline_ns)
{
    (void)s;
    (void)deadline_ns;
    guest_wait();
    return 0;
}
