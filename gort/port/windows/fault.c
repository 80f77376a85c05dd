/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks in reports. Frames are unwound by the tables that every Windows program has. */
#include <io.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "gort/port/os.h"

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

/* Names are for a debugger to find: module and offset are what `addr2line -e MODULE` takes. */
void os_print_symbol(int fd, uintptr_t pc)
{
    HMODULE module;
    char path[MAX_PATH] = "";
    if (!GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                            (const char *)pc, &module) ||
        !GetModuleFileNameA(module, path, sizeof(path)))
        os_print(fd, "\t%#llx\n", (unsigned long long)pc);
    else
        os_print(fd, "\t%s+%#llx\n", path, (unsigned long long)(pc - (uintptr_t)module));
}

static bool on_stack(const struct g *gp, const CONTEXT *c)
{
    return c->Rsp >= gp->stack_lo && c->Rsp + 8 <= gp->stack_hi && c->Rip;
}

static void unwind(const struct g *gp, CONTEXT *c, void (*fn)(uintptr_t, void *), void *arg)
{
    for (int i = 0; i < MAX_FRAMES && on_stack(gp, c); i++) {
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

/* A stack that is used up leaves Windows nothing to run a handler on. */
void os_report_install(void)
{
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
