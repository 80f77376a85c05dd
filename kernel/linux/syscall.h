/* SPDX-License-Identifier: Apache-2.0 */
/* System calls: the handlers' prototypes, made from abi/syscalls.def, and the table. */
#ifndef KERNEL_LINUX_SYSCALL_H
#define KERNEL_LINUX_SYSCALL_H

#include "kernel/arch/arm64/asm.h"
#include "lib/types.h"

/* C types of the argument kinds. */
#define T_INT                              int
#define T_FD                               int
#define T_DIRFD                            int
#define T_SIG                              int
#define T_U32                              uint32_t
#define T_FLAGS                            uint32_t
#define T_MODE                             uint32_t
#define T_PROT                             uint32_t
#define T_MAPFLAGS                         uint32_t
#define T_OFLAGS                           uint32_t
#define T_FUTEXOP                          uint32_t
#define T_S64                              int64_t
#define T_U64                              uint64_t
#define T_CLONEFLAGS                       uint64_t
#define T_SIZE                             uint64_t
#define T_PTR                              vaddr_t
#define T_STR                              vaddr_t
#define T_INBUF                            vaddr_t
#define T_OUTBUF                           vaddr_t
#define T_FDFLAGS                          uint32_t
#define T_ATFLAGS                          uint32_t
#define T_MSGFLAGS                         uint32_t
#define T_WAITFLAGS                        int
#define T_SOCKTYPE                         int
#define T_FAMILY                           int
#define T_WHENCE                           int
#define T_FCNTL                            int
#define T_ADVICE                           int
#define T_SIGHOW                           int
#define T_CLOCK                            int
#define T_EPOLLOP                          int
#define T_SHUTHOW                          int
#define T_ITIMER                           int
#define T_RESOURCE                         int
#define T_SOLEVEL                          int

#define AU()                               (void)
#define A0()                               (void)
#define A1(k1, n1)                         (T_##k1 n1)
#define A2(k1, n1, k2, n2)                 (T_##k1 n1, T_##k2 n2)
#define A3(k1, n1, k2, n2, k3, n3)         (T_##k1 n1, T_##k2 n2, T_##k3 n3)
#define A4(k1, n1, k2, n2, k3, n3, k4, n4) (T_##k1 n1, T_##k2 n2, T_##k3 n3, T_##k4 n4)
#define A5(k1, n1, k2, n2, k3, n3, k4, n4, k5, n5) \
    (T_##k1 n1, T_##k2 n2, T_##k3 n3, T_##k4 n4, T_##k5 n5)
#define A6(k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6) \
    (T_##k1 n1, T_##k2 n2, T_##k3 n3, T_##k4 n4, T_##k5 n5, T_##k6 n6)

#define SYSCALL_PROTO_NONE(name, args)
#define SYSCALL_PROTO_DONE(name, args)      long sys_##name args;
#define SYSCALL_PROTO_PART(name, args)      long sys_##name args;
#define S(nr, nr_amd64, name, status, args) SYSCALL_PROTO_##status(name, args)
#include "abi/syscalls.def"
#undef S
#undef AU
#undef A0
#undef A1
#undef A2
#undef A3
#undef A4
#undef A5
#undef A6

/* syscall_table - the distance of each number's handler from the table's start, 0: there is none;
 * vectors.S calls them with the program's x0 to x5 as arguments. (kernel/arch) */
extern int32_t syscall_table[SYSCALL_TABLE_SIZE];

/* syscall_name - "openat", or NULL for a number Linux doesn't have. */
const char *syscall_name(uint64_t nr);

/* syscall_index - the place of a number in the table's lines, -1: it has none. */
int syscall_index(uint64_t nr);

/* syscall_unknown_count - calls so far that were answered with ENOSYS because there is no handler.
 */
uint64_t syscall_unknown_count(void);

/* syscall_unknown_report - LINK_COUNTS of each of them, if the option unknown=1 asks for that. The
 * program ends. */
void syscall_unknown_report(void);

#endif
