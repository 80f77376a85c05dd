/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What --trace adds to the flight recorder's stream: the results of system calls, by a function in
 * the place of every handler, and the threads' names.
 */
#include "kernel/linux/tracing.h"
#include "kernel/core/link.h"
#include "kernel/core/options.h"
#include "kernel/core/trace.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/thread.h"
#include "lib/str.h"

typedef long handler_fn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

/* The table as it was before. */
static int32_t handlers[SYSCALL_TABLE_SIZE];
static struct process *process;

static long call_traced(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                        uint64_t a5)
{
    struct trapframe *tf = task_frame(task_self());
    uint64_t nr = (uint64_t)tf->syscall;
    handler_fn *fn = (handler_fn *)((intptr_t)syscall_table + handlers[nr]);
    trace_stream_relieve();
    long ret = handlers[nr] ? fn(a0, a1, a2, a3, a4, a5) : syscall_unknown(tf);
    trace_event(TRACE_RESULT, (uint64_t)ret << 8 >> 8);
    return ret;
}

/* Those that have another name than when they were told last. Under the batch's lock. */
static void names_send(void)
{
    spin_lock(&process->lock);
    list_for_each (n, &process->threads) {
        struct thread *t = list_entry(n, struct thread, siblings);
        struct link_thread out = {.tid = (uint32_t)t->tid};
        if (!memcmp(t->name, t->traced_name, sizeof t->name))
            continue;
        memcpy(t->traced_name, t->name, sizeof t->name);
        memcpy(out.name, t->name, sizeof t->name);
        link_write_now(LINK_THREAD, 0, &out, sizeof out);
    }
    spin_unlock(&process->lock);
}

static int tracing_start(void)
{
    if (!option_number("trace", 0))
        return 0;
    process = process_self();
    for (unsigned i = 0; i < SYSCALL_TABLE_SIZE; i++) {
        handlers[i] = syscall_table[i];
        syscall_table[i] = (int32_t)((intptr_t)call_traced - (intptr_t)syscall_table);
    }
    return trace_stream_start(names_send);
}
BOOT_STEP(tracing_start);

void tracing_end(void)
{
    trace_stream_flush();
}
