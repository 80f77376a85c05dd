/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks in reports, and the report of one that overflows. Frames are unwound by the tables that
 * every Windows program has. */
#include <io.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <windows.h>

#include "gort/port/os.h"
#include "gort/port/windows/slot.h"

#define MAX_FRAMES 64
#define XMM_SLOT   7 /* the first of xmm6's in a gobuf's registers */

void os_print(int fd, const char *fmt, ...)
{
    char text[600];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (n > 0)
        _write(fd, text, (unsigned)MIN((size_t)n, sizeof(text) - 1));
}

/* While c is on the stack from lo up that is gp's. */
static void unwind_from(uintptr_t lo, const struct g *gp, CONTEXT *c, void (*fn)(uintptr_t, void *),
                        void *arg)
{
    for (int i = 0; i < MAX_FRAMES && c->Rsp >= lo && c->Rsp + 8 <= gp->stack_hi && c->Rip; i++) {
        DWORD64 base, frame;
        void *data;
        fn(c->Rip, arg);
        RUNTIME_FUNCTION *f = RtlLookupFunctionEntry(c->Rip, &base, NULL);
        if (f) {
            RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, c->Rip, f, c, &data, &frame, NULL);
        } else { /* a function that moves no stack */
            c->Rip = *(const uint64_t *)c->Rsp;
            c->Rsp += 8;
        }
    }
}

static void unwind(const struct g *gp, CONTEXT *c, void (*fn)(uintptr_t, void *), void *arg)
{
    unwind_from(gp->stack_lo, gp, c, fn, arg);
}

void os_walk(const struct g *gp, void (*fn)(uintptr_t pc, void *), void *arg)
{
    const uint64_t *r = gp->sched.regs;
    CONTEXT c = {.ContextFlags = CONTEXT_FULL,
                 .Rip = gp->sched.pc,
                 .Rsp = gp->sched.sp,
                 .Rbp = gp->sched.bp,
                 .Rbx = r[0],
                 .Rdi = r[1],
                 .Rsi = r[2],
                 .R12 = r[3],
                 .R13 = r[4],
                 .R14 = r[5],
                 .R15 = r[6]};
    memcpy(&c.Xmm6, &r[XMM_SLOT], 10 * sizeof(M128A));
    unwind(gp, &c, fn, arg);
}

void os_walk_here(const struct g *gp, void (*fn)(uintptr_t pc, void *), void *arg)
{
    CONTEXT c;
    RtlCaptureContext(&c);
    unwind(gp, &c, fn, arg);
}

/* ------------------------------------------------------------------ overflow */

struct overflow {
    struct hg *hg;
    const CONTEXT *at;
};

static void print_frame(uintptr_t pc, void *arg)
{
    os_print_symbol(*(int *)arg, pc);
}

static void report(void *arg)
{
    struct overflow *o = arg;
    CONTEXT c = *o->at;
    int fd = STDERR_FILENO;
    os_print(fd, "fatal error: stack overflow: a stack has %u KiB (go_config.stack)\n",
             (unsigned)(rt.cfg.stack / 1024));
    report_head(fd, &o->hg->g);
    unwind_from(o->hg->g.stack_lo - ARENA_RESERVE, &o->hg->g, &c, print_frame, &fd);
    report_end();
}

/*
 * Windows runs handlers on the stack on which it happened: the guard page is inside the slot, with
 * ARENA_RESERVE bytes from its end down to where the slot begins, enough to get here. Only the
 * first overflow is told of.
 */
static LONG CALLBACK on_exception(EXCEPTION_POINTERS *e)
{
    static char stack[128 * 1024] ALIGNED(16);
    static _Atomic bool told;
    const EXCEPTION_RECORD *r = e->ExceptionRecord;
    if ((r->ExceptionCode != EXCEPTION_GUARD_PAGE &&
         r->ExceptionCode != EXCEPTION_ACCESS_VIOLATION) ||
        r->NumberParameters < 2)
        return EXCEPTION_CONTINUE_SEARCH;
    struct overflow o = {arena_guard_hit(r->ExceptionInformation[1]), e->ContextRecord};
    if (!o.hg)
        return EXCEPTION_CONTINUE_SEARCH;
    while (atomic_exchange(&told, true))
        Sleep(1000);
    gort_systemstack(report, &o, (uintptr_t)(stack + sizeof(stack)));
    return EXCEPTION_CONTINUE_SEARCH;
}

void os_report_install(void)
{
    static bool installed;
    if (!installed)
        AddVectoredExceptionHandler(1, on_exception);
    installed = true;
}

void os_preempt_install(bool tells)
{
    (void)tells;
}

void os_tell(struct host_m *pm)
{
    (void)pm;
}

void os_preempt(struct host_m *pm)
{
    (void)pm;
}
