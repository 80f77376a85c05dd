/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hard preemption: a signal stops a goroutine between two instructions, but only inside functions
 * marked GO_PREEMPTIBLE. Any other place may hold a lock of libc, be inside this runtime, or keep
 * the address of a thread-local variable.
 */
#include <pthread.h>
#include <signal.h>

#include "gort/asm/inject.h"
#include "gort/asm/signal_regs.h"
#include "gort/port/os.h"

#define HEADROOM 16384 /* of stack, for the registers and the scheduler's frames */

/* Made by the linker when the program marks a function. */
extern const char __start_go_preempt_text[] __attribute__((weak));
extern const char __stop_go_preempt_text[] __attribute__((weak));

void gort_async_yield(void *frame);

static bool marked(uintptr_t pc)
{
    return pc >= (uintptr_t)__start_go_preempt_text && pc < (uintptr_t)__stop_go_preempt_text;
}

static bool may_stop(struct g *gp, uintptr_t pc, uintptr_t sp)
{
    return gp && gp->goid && marked(pc) && readgstatus(gp) == GRUNNING && gp->m &&
           gp->m->locks == 0 && hg_of(gp)->nopreempt == 0 && sp >= gp->stack_lo + HEADROOM &&
           sp <= gp->stack_hi && sp % 8 == 0;
}

static void on_signal(int sig, siginfo_t *in, void *context)
{
    struct g *gp = port_getg();
    uintptr_t pc, fp;
    (void)sig;
    (void)in;
    signal_regs(context, &pc, &fp);
    int64_t hogged = gp && gp->goid && gp->m ? atomic_exchange(&host_m(gp->m)->hogged, 0) : 0;
    if (hogged)
        report_hog(gp, pc, hogged);
    if (atomic_load_explicit(&rt.running, memory_order_relaxed) &&
        may_stop(gp, pc, inject_sp(context)))
        inject_call(context);
}

/* On the goroutine's stack, its registers saved in `frame`. */
void gort_async_yield(void *frame)
{
    g_preempted();
    inject_arrived(frame);
}

static bool installed;

void os_preempt_install(bool tells)
{
    struct sigaction sa = {.sa_sigaction = on_signal,
                           .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    if (!__start_go_preempt_text && !tells)
        return;
    inject_init();
    installed = sigaction(SIGURG, &sa, NULL) == 0;
}

void os_preempt(struct host_m *pm)
{
    if (__start_go_preempt_text)
        pthread_kill((pthread_t)pm->thread, SIGURG);
}

void os_tell(struct host_m *pm)
{
    if (installed)
        pthread_kill((pthread_t)pm->thread, SIGURG);
}
