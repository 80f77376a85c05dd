/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare switch: two Gs that leave to g0 and enter each other, with no scheduler in between. raw
 * COUNT prints CPU nanoseconds per switch. Who runs is kept where the library keeps it: taken from
 * a register that went through the switch itself, each switch would wait for the stores of the
 * one before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gort/asm/tls.h"
#include "gort/g.h"

void gort_mcall(struct g *gp, struct gobuf *g0, void (*fn)(struct g *));
void gort_gogo(struct gobuf *buf) __attribute__((noreturn));
void gort_entry(void);
void gort_g_main(void) __attribute__((noreturn));

static union {
    struct g g;
    char room[512];
} pair[2] __attribute__((aligned(1024)));
static struct g g0;
static unsigned char stack[2][65536] __attribute__((aligned(16)));
static long n;
_Thread_local struct g *gort_cur_g;

/* On g0: make the other of the pair the current one and enter it. In assembly, so that nothing but
 * the switch is measured. */
void other(struct g *gp);
__asm__("other:\n\t"
        "xorq $512, %rdi\n\t"
        "movq gort_cur_g@gottpoff(%rip), %rax\n\t"
        "movq %rdi, %fs:(%rax)\n\t"
        "addq $32, %rdi\n\t"
        "jmp gort_gogo");
_Static_assert(sizeof(pair[0]) == 512 && G_SCHED == 32, "as other() has it");

static void home(struct g *gp)
{
    (void)gp;
    gort_gogo(&g0.sched);
}

/* Entered once for each of the pair. */
void gort_g_main(void)
{
    for (long i = n / 2; i > 0; i--)
        gort_mcall(tls_getg(), &g0.sched, other);
    gort_mcall(tls_getg(), &g0.sched, home);
    abort();
}

static void first(struct g *gp)
{
    (void)gp;
    tls_setg(&pair[0].g);
    gort_gogo(&pair[0].g.sched);
}

static double cpu(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

int main(int argc, char **argv)
{
    n = argc > 1 ? atol(argv[1]) : 20000000;
    for (int i = 0; i < 2; i++) {
        pair[i].g.sched.sp = (uintptr_t)(stack[i] + sizeof(stack[i]));
        pair[i].g.sched.pc = (uintptr_t)gort_entry;
    }
    double before = cpu();
    gort_mcall(&g0, &g0.sched, first);
    printf("cpu %.2f\n", (cpu() - before) / (double)n);
}
