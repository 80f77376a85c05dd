/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception vectors, the way into the kernel and out of it, and the first entry of a task into EL0.
 *
 * At EL0 a CPU's SP_EL1 is the top of the running task's kernel stack; the trap frame is the first thing pushed. The system call path
 * keeps x0 to x5 as they came and calls the handler straight from the table; everything slower is in trap.c.
 * Interrupts stay masked in the kernel.
 */
#include "kernel/arch/arm64/asm.h"
#include "offsets.h"

    .macro frame_push
    sub     sp, sp, #TF_SIZE
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    mrs     x21, elr_el1
    mrs     x22, spsr_el1
    stp     x21, x22, [sp, #TF_PC]
    .endm

    .macro frame_push_el0
    frame_push
    mrs     x21, sp_el0
    stp     x30, x21, [sp, #240]
    mov     x29, xzr
    .endm

    .macro frame_pop
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    .endm

    .macro vector target
    .balign 128
    b       \target
    .endm

    .section .text.vectors, "ax"
    .balign 2048
    .globl vectors
vectors:
    /* from EL1 with SP_EL0: never used */
    vector  bad_exception
    vector  bad_exception
    vector  bad_exception
    vector  bad_exception
    /* from EL1 */
    vector  el1_sync
    vector  el1_irq
    vector  bad_exception
    vector  bad_exception
    /* from EL0, AArch64 */
    .balign 128
    frame_push_el0
    mrs     x23, esr_el1
    lsr     x24, x23, #26
    cmp     x24, #0x15
    b.eq    el0_svc
    b       el0_fault
    .balign 128
    frame_push_el0
    b       el0_irq
    vector  bad_exception
    vector  bad_exception
    /* from EL0, AArch32: never entered, programs are AArch64 */
    vector  bad_exception
    vector  bad_exception
    vector  bad_exception
    vector  bad_exception

    .text
el0_svc:
    mrs     x20, tpidr_el1
    ldr     x9, [x20, #CPU_SYSCALLS]
    add     x9, x9, #1
    str     x9, [x20, #CPU_SYSCALLS]
    and     x8, x8, #0xffffffff
    stp     x0, x8, [sp, #TF_ORIG_X0]
    ldr     x10, [x20, #CPU_TRACE_COUNT] /* trace_event(TRACE_SYSCALL, number) */
    ldp     x13, x14, [x20, #CPU_TRACE]
    mrs     x11, cntvct_el0
    and     x12, x10, x14
    add     x12, x13, x12, lsl #4
    stp     x11, x8, [x12]
    add     x10, x10, #1
    add     x11, x20, #CPU_TRACE_COUNT
    stlr    x10, [x11]
    adr     x10, syscall_table
    cmp     x8, #SYSCALL_TABLE_SIZE
    b.hs    1f
    ldrsw   x9, [x10, x8, lsl #2]
    cbz     x9, 1f
    add     x9, x10, x9
    blr     x9
    str     x0, [sp]
2:  mrs     x20, tpidr_el1              /* the task may have moved to another CPU */
    ldr     x9, [x20, #CPU_TASK]
    ldr     w10, [x9, #TASK_WORK]
    ldrb    w11, [x20, #CPU_NEED_RESCHED]
    orr     w10, w10, w11
    cbnz    w10, el0_work
el0_return:
    ldp     x21, x22, [sp, #TF_PC]
    ldp     x30, x23, [sp, #240]
    msr     elr_el1, x21
    msr     spsr_el1, x22
    msr     sp_el0, x23
    frame_pop
    add     sp, sp, #TF_SIZE
    eret
1:  mov     x0, sp
    bl      syscall_unknown
    str     x0, [sp]
    b       2b

el0_fault:
    mov     x0, sp
    mov     x1, x23
    mrs     x2, far_el1
    bl      trap_el0_fault
    b       el0_check

el0_irq:
    mvn     x9, xzr
    str     x9, [sp, #TF_SYSCALL]
    bl      trap_irq
el0_check:
    mrs     x20, tpidr_el1
    ldr     x9, [x20, #CPU_TASK]
    ldr     w10, [x9, #TASK_WORK]
    ldrb    w11, [x20, #CPU_NEED_RESCHED]
    orr     w10, w10, w11
    cbz     w10, el0_return
el0_work:
    mov     x0, sp
    bl      user_exit_work
    b       el0_return

/*
 * arch_task_enter - a new task's first step: into EL0 with the trap frame at the top of its kernel stack. SP is wherever the G
 * started, below the frame. x0 = struct trapframe *.
 */
    .globl  arch_task_enter
arch_task_enter:
    mov     sp, x0
    b       el0_check

/* arch_continue_on - go on with fn(arg) on the stack whose top is x0; x1 = fn, x2 = arg. The old stack is left for ever. */
    .globl  arch_continue_on
arch_continue_on:
    mov     sp, x0
    mov     x29, xzr
    mov     x30, xzr
    mov     x0, x2
    br      x1

/* An exception in the kernel itself. A stack that has run into the unmapped half of its slot has KSTACK_SHIFT clear in SP. */
    .macro el1_frame
    sub     sp, sp, #TF_SIZE
    add     sp, sp, x0
    sub     x0, sp, x0
    tbz     x0, #KSTACK_SHIFT, stack_overflow
    sub     x0, sp, x0
    sub     sp, sp, x0
    add     sp, sp, #TF_SIZE
    frame_push
    add     x21, sp, #TF_SIZE
    stp     x30, x21, [sp, #240]
    .endm

el1_sync:
    el1_frame
    mov     x0, sp
    mrs     x1, esr_el1
    mrs     x2, far_el1
    bl      trap_el1_sync
    b       el1_return

/* Interrupts are unmasked at EL1 nowhere; this is here for a stray one. */
el1_irq:
    el1_frame
    bl      trap_irq
el1_return:
    ldp     x21, x22, [sp, #TF_PC]
    msr     elr_el1, x21
    msr     spsr_el1, x22
    frame_pop
    ldr     x30, [sp, #240]
    add     sp, sp, #TF_SIZE
    eret

/* The stack is gone: report on the CPU's own scheduler stack, which nobody returns to. */
stack_overflow:
    mrs     x0, tpidr_el1
    ldr     x1, [x0, #CPU_STACK_TOP]
    mov     x2, sp
    mov     sp, x1
    frame_push
    add     x1, x2, #TF_SIZE
    stp     x30, x1, [sp, #240]
    mov     x0, sp
    mrs     x1, esr_el1
    mrs     x2, far_el1
    bl      trap_stack_overflow

bad_exception:
    frame_push
    add     x21, sp, #TF_SIZE
    stp     x30, x21, [sp, #240]
    mov     x0, sp
    mrs     x1, esr_el1
    mrs     x2, far_el1
    bl      trap_unexpected
    .section .note.GNU-stack, "", %progbits
