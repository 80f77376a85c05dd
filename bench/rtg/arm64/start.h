/* SPDX-License-Identifier: Apache-2.0 */
/* arm64: system calls, the entry, instruction fetch. */
#ifndef BENCH_RTG_START_H
#define BENCH_RTG_START_H

static inline int64 syscall0(int64 n)
{
    register int64 nr __asm__("x8") = n;
    register int64 r0 __asm__("x0");
    __asm__ volatile("svc #0" : "=r"(r0) : "r"(nr) : "memory");
    return r0;
}

static inline int64 syscall1(int64 n, int64 a0)
{
    register int64 nr __asm__("x8") = n;
    register int64 r0 __asm__("x0") = a0;
    __asm__ volatile("svc #0" : "+r"(r0) : "r"(nr) : "memory");
    return r0;
}

static inline int64 syscall2(int64 n, int64 a0, int64 a1)
{
    register int64 nr __asm__("x8") = n;
    register int64 r0 __asm__("x0") = a0;
    register int64 r1 __asm__("x1") = a1;
    __asm__ volatile("svc #0" : "+r"(r0) : "r"(nr), "r"(r1) : "memory");
    return r0;
}

static inline int64 syscall3(int64 n, int64 a0, int64 a1, int64 a2)
{
    register int64 nr __asm__("x8") = n;
    register int64 r0 __asm__("x0") = a0;
    register int64 r1 __asm__("x1") = a1;
    register int64 r2 __asm__("x2") = a2;
    __asm__ volatile("svc #0" : "+r"(r0) : "r"(nr), "r"(r1), "r"(r2) : "memory");
    return r0;
}

static inline int64 syscall4(int64 n, int64 a0, int64 a1, int64 a2, int64 a3)
{
    register int64 nr __asm__("x8") = n;
    register int64 r0 __asm__("x0") = a0;
    register int64 r1 __asm__("x1") = a1;
    register int64 r2 __asm__("x2") = a2;
    register int64 r3 __asm__("x3") = a3;
    __asm__ volatile("svc #0" : "+r"(r0) : "r"(nr), "r"(r1), "r"(r2), "r"(r3) : "memory");
    return r0;
}

static inline int64 syscall5(int64 n, int64 a0, int64 a1, int64 a2, int64 a3, int64 a4)
{
    register int64 nr __asm__("x8") = n;
    register int64 r0 __asm__("x0") = a0;
    register int64 r1 __asm__("x1") = a1;
    register int64 r2 __asm__("x2") = a2;
    register int64 r3 __asm__("x3") = a3;
    register int64 r4 __asm__("x4") = a4;
    __asm__ volatile("svc #0" : "+r"(r0) : "r"(nr), "r"(r1), "r"(r2), "r"(r3), "r"(r4) : "memory");
    return r0;
}

static inline int64 syscall6(int64 n, int64 a0, int64 a1, int64 a2, int64 a3, int64 a4, int64 a5)
{
    register int64 nr __asm__("x8") = n;
    register int64 r0 __asm__("x0") = a0;
    register int64 r1 __asm__("x1") = a1;
    register int64 r2 __asm__("x2") = a2;
    register int64 r3 __asm__("x3") = a3;
    register int64 r4 __asm__("x4") = a4;
    register int64 r5 __asm__("x5") = a5;
    __asm__ volatile("svc #0"
                     : "+r"(r0)
                     : "r"(nr), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
                     : "memory");
    return r0;
}

#define ARCH_amd64        0
#define ARCH_arm64        1
#define ARCH_riscv64      0
#define fence()           __asm__ volatile("dmb ish" ::: "memory")
#define isb()             __asm__ volatile("dsb ish\n isb" ::: "memory")
#define flush_cache(p, n) __builtin___clear_cache((char *)(p), (char *)(p) + (n))

static int64 program_status(void);
void _start(void);
void _start(void)
{
    syscall1(__NR_exit_group, program_status());
    __builtin_unreachable();
}

#endif
