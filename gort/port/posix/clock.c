/* SPDX-License-Identifier: Apache-2.0 */
/* The clock, and the virtual one of deterministic tests: it stands still while something runs. */
#include <time.h>

#include "gort/port/posix/rt.h"

static _Atomic bool is_virtual;
static _Atomic int64_t virtual_now;

int64_t clock_real(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * GO_S + ts.tv_nsec;
}

int64_t port_now_ns(void)
{
    if (atomic_load_explicit(&is_virtual, memory_order_relaxed))
        return atomic_load(&virtual_now);
    return clock_real();
}

void clock_virtual(bool on)
{
    atomic_store(&virtual_now, GO_S);
    atomic_store(&is_virtual, on);
}

bool clock_jump(int64_t to_ns)
{
    if (!atomic_load_explicit(&is_virtual, memory_order_relaxed))
        return false;
    if (to_ns > atomic_load(&virtual_now))
        atomic_store(&virtual_now, to_ns);
    return true;
}

int64_t go_now(void)
{
    return port_now_ns();
}
