/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks in reports, and the report of one that overflows, which a signal tells. */
#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "gort/asm/signal_regs.h"
#include "gort/port/os.h"

#define MAX_FRAMES 64

void os_print(int fd, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vdprintf(fd, fmt, ap);
    va_end(ap);
}

void os_print_symbol(int fd, uintptr_t pc)
{
    Dl_info in;
    if (!dladdr((void *)pc, &in) || !in.dli_fname)
        dprintf(fd, "\t%#lx\n", (unsigned long)pc);
    else if (in.dli_sname)
        dprintf(fd, "\t%s+%#lx\n", in.dli_sname, (unsigned long)(pc - (uintptr_t)in.dli_saddr));
    else
        dprintf(fd, "\t%s+%#lx\n", in.dli_fname, (unsigned long)(pc - (uintptr_t)in.dli_fbase));
}

/* Follows the chain of frame pointers, as far as it stays on the stack and goes up. */
static void walk(const struct g *gp, uintptr_t pc, uintptr_t fp, void (*fn)(uintptr_t, void *),
                 void *arg)
{
    fn(pc, arg);
    for (int i = 0; i < MAX_FRAMES; i++) {
        uintptr_t at = fp + FRAME_LINK;
        if (at < gp->stack_lo || at + 16 > gp->stack_hi || at % 8 != 0)
            return;
        const uintptr_t *frame = (const uintptr_t *)at;
        if (frame[0] <= fp || !frame[1])
            return;
        fn(frame[1], arg);
        fp = frame[0];
    }
}

void os_walk(const struct g *gp, void (*fn)(uintptr_t pc, void *), void *arg)
{
    walk(gp, gp->sched.pc, gp->sched.bp, fn, arg);
}

void os_walk_here(const struct g *gp, void (*fn)(uintptr_t pc, void *), void *arg)
{
    walk(gp, (uintptr_t)os_walk_here, (uintptr_t)__builtin_frame_address(0), fn, arg);
}

/* ------------------------------------------------------------------ signals */

static struct sigaction old_segv, old_bus;

static void print_frame(uintptr_t pc, void *arg)
{
    os_print_symbol(*(int *)arg, pc);
}

static void overflow(struct hg *hg, uintptr_t pc, uintptr_t fp)
{
    int fd = STDERR_FILENO;
    os_print(fd, "fatal error: stack overflow: a stack has %zu KiB (go_config.stack)\n",
             rt.cfg.stack / 1024);
    report_head(fd, &hg->g);
    walk(&hg->g, pc, fp, print_frame, &fd);
    report_end();
}

/* What isn't ours goes to who was here before, or happens again with the default action. */
static void pass_on(int sig, siginfo_t *in, void *uc)
{
    struct sigaction *old = sig == SIGSEGV ? &old_segv : &old_bus;
    if (old->sa_flags & SA_SIGINFO && old->sa_sigaction)
        old->sa_sigaction(sig, in, uc);
    else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN)
        old->sa_handler(sig);
    else
        signal(sig, SIG_DFL);
}

static void on_fault(int sig, siginfo_t *in, void *uc)
{
    struct hg *hg = arena_guard_hit((uintptr_t)in->si_addr);
    uintptr_t pc, fp;
    signal_regs(uc, &pc, &fp);
    if (hg)
        overflow(hg, pc, fp);
    pass_on(sig, in, uc);
}

void os_report_install(void)
{
    static bool installed;
    struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    if (installed)
        return;
    installed = true;
    sigaction(SIGSEGV, &sa, &old_segv);
    sigaction(SIGBUS, &sa, &old_bus);
}
