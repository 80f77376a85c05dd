/* SPDX-License-Identifier: Apache-2.0 */
/* amd64: system calls, the entry, instruction fetch. */
#ifndef BENCH_RTG_START_H
#define BENCH_RTG_START_H

#ifdef __TINYC__ /* has no variables in chosen registers: syscall.S moves them */
int64 tcc_syscall(int64 n, int64 a, int64 b, int64 c, int64 d, int64 e, int64 f);
#define syscall0(n)                   tcc_syscall(n, 0, 0, 0, 0, 0, 0)
#define syscall1(n, a)                tcc_syscall(n, a, 0, 0, 0, 0, 0)
#define syscall2(n, a, b)             tcc_syscall(n, a, b, 0, 0, 0, 0)
#define syscall3(n, a, b, c)          tcc_syscall(n, a, b, c, 0, 0, 0)
#define syscall4(n, a, b, c, d)       tcc_syscall(n, a, b, c, d, 0, 0)
#define syscall5(n, a, b, c, d, e)    tcc_syscall(n, a, b, c, d, e, 0)
#define syscall6(n, a, b, c, d, e, f) tcc_syscall(n, a, b, c, d, e, f)
#define __builtin_unreachable()       ((void)0)
#else
static inline int64 syscall0(int64 n)
{
    register int64 nr __asm__("rax") = n;
    __asm__ volatile("syscall" : "+r"(nr) : : "rcx", "r11", "memory");
    return nr;
}

static inline int64 syscall1(int64 n, int64 a0)
{
    register int64 nr __asm__("rax") = n;
    register int64 r0 __asm__("rdi") = a0;
    __asm__ volatile("syscall" : "+r"(nr) : "r"(r0) : "rcx", "r11", "memory");
    return nr;
}

static inline int64 syscall2(int64 n, int64 a0, int64 a1)
{
    register int64 nr __asm__("rax") = n;
    register int64 r0 __asm__("rdi") = a0;
    register int64 r1 __asm__("rsi") = a1;
    __asm__ volatile("syscall" : "+r"(nr) : "r"(r0), "r"(r1) : "rcx", "r11", "memory");
    return nr;
}

static inline int64 syscall3(int64 n, int64 a0, int64 a1, int64 a2)
{
    register int64 nr __asm__("rax") = n;
    register int64 r0 __asm__("rdi") = a0;
    register int64 r1 __asm__("rsi") = a1;
    register int64 r2 __asm__("rdx") = a2;
    __asm__ volatile("syscall" : "+r"(nr) : "r"(r0), "r"(r1), "r"(r2) : "rcx", "r11", "memory");
    return nr;
}

static inline int64 syscall4(int64 n, int64 a0, int64 a1, int64 a2, int64 a3)
{
    register int64 nr __asm__("rax") = n;
    register int64 r0 __asm__("rdi") = a0;
    register int64 r1 __asm__("rsi") = a1;
    register int64 r2 __asm__("rdx") = a2;
    register int64 r3 __asm__("r10") = a3;
    __asm__ volatile("syscall"
                     : "+r"(nr)
                     : "r"(r0), "r"(r1), "r"(r2), "r"(r3)
                     : "rcx", "r11", "memory");
    return nr;
}

static inline int64 syscall5(int64 n, int64 a0, int64 a1, int64 a2, int64 a3, int64 a4)
{
    register int64 nr __asm__("rax") = n;
    register int64 r0 __asm__("rdi") = a0;
    register int64 r1 __asm__("rsi") = a1;
    register int64 r2 __asm__("rdx") = a2;
    register int64 r3 __asm__("r10") = a3;
    register int64 r4 __asm__("r8") = a4;
    __asm__ volatile("syscall"
                     : "+r"(nr)
                     : "r"(r0), "r"(r1), "r"(r2), "r"(r3), "r"(r4)
                     : "rcx", "r11", "memory");
    return nr;
}

static inline int64 syscall6(int64 n, int64 a0, int64 a1, int64 a2, int64 a3, int64 a4, int64 a5)
{
    register int64 nr __asm__("rax") = n;
    register int64 r0 __asm__("rdi") = a0;
    register int64 r1 __asm__("rsi") = a1;
    register int64 r2 __asm__("rdx") = a2;
    register int64 r3 __asm__("r10") = a3;
    register int64 r4 __asm__("r8") = a4;
    register int64 r5 __asm__("r9") = a5;
    __asm__ volatile("syscall"
                     : "+r"(nr)
                     : "r"(r0), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
                     : "rcx", "r11", "memory");
    return nr;
}
#endif

#define ARCH_amd64        1
#define ARCH_arm64        0
#define ARCH_riscv64      0
#define fence()           __asm__ volatile("mfence" ::: "memory")
#define isb()             ((void)0)
#define flush_cache(p, n) ((void)(p), (void)(n))

static int64 program_status(void);
void _start(void);
void _start(void)
{
    syscall1(__NR_exit_group, program_status());
    __builtin_unreachable();
}

#endif
