/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flight recorder: each CPU remembers its last events in a ring, always, for a few instructions
 * each. A panic prints it. A record is two words: the counter's ticks, and a kind in the top byte
 * of what it is about. Only the CPU itself writes its ring.
 *
 * With --trace the rings are large, details are recorded as well, and everything goes to the
 * launcher (abi/link.h LINK_EVENTS) before it is overwritten (trace_stream.c).
 */
#ifndef KERNEL_CORE_TRACE_H
#define KERNEL_CORE_TRACE_H

#include "abi/link.h"
#include "kernel/arch/timer.h"
#include "kernel/core/cpu.h"
#include "kernel/core/optional.h"

/* enum link_event says what each is about; system calls are written by vectors.S. */
#define TRACE_SYSCALL EVENT_SYSCALL
#define TRACE_FAULT   EVENT_FAULT
#define TRACE_SWITCH  EVENT_SWITCH
#define TRACE_IRQ     EVENT_IRQ
#define TRACE_RESULT  EVENT_RESULT
#define TRACE_SIGNAL  EVENT_SIGNAL
#define TRACE_WAKE    EVENT_WAKE

/* trace_event - about: at most EVENT_KIND_SHIFT bits, no others set. It counts once it is written:
 * another CPU may be reading. */
static inline void trace_event(enum link_event kind, uint64_t about)
{
    struct cpu *cpu = cpu_self();
    uint64_t count = cpu->trace_count;
    struct trace_record *r = &cpu->trace[count & cpu->trace_mask];
    r->ticks = timer_counter_now();
    r->event = (uint64_t)kind << EVENT_KIND_SHIFT | about;
    __atomic_store_n(&cpu->trace_count, count + 1, __ATOMIC_RELEASE);
}

/* Set by trace_stream_start: details are wanted. */
extern bool trace_streaming;

/* trace_detail - an event that only --trace is interested in. trace_detail_event: the same, for
 * callers that know it is. */
void trace_detail_event(enum link_event kind, uint64_t about) OPTIONAL;

static inline void trace_detail(enum link_event kind, uint64_t about)
{
    if (UNLIKELY(trace_streaming))
        trace_detail_event(kind, about);
}

/* trace_print - the last events of this CPU, oldest first, one line each through print(line). Any
 * context. */
void trace_print(void (*print)(const char *line));

/* trace_stream_start - large rings for all CPUs, and from here on everything to the launcher, every
 * few milliseconds. extra, if not NULL, is called before each batch and may send frames of its own.
 * Boot CPU, before other tasks run. 0, -ENOMEM. */
int trace_stream_start(void (*extra)(void)) MUST_CHECK;

/* trace_stream_relieve - send what there is if this CPU's ring is half full. Task context, no lock
 * held. trace_stream_flush: send all there is. Any context, no lock held. */
void trace_stream_relieve(void);
void trace_stream_flush(void);

#endif
