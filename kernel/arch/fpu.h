/* SPDX-License-Identifier: Apache-2.0 */
/* The program's floating point and vector registers. The running task's are in its CPU, all the
 * time: the kernel uses none, but for the copies of uaccess.S, which give them back. */
#ifndef KERNEL_ARCH_FPU_H
#define KERNEL_ARCH_FPU_H

#include "lib/types.h"

/*
 * As Linux has it in a signal frame (struct fpsimd_context of arm64's uapi sigcontext.h), its
 * header included, so that a frame takes it by one copy. The header's words are the frame's
 * business.
 */
struct fpu_state {
    uint32_t magic, size;
    uint32_t fpsr, fpcr;
    uint64_t vregs[32][2];
} ALIGNED(16);

/* fpu_save, fpu_load - all of the registers of this CPU. */
void fpu_save(struct fpu_state *s);
void fpu_load(const struct fpu_state *s);

/* fpu_thread_pointer - the program's TLS register (TPIDR_EL0) of this CPU. */
uint64_t fpu_thread_pointer(void);
void fpu_set_thread_pointer(uint64_t value);

#endif
