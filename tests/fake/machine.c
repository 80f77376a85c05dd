/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fake/machine.h"
#include "kernel/arch/cpu.h"
#include "kernel/core/panic.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

_Thread_local unsigned fake_cpu;
static _Thread_local uint64_t state = 1;

enum { BLOCK = 2 << 20 };

paddr_t fake_ram(uint64_t size_bytes)
{
    char *p = mmap(NULL, size_bytes + BLOCK, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (p == MAP_FAILED)
        abort();
    paddr_t pa = ALIGN_UP((paddr_t)(uintptr_t)p, (paddr_t)BLOCK);
    if (size_bytes <= 64 << 20)
        memset((void *)pa, 0xa5, size_bytes);
    return pa;
}

void fake_ram_free(paddr_t pa, uint64_t size_bytes)
{
    munmap((void *)pa, size_bytes); /* the edges of the alignment stay: a test ends soon */
}

void random_seed(uint64_t seed)
{
    state = seed * 2 + 1;
}

uint64_t random_next(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(2685821657736338717);
}

uint64_t random_below(uint64_t n)
{
    return (random_next() >> 11) % n;
}

static void die(const char *what, const char *fmt, va_list ap)
{
    fprintf(stderr, "%s: ", what);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    abort();
}

void panic(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    die("panic", fmt, ap);
    abort();
}

void boot_fail(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    die("boot_fail", fmt, ap);
    abort();
}
