/* SPDX-License-Identifier: Apache-2.0 */
/* What C and assembly of this machine agree on: sizes and the address map. */
#ifndef KERNEL_ARCH_ARM64_ASM_H
#define KERNEL_ARCH_ARM64_ASM_H

#define TF_SIZE 288 /* struct trapframe; the offsets of fields come from offsets.c */

#define SYSCALL_TABLE_SIZE \
    442 /* behind the last call that is implemented; numbers beyond go to syscall_unknown() */

/* A task's kernel stack: the upper half of a slot of twice the size; the lower half is never
 * mapped. */
#define KSTACK_SHIFT    13
#define KSTACK_SIZE     (1 << KSTACK_SHIFT)

#define DIRECT_MAP_BASE 0xffff000000000000
#define KERNEL_BASE     0xffff800000000000
#define KSTACK_BASE     0xffffc00000000000
#define MMIO_BASE       0xffffe00000000000

/* MAIR_EL1: index 0 normal write-back, 1 device nGnRE, 2 normal non-cacheable */
#define MAIR_VALUE 0x4404ff

/* SCTLR_EL1 (Arm DDI 0487 D17.2.118): M C SA SA0 ITD SED I DZE UCT nTWI nTWE SPAN UCI and what is
 * RES1 in Armv8.0. cpu_init() clears SPAN where the CPU has PAN. WXN stays 0: a program may ask for
 * writable and executable memory; the kernel itself never maps any. */
#define SCTLR_VALUE 0x34d5d99d

/* Within a signal frame (struct rt_sigframe of Linux): siginfo, ucontext from flags to sigmask, x0
 * to pstate behind the fault address, records, the frame record behind it all. */
#define SIGFRAME_INFO_BYTES  48
#define SIGFRAME_STACK       128
#define SIGFRAME_STACK_BYTES 48
#define SIGFRAME_REGS        312
#define SIGFRAME_REGS_BYTES  272
#define SIGFRAME_RECORDS     592
#define SIGFRAME_FP_BYTES    528
#define SIGFRAME_BYTES       4688
#define FPSIMD_HEAD          0x21046508001 /* magic and size of its record */
#define ESR_HEAD             0x1045535201

#endif
