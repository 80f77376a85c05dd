/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime says when something is wrong: panics, deadlocks, stack overflows, and the list
 * of goroutines. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gort/port/os.h"

#define MAX_REPORTED 100 /* goroutines of a deadlock; the rest is counted */
#define EXIT_STATUS  2
#define ERRORS       2 /* the descriptor */

static _Atomic(go_panic_fn) panic_fn;

/* ------------------------------------------------------------------ one goroutine */

static void print_frame(uintptr_t pc, void *arg)
{
    os_print_symbol(*(int *)arg, pc);
}

void report_head(int fd, struct g *gp)
{
    uint32_t status = readgstatus(gp);
    const char *why = status == GWAITING ? waitreason_name(gp->waitreason) : "";
    os_print(fd, "\ngoroutine %llu [%s]%s%s:\n", (unsigned long long)gp->goid,
             *why ? why : gstatus_name(status), gp->name ? " " : "", gp->name ? gp->name : "");
}

void report_hog(struct g *gp, uintptr_t pc, int64_t ns)
{
    os_print(ERRORS, "gort: goroutine %llu %s has not given way for %lld ms; it is at\n",
             (unsigned long long)gp->goid, gp->name ? gp->name : "", (long long)(ns / GO_MS));
    os_print_symbol(ERRORS, pc);
}

static void print_parked(struct g *gp, void *arg)
{
    os_walk(gp, print_frame, arg);
}

static void print_g(int fd, struct g *gp)
{
    report_head(fd, gp);
    if (gp == port_getg())
        os_walk_here(gp, print_frame, &fd);
    else if (!scan_stack(gp, print_parked, &fd))
        os_print(fd, "\tis running; its stack is in its registers\n");
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

void report_end(void)
{
    const char *debug = getenv("GORTDEBUG");
    if (debug && strstr(debug, "crash"))
        abort();
    _Exit(EXIT_STATUS);
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
    os_print(ERRORS, "panic: %s\n", text);
    if (go_self())
        print_g(ERRORS, go_self());
    report_end();
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
    struct few few = {.fd = ERRORS};
    os_print(few.fd, "fatal error: all goroutines are asleep - deadlock!\n");
    each_g(dump_few, &few);
    if (few.n > MAX_REPORTED)
        os_print(few.fd, "\n... and %d more\n", few.n - MAX_REPORTED);
    report_end();
}
