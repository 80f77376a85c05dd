/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and writing a thread's current G in place. The address of a thread-local variable must
 * not be kept across a switch, since a G goes on in another thread: so the compiler doesn't get to
 * see an address here. The variable is gort_cur_g, of the initial-exec model.
 */
#ifndef GORT_ASM_TLS_H
#define GORT_ASM_TLS_H

struct g;

#if defined(__x86_64__)
static inline __attribute__((always_inline)) struct g *tls_getg(void)
{
    struct g *gp;
    __asm__ volatile("movq gort_cur_g@gottpoff(%%rip), %0\n\tmovq %%fs:(%0), %0" : "=r"(gp));
    return gp;
}

static inline __attribute__((always_inline)) void tls_setg(struct g *gp)
{
    void *at;
    __asm__ volatile("movq gort_cur_g@gottpoff(%%rip), %0\n\tmovq %1, %%fs:(%0)"
                     : "=&r"(at)
                     : "r"(gp)
                     : "memory");
}
#elif defined(__aarch64__)
#define TLS_ADDRESS                      \
    "mrs %0, tpidr_el0\n\t"              \
    "adrp x16, :gottprel:gort_cur_g\n\t" \
    "ldr x16, [x16, :gottprel_lo12:gort_cur_g]\n\t"
static inline __attribute__((always_inline)) struct g *tls_getg(void)
{
    struct g *gp;
    __asm__ volatile(TLS_ADDRESS "ldr %0, [%0, x16]" : "=&r"(gp) : : "x16");
    return gp;
}

static inline __attribute__((always_inline)) void tls_setg(struct g *gp)
{
    void *at;
    __asm__ volatile(TLS_ADDRESS "str %1, [%0, x16]" : "=&r"(at) : "r"(gp) : "x16", "memory");
}
#elif defined(__riscv)
static inline __attribute__((always_inline)) struct g *tls_getg(void)
{
    struct g *gp;
    __asm__ volatile("la.tls.ie %0, gort_cur_g\n\tadd %0, %0, tp\n\tld %0, 0(%0)" : "=&r"(gp));
    return gp;
}

static inline __attribute__((always_inline)) void tls_setg(struct g *gp)
{
    void *at;
    __asm__ volatile("la.tls.ie %0, gort_cur_g\n\tadd %0, %0, tp\n\tsd %1, 0(%0)"
                     : "=&r"(at)
                     : "r"(gp)
                     : "memory");
}
#else
#error "gort doesn't know where this machine keeps thread-local variables"
#endif

#endif
