/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stacks: one reserved mapping cut into slots. A slot is a guard page, then a stack, whose top page
 * also holds the goroutine.
 *
 * Slots are a page longer than a power of two and goroutines are shifted within their page, so that
 * neighbours don't fight for the same sets of caches and TLBs. Free slots wait in a small stack per
 * P, then in a global one; their memory stays. Guards are made with MADV_GUARD_INSTALL, which needs
 * no mapping of its own; before Linux 6.13 with mprotect, which splits the mapping, so
 * vm.max_map_count limits how many there can be.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "gort/port/os.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(lo, hi) ((void)(lo), (void)(hi))
#endif

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

#define FRESH_BATCH    16
#define COLOURS        8
#define COLOUR_BYTES   128
#define SMALLEST_ARENA 64

static struct {
    char *base;
    size_t page, stride;
    uint64_t max;
    bool with_mprotect;
    int error;
    uint64_t guarded; /* slots with a guard; with the slots' lock, as `used` */
    _Atomic uint64_t used;
} arena;

static char *slot_base(uint64_t i)
{
    return arena.base + i * arena.stride;
}

struct hg *arena_slot(uint64_t i)
{
    char *top = slot_base(i) + arena.stride - i % COLOURS * COLOUR_BYTES;
    return (struct hg *)ALIGN_DOWN((uintptr_t)top - sizeof(struct hg), 64);
}

/* ------------------------------------------------------------------ guards */

static int guard_install(uint64_t i)
{
    if (!arena.with_mprotect)
        return madvise(slot_base(i), arena.page, MADV_GUARD_INSTALL);
    return mprotect(slot_base(i), arena.page, PROT_NONE);
}

/* Emulators of user mode take the advice and do nothing. If the system can store a result there, it
 * isn't a guard. */
static bool guard_works(void)
{
    return guard_install(0) == 0 && syscall(SYS_clock_getres, CLOCK_MONOTONIC, slot_base(0)) != 0 &&
           errno == EFAULT;
}

static void say_limit(void)
{
    static bool said;
    if (!said)
        fprintf(stderr,
                "gort: no more guard pages after %llu goroutines: this kernel needs a mapping for "
                "each; "
                "raise vm.max_map_count (sysctl) or use Linux 6.13 or newer\n",
                (unsigned long long)arena.guarded);
    said = true;
}

/* Locked. Makes guards for some more slots; false when there are none to be had. */
static bool guard_more(void)
{
    for (int n = 0; n < FRESH_BATCH && arena.guarded < arena.max; n++, arena.guarded++)
        if (guard_install(arena.guarded) != 0) {
            arena.error = -ENOMEM;
            say_limit();
            break;
        }
    return arena.used < arena.guarded;
}

/* ------------------------------------------------------------------ slots */

struct hg *arena_fresh_locked(void)
{
    if (arena.used == arena.guarded) {
        arena.error = -EAGAIN;
        if (!guard_more())
            return NULL;
    }
    struct hg *hg = arena_slot(arena.used);
    char *lo = slot_base(arena.used) + arena.page;
    hg_make(hg, lo);
    VALGRIND_STACK_REGISTER(lo, hg);
    atomic_store_explicit(&arena.used, arena.used + 1, memory_order_release);
    return hg;
}

/* ------------------------------------------------------------------ life */

static bool reserve(void)
{
    for (; arena.max >= SMALLEST_ARENA; arena.max /= 2) {
        void *at = mmap(NULL, arena.max * arena.stride, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
        if (at != MAP_FAILED) {
            arena.base = at;
            return true;
        }
    }
    return false;
}

size_t arena_default_stack(void)
{
    return 128 * 1024;
}

uint64_t arena_default_max(void)
{
    return 1u << 20;
}

int arena_init(size_t stack, size_t max_g)
{
    arena.page = (size_t)sysconf(_SC_PAGESIZE);
    arena.stride = ALIGN_UP(stack, arena.page) + arena.page;
    arena.max = max_g;
    arena.guarded = 0;
    atomic_store(&arena.used, 0);
    slots_forget();
    if (!reserve())
        return -ENOMEM;
    madvise(arena.base, arena.max * arena.stride, MADV_NOHUGEPAGE);
    arena.with_mprotect = false;
    arena.with_mprotect = !guard_works();
    return 0;
}

void arena_end(void)
{
    munmap(arena.base, arena.max * arena.stride);
    arena.base = NULL;
}

uint64_t arena_used(void)
{
    return atomic_load_explicit(&arena.used, memory_order_acquire);
}

const char *arena_guard(void)
{
    return arena.with_mprotect ? "mprotect" : "madvise";
}

int arena_error(void)
{
    return arena.error;
}

struct hg *arena_guard_hit(uintptr_t va)
{
    uintptr_t off = va - (uintptr_t)arena.base;
    if (!arena.base || off >= arena.used * arena.stride || off % arena.stride >= arena.page)
        return NULL;
    return arena_slot(off / arena.stride);
}
