/* SPDX-License-Identifier: Apache-2.0 */
/* prelude.rtg as it is, in memory: prelude_source up to prelude_end. */
    .section .rodata
    .globl prelude_source, prelude_end
prelude_source:
    .incbin "rtgc/prelude.rtg"
prelude_end:
    .section .note.GNU-stack, "", %progbits
