/* SPDX-License-Identifier: Apache-2.0 */
/* Calls into firmware or hypervisor (Arm DEN 0028, SMC64 convention): function number and three
 * arguments in, one result out. */
#ifndef KERNEL_ARCH_ARM64_SMCCC_H
#define KERNEL_ARCH_ARM64_SMCCC_H

#include "lib/types.h"

#define SMCCC_CALL(insn)                                                                          \
    static inline int64_t smccc_##insn(uint32_t function, uint64_t a, uint64_t b, uint64_t c)     \
    {                                                                                             \
        register uint64_t x0 __asm__("x0") = function;                                            \
        register uint64_t x1 __asm__("x1") = a;                                                   \
        register uint64_t x2 __asm__("x2") = b;                                                   \
        register uint64_t x3 __asm__("x3") = c;                                                   \
        __asm__ volatile(#insn " #0"                                                              \
                         : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)                                 \
                         :                                                                        \
                         : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", \
                           "x15", "x16", "x17", "memory");                                        \
        return (int64_t)x0;                                                                       \
    }

SMCCC_CALL(hvc)
SMCCC_CALL(smc)

#endif
