/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/stats.h"

#include <inttypes.h>

static void row_count(FILE *out, const char *name, uint64_t value)
{
    fprintf(out, "  %-20s %12" PRIu64 "\n", name, value);
}

static void row_time(FILE *out, const char *name, uint64_t ns)
{
    fprintf(out, "  %-20s %12.3f ms\n", name, (double)ns / 1e6);
}

static void row_memory(FILE *out, const char *name, uint64_t bytes)
{
    fprintf(out, "  %-20s %12.2f MiB\n", name, (double)bytes / (1 << 20));
}

void stats_print(FILE *out, const struct link_exit *exit, size_t kernel_bytes, bool counted)
{
    fputs("mazboot: statistics\n", out);
    row_time(out, "boot", exit->boot_ns);
    row_time(out, "program", exit->run_ns);
    if (counted) {
        row_count(out, "instructions, boot", exit->boot_ns);
        row_count(out, "and of the program", exit->run_ns);
    }
    row_count(out, "kernel image, bytes", kernel_bytes);
    row_memory(out, "memory", exit->memory_bytes);
    row_memory(out, "most used", exit->memory_peak_bytes);
    row_count(out, "system calls", exit->syscalls);
    row_count(out, "unknown calls", exit->unknown_syscalls);
    row_count(out, "page faults", exit->faults);
    row_count(out, "task switches", exit->switches);
}
