/* SPDX-License-Identifier: Apache-2.0 */
/* arm64: system calls, the entry, instruction fetch. */
#ifndef BENCH_RTG_START_H
#define BENCH_RTG_START_H

#define SYSTEM_CALL     "svc #0"
#define REGISTER_NUMBER "x8"
#define REGISTER_0      "x0"
#define REGISTER_1      "x1"
#define REGISTER_2      "x2"
#define REGISTER_3      "x3"
#define REGISTER_4      "x4"
#define REGISTER_5      "x5"
#include "bench/rtg/c/syscalls.h"

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
