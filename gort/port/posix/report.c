/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime says when something is wrong: panics, deadlocks, stack overflows, and the list
 * of goroutines. */
#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gort/asm/signal_regs.h"
#include "gort/port/posix/rt.h"

#define MAX_FRAMES   64
#define MAX_REPORTED 100 /* goroutines of a deadlock; the rest is counted */
#define EXIT_STATUS  2
#define SIGNAL_STACK (64 * 1024)

static _Atomic(go_panic_fn) panic_fn;

/* ------------------------------------------------------------------ one goroutine */

static void print_frame(int fd, uintptr_t pc)
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
static void print_stack(int fd, const struct g *gp, uintptr_t pc, uintptr_t fp)
{
    print_frame(fd, pc);
    for (int i = 0; i < MAX_FRAMES; i++) {
        if (fp < gp->stack_lo || fp + 16 > gp->stack_hi || fp % 8 != 0)
            return;
        const uintptr_t *frame = (const uintptr_t *)fp;
        if (frame[0] <= fp || !frame[1])
            return;
        print_frame(fd, frame[1]);
        fp = frame[0];
    }
}

static void print_head(int fd, struct g *gp)
{
    uint32_t status = readgstatus(gp);
    const char *why = status == GWAITING ? waitreason_name(gp->waitreason) : "";
    dprintf(fd, "\ngoroutine %llu [%s]%s%s:\n", (unsigned long long)gp->goid,
            *why ? why : gstatus_name(status), gp->name ? " " : "", gp->name ? gp->name : "");
}

static void print_parked(struct g *gp, void *arg)
{
    print_stack(*(int *)arg, gp, gp->sched.pc, gp->sched.bp);
}

static void print_g(int fd, struct g *gp)
{
    print_head(fd, gp);
    if (gp == port_getg())
        print_stack(fd, gp, (uintptr_t)print_g, (uintptr_t)__builtin_frame_address(0));
    else if (!scan_stack(gp, print_parked, &fd))
        dprintf(fd, "\tis running; its stack is in its registers\n");
}

/* By slots, without locks: also for signal handlers and fatal errors. */
static void each_g(void (*fn)(struct g *, void *), void *arg)
{
    for (uint64_t i = 0; i < arena_used(); i++) {
        struct g *gp = &arena_slot(i)->g;
        uint32_t status = readgstatus(gp);
        if (gp->goid && status != GIDLE && status != GDEAD)
            fn(gp, arg);
    }
}

static void dump_one(struct g *gp, void *arg)
{
    print_g(*(int *)arg, gp);
}

void go_dump(int fd)
{
    each_g(dump_one, &fd);
}

struct foreach {
    void (*fn)(go_g *, const void *, const void *, void *);
    void *arg;
};

static void foreach_parked(struct g *gp, void *arg)
{
    struct foreach *f = arg;
    f->fn(gp, (void *)gp->sched.sp, (void *)gp->stack_hi, f->arg);
}

static void foreach_one(struct g *gp, void *arg)
{
    scan_stack(gp, foreach_parked, arg);
}

void go_foreach(void (*fn)(go_g *, const void *lo, const void *hi, void *arg), void *arg)
{
    struct foreach f = {fn, arg};
    each_g(foreach_one, &f);
}

/* ------------------------------------------------------------------ ends */

void go_set_panic(go_panic_fn fn)
{
    atomic_store(&panic_fn, fn);
}

static void die(void)
{
    const char *debug = getenv("GORTDEBUG");
    if (debug && strstr(debug, "crash"))
        abort();
    _exit(EXIT_STATUS);
}

void go_panic(const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    go_panic_fn fn = atomic_load(&panic_fn);
    if (fn)
        fn(text);
    dprintf(STDERR_FILENO, "panic: %s\n", text);
    if (go_self())
        print_g(STDERR_FILENO, go_self());
    die();
    abort();
}

struct few {
    int fd, n;
};

static void dump_few(struct g *gp, void *arg)
{
    struct few *few = arg;
    if (few->n++ < MAX_REPORTED)
        print_g(few->fd, gp);
}

void report_deadlock(void)
{
    struct few few = {.fd = STDERR_FILENO};
    dprintf(few.fd, "fatal error: all goroutines are asleep - deadlock!\n");
    each_g(dump_few, &few);
    if (few.n > MAX_REPORTED)
        dprintf(few.fd, "\n... and %d more\n", few.n - MAX_REPORTED);
    die();
    abort();
}

/* ------------------------------------------------------------------ signals */

static struct sigaction old_segv, old_bus;

static void overflow(struct hg *hg, uintptr_t pc, uintptr_t fp)
{
    dprintf(STDERR_FILENO, "fatal error: stack overflow: a stack has %zu KiB (go_config.stack)\n",
            rt.cfg.stack / 1024);
    print_head(STDERR_FILENO, &hg->g);
    print_stack(STDERR_FILENO, &hg->g, pc, fp);
    die();
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

void report_install(void)
{
    static bool installed;
    struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    if (installed)
        return;
    installed = true;
    sigaction(SIGSEGV, &sa, &old_segv);
    sigaction(SIGBUS, &sa, &old_bus);
}

void report_thread(void)
{
    void *stack =
        mmap(NULL, SIGNAL_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t ss = {.ss_sp = stack, .ss_size = SIGNAL_STACK};
    if (stack != MAP_FAILED)
        sigaltstack(&ss, NULL);
}
