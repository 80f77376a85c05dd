/* SPDX-License-Identifier: Apache-2.0 */
/* The names of system calls, made from abi/syscalls.def, and calls that nobody handles. */
#include "kernel/linux/syscall.h"
#include "abi/errno.h"
#include "kernel/arch/trap.h"
#include "kernel/core/link.h"
#include "kernel/core/log.h"
#include "kernel/core/options.h"
#include "kernel/linux/dump.h"
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

/* By number; those beyond the table share the last place. */
static uint32_t unknown[SYSCALL_TABLE_SIZE];
static uint32_t beyond; /* the first of those */

static uint64_t number_at(unsigned slot)
{
    return slot == SYSCALL_TABLE_SIZE - 1 ? beyond : slot;
}

uint64_t syscall_unknown_count(void)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < SYSCALL_TABLE_SIZE; i++)
        sum += __atomic_load_n(&unknown[i], __ATOMIC_RELAXED);
    return sum;
}

static bool wanted(void)
{
    return option_is("unknown", "1");
}

/* Told once per number. */
static COLD void tell(uint64_t nr)
{
    const char *name = syscall_name(nr);
    log_info("system call %lu (%s) is not implemented: the program gets ENOSYS", nr,
             name ? name : "no Linux call has this number");
    if (wanted())
        thread_report_unknown();
}

long syscall_unknown(struct trapframe *tf)
{
    uint64_t nr = (uint64_t)tf->syscall;
    uint64_t slot = MIN(nr, (uint64_t)SYSCALL_TABLE_SIZE - 1);
    if (!__atomic_fetch_add(&unknown[slot], 1, __ATOMIC_RELAXED)) {
        if (slot == SYSCALL_TABLE_SIZE - 1)
            beyond = (uint32_t)nr;
        tell(nr);
    }
    return -ENOSYS;
}

void syscall_unknown_report(void)
{
    for (unsigned i = 0; wanted() && i < SYSCALL_TABLE_SIZE; i++) {
        struct link_count c = {(uint32_t)number_at(i), unknown[i]};
        if (c.count)
            link_write_now(LINK_COUNTS, 0, &c, sizeof c);
    }
}
