/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dispatch table, made from abi/syscalls.def, whose lines are in the order of their numbers: 32-bit distances of the handlers from
 * the table, 0 where there is none. Writable: --strace replaces all of it. It is assembled for each image, with have_sys_NAME set for
 * every handler that one of the image's files defines.
 */
#include "kernel/arch/arm64/asm.h"

#define ENTRY_NONE(nr, name)
#define ENTRY_DONE(nr, name)                .ifdef have_sys_##name; .org table + 4 * nr; .word sys_##name - table; .endif;
#define ENTRY_PART(nr, name)                ENTRY_DONE(nr, name)
#define S(nr, nr_amd64, name, status, args) ENTRY_##status(nr, name)

    .section .data.syscall_table, "aw"
    .balign 4
    .globl  syscall_table
syscall_table:
table:
#include "abi/syscalls.def"
    .org    table + 4 * SYSCALL_TABLE_SIZE
