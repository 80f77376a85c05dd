/* SPDX-License-Identifier: Apache-2.0 */
/* The clock, and the virtual one of deterministic tests: it stands still while something runs. */
#include "gort/port/os.h"

static _Atomic bool is_virtual;
static _Atomic int64_t virtual_now;

int64_t clock_real(void)
{
    return os_now_ns();
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
