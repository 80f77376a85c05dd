/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks on Windows: one reserved range of slots (slot.h), each committed as a whole when it is
 * first used. */
#include <errno.h>
#include <string.h>
#include <windows.h>

#include "gort/port/os.h"
#include "gort/port/windows/slot.h"

static struct {
    char *base;
    size_t stride;
    uint64_t max;
    int error;
    _Atomic uint64_t used; /* with the slots' lock */
} arena;

struct hg *arena_slot(uint64_t i)
{
    uintptr_t top = (uintptr_t)arena.base + (i + 1) * arena.stride;
    return (struct hg *)ALIGN_DOWN(top - sizeof(struct hg), 64);
}

struct hg *arena_fresh_locked(void)
{
    uint64_t i = arena.used;
    char *base = arena.base + i * arena.stride, *lo = base + SLOT_BELOW;
    DWORD old;
    arena.error = i == arena.max ? -EAGAIN : -ENOMEM;
    if (i == arena.max ||
        !VirtualAlloc(base + SLOT_PAGE, arena.stride - SLOT_PAGE, MEM_COMMIT, PAGE_READWRITE) ||
        !VirtualProtect(lo - SLOT_PAGE, SLOT_PAGE, PAGE_READWRITE | PAGE_GUARD, &old))
        return NULL;
    struct hg *hg = arena_slot(i);
    hg_make(hg, lo);
    atomic_store(&arena.used, i + 1);
    return hg;
}

int arena_error(void)
{
    return arena.error;
}

uint64_t arena_used(void)
{
    return atomic_load(&arena.used);
}

const char *arena_guard(void)
{
    return "reserve";
}

size_t arena_default_stack(void)
{
    return 64 * 1024;
}

uint64_t arena_default_max(void)
{
    return 1u << 18;
}

int arena_init(size_t stack, size_t max_g)
{
    arena.stride = ALIGN_UP(stack, SLOT_PAGE) + SLOT_BELOW;
    arena.max = max_g;
    slots_forget();
    atomic_store(&arena.used, 0);
    arena.base = VirtualAlloc(NULL, arena.max * arena.stride, MEM_RESERVE, PAGE_READWRITE);
    return arena.base ? 0 : -ENOMEM;
}

void arena_end(void)
{
    VirtualFree(arena.base, 0, MEM_RELEASE);
    arena.base = NULL;
}

struct hg *arena_guard_hit(uintptr_t va)
{
    uintptr_t off = va - (uintptr_t)arena.base;
    if (!arena.base || off >= atomic_load(&arena.used) * arena.stride ||
        off % arena.stride >= SLOT_BELOW)
        return NULL;
    return arena_slot(off / arena.stride);
}
