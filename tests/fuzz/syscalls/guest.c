/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzzer is as a program of its own: its memory is its memory, its handler is run. */
#include "tests/fuzz/syscalls/guest.h"
#include "lib/str.h"

extern char __bss_start[], _end[]; /* the linker's */

void program_write(uint64_t at, const void *bytes, size_t n)
{
    memcpy((void *)at, bytes, n);
}

/* Frames of signals lie here, many at a time. */
static void stack_touch(unsigned pages)
{
    volatile char page[3072];
    page[pages] = 0;
    if (pages)
        stack_touch(pages - 1);
    page[pages] = 1;
}

void own_memory_touch(void)
{
    for (volatile char *p = __bss_start; p < _end; p += 4096)
        *p = *p;
    stack_touch(512);
}

void round_good(void)
{
}

/* Steps over an access of touch_read or touch_write that faulted; everything else only interrupts.
 * ucontext: pc is 440 bytes in. */
void on_signal(int sig, void *info, uint64_t *context)
{
    uint64_t *pc = &context[440 / 8];
    int code = ((const int *)info)[2];
    if (sig != 11 && sig != 7)
        return;
    if (*pc >= (uint64_t)touch_read && *pc < (uint64_t)touch_end) {
        *pc += 4;
    } else if (code > 0 && code < 3 && context[176 / 8] &&
               context[176 / 8] == ((uint64_t *)info)[2]) {
        print("the fuzzer faults at %lx, address %lx\n", *pc, context[176 / 8]);
        CALL(NR_EXIT_GROUP, 2);
    }
}
