/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/core/trace.h"
#include "kernel/core/clock.h"
#include "kernel/core/timebase.h"
#include "lib/fmt.h"

bool trace_streaming;

static const char *const kinds[] = {
    [TRACE_SYSCALL] = "system call",     [TRACE_FAULT] = "fault at",
    [TRACE_SWITCH] = "switch to thread", [TRACE_IRQ] = "interrupt",
    [TRACE_RESULT] = "result",           [TRACE_SIGNAL] = "signal",
    [TRACE_WAKE] = "wake thread",
};

static void print_record(const struct trace_record *r, void (*print)(const char *line))
{
    char line[80];
    unsigned kind = (unsigned)(r->event >> EVENT_KIND_SHIFT);
    uint64_t about = r->event & ((UINT64_C(1) << EVENT_KIND_SHIFT) - 1);
    uint64_t us = timebase_ns(clock_timebase(), r->ticks) / 1000;
    const char *fmt = kind == TRACE_FAULT ? "  %lu.%06lu %s %lx\n" : "  %lu.%06lu %s %lu\n";
    fmt_print(line, sizeof line, fmt, us / 1000000, us % 1000000,
              kind < ARRAY_SIZE(kinds) ? kinds[kind] : "?", about);
    print(line);
}

void trace_print(void (*print)(const char *line))
{
    struct cpu *cpu = cpu_self();
    uint64_t end = cpu->trace_count;
    for (uint64_t i = end > TRACE_RECORDS ? end - TRACE_RECORDS : 0; i < end; i++)
        print_record(&cpu->trace[i & cpu->trace_mask], print);
}
