/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls by number, and whether Mazboot's kernel has them: from the same table as the
 * kernel. */
#ifndef GOBIN_SYSCALLS_H
#define GOBIN_SYSCALLS_H

#include "gobin/elf.h"

enum syscall_support { SYSCALL_DONE, SYSCALL_PART, SYSCALL_MISSING };

struct syscall_info {
    int generic; /* number on arm64 and riscv64 */
    int amd64;   /* -1: has none */
    const char *name;
    enum syscall_support support;
};

extern const struct syscall_info syscall_table[];
extern const size_t syscall_count;

/* The call with that number on that machine, as an index of syscall_table; -ENOENT. */
int syscall_by_number(enum gobin_machine machine, int64_t number);

#endif
