/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc says about the machine. */
#include "kernel/core/clock.h"
#include "kernel/core/cpu.h"
#include "kernel/core/kstack.h"
#include "kernel/core/page.h"
#include "kernel/core/slab.h"
#include "kernel/linux/proc.h"
#include "kernel/linux/thread.h"

void proc_show_cpuinfo(struct text *t, uint64_t arg)
{
    (void)arg;
    for (unsigned i = 0; i < cpu_count; i++)
        text_add(t, "processor\t: %u\nCPU architecture: 8\n\n", i);
}

void proc_show_meminfo(struct text *t, uint64_t arg)
{
    struct page_stats s;
    page_stats(&s);
    unsigned long total = (unsigned long)s.total_bytes / 1024,
                  free = (unsigned long)s.free_bytes / 1024;
    (void)arg;
    text_add(t, "MemTotal:       %8lu kB\nMemFree:        %8lu kB\nMemAvailable:   %8lu kB\n",
             total, free, free);
    text_add(t, "Buffers:        %8u kB\nCached:         %8u kB\nSwapTotal:      %8u kB\n", 0, 0,
             0);
    text_add(t, "SwapFree:       %8u kB\nSlab:           %8lu kB\nKernelStack:    %8lu kB\n", 0,
             (unsigned long)slab_page_bytes() / 1024, (unsigned long)kstack_mapped_bytes() / 1024);
}

void proc_show_stat(struct text *t, uint64_t arg)
{
    int64_t busy = process_cpu_ns(process_self());
    int64_t all = clock_mono_ns() * (int64_t)cpu_count;
    (void)arg;
    text_add(t, "cpu  %ld 0 0 %ld 0 0 0 0 0 0\n", (long)(busy / 10000000),
             (long)(MAX(all - busy, (int64_t)0) / 10000000));
    for (unsigned i = 0; i < cpu_count; i++)
        text_add(t, "cpu%u 0 0 0 0 0 0 0 0 0 0\n", i);
    text_add(t, "btime %ld\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n",
             (long)(clock_real_offset_ns() / NS_PER_SEC));
}

void proc_show_uptime(struct text *t, uint64_t arg)
{
    int64_t up = clock_mono_ns() / 10000000, idle = up * cpu_count;
    (void)arg;
    idle -= process_cpu_ns(process_self()) / 10000000;
    idle = MAX(idle, (int64_t)0);
    text_add(t, "%ld.%02ld %ld.%02ld\n", (long)(up / 100), (long)(up % 100), (long)(idle / 100),
             (long)(idle % 100));
}

void proc_show_loadavg(struct text *t, uint64_t arg)
{
    (void)arg;
    text_add(t, "0.00 0.00 0.00 1/%u %d\n", process_self()->thread_count, thread_last_id());
}

void proc_show_version(struct text *t, uint64_t arg)
{
    (void)arg;
    text_add(t, "Linux version 6.1.0-mazboot (mazboot) #1 SMP mazboot\n");
}

void proc_show_cpu_list(struct text *t, uint64_t arg)
{
    (void)arg;
    text_add(t, cpu_count > 1 ? "0-%u\n" : "%u\n", cpu_count - 1);
}
