/* SPDX-License-Identifier: Apache-2.0 */
/* The names of system calls, made from abi/syscalls.def, and calls that nobody handles. */
#include "kernel/linux/syscall.h"
#include "abi/errno.h"
#include "kernel/arch/trap.h"
#include "kernel/core/log.h"
#include "lib/str.h"

/* Numbers and, in the same order, names, each ended by NUL. Only reports and --strace look here. */
static const uint16_t numbers[] = {
#define S(nr, nr_amd64, name, status, args) nr,
#include "abi/syscalls.def"
#undef S
};
static const char names[] =
#define S(nr, nr_amd64, name, status, args) #name "\0"
#include "abi/syscalls.def"
#undef S
    ;

int syscall_index(uint64_t nr)
{
    for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++)
        if (numbers[i] == nr)
            return (int)i;
    return -1;
}

const char *syscall_name(uint64_t nr)
{
    int index = syscall_index(nr);
    const char *name = names;
    for (int i = 0; i < index; i++)
        name += strlen(name) + 1;
    return index < 0 ? NULL : name;
}

static uint64_t unknown_count;
static uint64_t reported[(SYSCALL_TABLE_SIZE + 63) / 64];

uint64_t syscall_unknown_count(void)
{
    return __atomic_load_n(&unknown_count, __ATOMIC_RELAXED);
}

/* Told once per number; numbers beyond the table share the last bit. */
long syscall_unknown(struct trapframe *tf)
{
    uint64_t nr = (uint64_t)tf->syscall;
    uint64_t slot = MIN(nr, (uint64_t)SYSCALL_TABLE_SIZE - 1);
    uint64_t bit = UINT64_C(1) << (slot % 64);
    __atomic_fetch_add(&unknown_count, 1, __ATOMIC_RELAXED);
    if (!(__atomic_fetch_or(&reported[slot / 64], bit, __ATOMIC_RELAXED) & bit)) {
        const char *name = syscall_name(nr);
        log_info("system call %lu (%s) is not implemented: the program gets ENOSYS", nr,
                 name ? name : "no Linux call has this number");
    }
    return -ENOSYS;
}
