/* SPDX-License-Identifier: Apache-2.0 */
/* riscv64: system calls, the entry, instruction fetch. */
#ifndef BENCH_RTG_START_H
#define BENCH_RTG_START_H

#define SYSTEM_CALL     "ecall"
#define REGISTER_NUMBER "a7"
#define REGISTER_0      "a0"
#define REGISTER_1      "a1"
#define REGISTER_2      "a2"
#define REGISTER_3      "a3"
#define REGISTER_4      "a4"
#define REGISTER_5      "a5"
#include "bench/rtg/c/syscalls.h"

#define ARCH_amd64        0
#define ARCH_arm64        0
#define ARCH_riscv64      1
#define fence()           __asm__ volatile("fence rw, rw" ::: "memory")
#define isb()             __asm__ volatile("fence rw, rw\n fence.i" ::: "memory")
#define flush_cache(p, n) isb()

static int64 program_status(void);
void _start(void);
void _start(void)
{
    syscall1(__NR_exit_group, program_status());
    __builtin_unreachable();
}

#endif
