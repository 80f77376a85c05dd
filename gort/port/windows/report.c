/* SPDX-License-Identifier: Apache-2.0 */
/* Panics, deadlocks and the list of goroutines on Windows; without stacks. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "gort/port/windows/rt.h"

#define EXIT_STATUS 2

static _Atomic(go_panic_fn) panic_fn;

static void print_g(FILE *f, struct g *gp)
{
    uint32_t status = readgstatus(gp);
    const char *why = status == GWAITING ? waitreason_name(gp->waitreason) : "";
    fprintf(f, "\ngoroutine %llu [%s] %s\n", (unsigned long long)gp->goid,
            *why ? why : gstatus_name(status), gp->name ? gp->name : "");
}

static bool lives(struct g *gp)
{
    uint32_t status = readgstatus(gp);
    return gp->goid && status != GIDLE && status != GDEAD;
}

static void print_all(FILE *f)
{
    for (uint64_t i = 0; i < arena_used(); i++)
        if (lives(&arena_slot(i)->g))
            print_g(f, &arena_slot(i)->g);
    fflush(f);
}

void go_dump(int fd)
{
    print_all(fd == 1 ? stdout : stderr);
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

void go_foreach(void (*fn)(go_g *, const void *lo, const void *hi, void *arg), void *arg)
{
    struct foreach f = {fn, arg};
    for (uint64_t i = 0; i < arena_used(); i++)
        if (lives(&arena_slot(i)->g))
            scan_stack(&arena_slot(i)->g, foreach_parked, &f);
}

void go_set_panic(go_panic_fn fn)
{
    atomic_store(&panic_fn, fn);
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
    fprintf(stderr, "panic: %s\n", text);
    if (go_self())
        print_g(stderr, go_self());
    _Exit(EXIT_STATUS);
}

void report_deadlock(void)
{
    fprintf(stderr, "fatal error: all goroutines are asleep - deadlock!\n");
    print_all(stderr);
    _Exit(EXIT_STATUS);
}
