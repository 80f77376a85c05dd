/* SPDX-License-Identifier: Apache-2.0 */
/* What a program may ask of a kernel. Go's linker drops what can't be reached, so a system call
 * that is still in the text may be made; the number is read off the code that loads it. */
#ifndef GOBIN_NEEDS_H
#define GOBIN_NEEDS_H

#include "gobin/gobin.h"

#define NEEDS_SYSCALLS_MAX 512
#define NEEDS_UNLISTED_MAX 16

struct needs {
    const char *made_by[NEEDS_SYSCALLS_MAX]; /* per index of syscall_table: a function that makes
                                                the call, or NULL */
    size_t nsyscalls;
    int64_t unlisted[NEEDS_UNLISTED_MAX]; /* numbers that syscall_table hasn't for this machine */
    size_t nunlisted;
    size_t unknown;         /* calls whose number isn't a constant near by */
    const char *unknown_by; /* the function of one of them */
    bool network;           /* it can open sockets by the packages syscall, x/sys/unix or net */
    bool certificates;      /* it looks for the system's certificate authorities */
    bool starts_processes, cgo, dynamic_loader;
    uint64_t image_bytes;    /* of memory that the program takes once loaded, whole pages */
    uint64_t writable_bytes; /* of them */
};

/* What names and headers tell, without a look at the code: the yes-or-no answers and the memory. */
void needs_glance(struct needs *n, const struct gobin *bin);

/* All of it. -ENOMEM; -ENOSYS: amd64 code can't be walked without LLVM; bin->error set. What
 * doesn't need a walk is filled anyway. */
int needs_find(struct needs *n, struct gobin *bin);

#endif
