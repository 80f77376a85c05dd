/* SPDX-License-Identifier: Apache-2.0 */
/* The fuzzer's program on bare system calls: entry, calls, threads without any library's state. */
    .text
    .globl  _start
_start:
    mov     x29, xzr
    mov     x30, xzr
    mov     x0, sp
    bl      fuzz_main
    mov     x8, #94
    svc     #0

    .globl  call6                       /* number, pointer to six arguments; the child of a clone ends at once, whatever its stack is */
call6:
    mov     x8, x0
    mov     x9, x1
    ldp     x0, x1, [x9]
    ldp     x2, x3, [x9, #16]
    ldp     x4, x5, [x9, #32]
    svc     #0
    mov     x9, #435
    cmp     x8, #220                    /* clone, or clone3 */
    ccmp    x8, x9, #4, ne
    ccmp    x0, #0, #0, eq
    b.eq    1f
    ret
1:  mov     x8, #93
    svc     #0

/* thread_spawn - clone flags, top of the stack, fn, argument: the thread calls fn(argument) and exits. The tid or -errno. */
    .globl  thread_spawn
thread_spawn:
    mov     x9, x2
    mov     x10, x3
    mov     x2, xzr
    mov     x3, xzr
    mov     x4, xzr
    mov     x8, #220
    svc     #0
    cbz     x0, 1f
    ret
1:  mov     x29, xzr
    mov     x30, xzr
    mov     x0, x10
    blr     x9
    mov     x0, xzr
    mov     x8, #93
    svc     #0

/* touch_read, touch_write - one access to x0; the signal handler steps over it when it faults. */
    .globl  touch_read, touch_write, touch_end
touch_read:
    ldr     x0, [x0]
    ret
touch_write:
    str     x0, [x0]
    ret
touch_end:
    .section .note.GNU-stack, "", %progbits
