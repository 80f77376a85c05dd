/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the vDSO share: they run in the program, at EL0. */
#ifndef KERNEL_LINUX_VDSO_USER_H
#define KERNEL_LINUX_VDSO_USER_H

#include "kernel/linux/vdso/data.h"

#define EXPORT __attribute__((visibility("default")))

/* The page before the ELF header of this very object. */
static inline const struct vdso_data *shared(void)
{
    const struct vdso_data *d;
    __asm__("adrp %0, __ehdr_start - 4096" : "=r"(d));
    return d;
}

_Static_assert(VDSO_DATA_BYTES == 4096, "as in shared()");

/* A system call of up to three arguments: what the kernel answered. */
static inline long system_call(long number, long a, long b, long c)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x8) : "memory");
    return x0;
}

#endif
