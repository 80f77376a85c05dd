/* SPDX-License-Identifier: Apache-2.0 */
/* A port for tests of single parts: one M that never runs a G, and failures that the test can
 * catch. */
#include "tests/gort/fakeport.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

struct m fake_m;
int64_t fake_now = 1;
char fake_fatal_text[256];
static jmp_buf fatal_exit;
static bool fatal_expected;

bool fake_fatal(void (*fn)(void *), void *arg)
{
    fake_fatal_text[0] = 0;
    fatal_expected = true;
    bool hit = setjmp(fatal_exit) != 0;
    if (!hit)
        fn(arg);
    fatal_expected = false;
    return hit;
}

void port_fatal(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(fake_fatal_text, sizeof(fake_fatal_text), fmt, ap);
    va_end(ap);
    if (fatal_expected)
        longjmp(fatal_exit, 1);
    fprintf(stderr, "%s\n", fake_fatal_text);
    __builtin_trap();
}

struct g *port_getg(void)
{
    return &fake_m.g0;
}

struct m *port_getm(void)
{
    return &fake_m;
}

int64_t port_now_ns(void)
{
    return fake_now;
}

void (*fake_relax)(void);

void port_relax(void)
{
    if (fake_relax)
        fake_relax();
}

void sched_timer_add(struct timer *t, int64_t when_ns)
{
    timer_heap_add(&fake_heap, t, when_ns);
}

struct timer_heap fake_heap;
