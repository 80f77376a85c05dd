/* SPDX-License-Identifier: Apache-2.0 */
/* Loading a program into an address space: segments, stack, auxiliary vector. */
#ifndef KERNEL_LINUX_EXEC_H
#define KERNEL_LINUX_EXEC_H

#include "kernel/core/aspace.h"
#include "lib/elf.h"

#define EXEC_AUXV_MAX    24
#define EXEC_STACK_BYTES (UINT64_C(8) << 20) /* RLIMIT_STACK's usual soft limit */
#define EXEC_ARGS_MAX    (UINT64_C(2) << 20) /* bytes of strings and pointers; more is -E2BIG */

/* Strings one after the other, each ended by NUL, as the payload has them. */
struct exec_strings {
    const char *data;
    size_t size_bytes;
    unsigned count;
};

struct exec_args {
    struct vmobj *program; /* the ELF file */
    const void *head;      /* its first bytes: ELF header and program headers at least */
    size_t head_bytes;
    uint64_t file_bytes;
    struct exec_strings argv, envp;
    const char *execfn;     /* AT_EXECFN */
    uint8_t random[16];     /* AT_RANDOM */
    uint64_t layout_random; /* moves stack and position-independent programs */
    vaddr_t vdso;           /* AT_SYSINFO_EHDR, 0: none (tag left out) */
    uint64_t hwcap, hwcap2;
    uint32_t ids[4];            /* real and effective user, real and effective group */
    uint64_t stack_limit_bytes; /* RLIMIT_STACK; 0: EXEC_STACK_BYTES */
};

struct exec_result {
    vaddr_t entry, sp;
    vaddr_t stack_top; /* end of the strings: /proc/self/stat's startstack is sp */
    vaddr_t arg_start, arg_end, env_start, env_end; /* for /proc/self/cmdline and environ */
    vaddr_t code_start, code_end, data_start, data_end;
    unsigned auxv_words;              /* of auxv, AT_NULL pair included */
    uint64_t auxv[2 * EXEC_AUXV_MAX]; /* as on the stack, for /proc/self/auxv */
    enum elf_load_error elf;          /* why, after -ENOEXEC */
};

/* The payload's program, which is mapped from where it is, once the first process has been loaded.
 */
extern struct vmobj exec_payload;
extern const void *exec_payload_bytes;

/*
 * exec_load - map the program of `args` into the empty address space `as` and build its first
 * stack. as need not be active: pages are reached through the direct map. Task context (may sleep
 * for the file's pages). 0; -ENOEXEC (result->elf says why); -E2BIG; -ENOMEM.
 */
int exec_load(struct aspace *as, const struct exec_args *args,
              struct exec_result *result) MUST_CHECK;

#endif
