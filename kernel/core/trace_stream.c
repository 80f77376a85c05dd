/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rings' way to the launcher. One batch at a time, under `batch`: whatever all CPUs recorded up
 * to one moment. A timer sends them; a CPU whose ring fills faster sends them itself.
 *
 * Another CPU writes its ring while we read it, into the place of the oldest record before it
 * counts the new one: one record fewer than the ring has can be read. What was overwritten
 * meanwhile is found by the count afterwards.
 */
#include "abi/errno.h"
#include "gort/timer.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/clock.h"
#include "kernel/core/link.h"
#include "kernel/core/lock.h"
#include "kernel/core/page.h"
#include "kernel/core/task.h"
#include "kernel/core/timebase.h"
#include "kernel/core/trace.h"
#include "lib/str.h"

#define PERIOD_NS   2000000
#define LONGEST_NS  256000000 /* the period of a machine where nothing but sending happens */
#define OWN_RECORDS 4         /* of a period, by sending: the timer's interrupt, the device's */
#define ORDER_MOST  8         /* 65,536 records of 16 bytes */
#define ORDER_LEAST 2
#define RECORDS_FRAME                                                               \
    ((LINK_BUFFER_BYTES - sizeof(struct link_frame) - sizeof(struct link_events)) / \
     sizeof(struct link_record))

static struct spinlock batch;
static struct timer timer;
static void (*before_batch)(void);

static uint64_t sent[CPU_MAX]; /* of each CPU's records, those that the launcher has */

static struct {
    struct link_events head;
    struct link_record records[RECORDS_FRAME];
} frame;

void trace_detail_event(enum link_event kind, uint64_t about)
{
    trace_event(kind, about);
}

static void send(unsigned cpu, unsigned n, uint64_t lost, unsigned flags)
{
    frame.head = (struct link_events){(uint16_t)cpu, (uint16_t)flags, (uint32_t)lost};
    link_write_now(LINK_EVENTS, 0, &frame, sizeof frame.head + n * sizeof frame.records[0]);
}

/* Records [from, end) that are not younger than `until`, as many as a frame takes. */
static unsigned take(const struct cpu *cpu, uint64_t from, uint64_t end, uint64_t until)
{
    unsigned n = 0;
    for (; from < end && n < RECORDS_FRAME; from++, n++) {
        struct trace_record r = cpu->trace[from & cpu->trace_mask];
        if (r.ticks > until)
            break;
        frame.records[n] = (struct link_record){timebase_ns(clock_timebase(), r.ticks), r.event};
    }
    __atomic_thread_fence(__ATOMIC_ACQUIRE); /* the count is looked at again after the records */
    return n;
}

static void send_cpu(unsigned index, uint64_t until)
{
    const struct cpu *cpu = &cpus[index];
    uint64_t readable = cpu->trace_mask, *done = &sent[index];
    for (;;) {
        uint64_t end = __atomic_load_n(&cpu->trace_count, __ATOMIC_ACQUIRE), lost = 0;
        if (end - *done > readable) {
            lost = end - *done - readable;
            *done = end - readable;
        }
        unsigned n = take(cpu, *done, end, until);
        if (__atomic_load_n(&cpu->trace_count, __ATOMIC_RELAXED) - *done > readable) {
            lost += n; /* overtaken while reading: look again */
            *done += n;
            n = 0;
        }
        if (n || lost)
            send(index, n, lost, 0);
        *done += n;
        if (!n && !lost)
            return;
    }
}

void trace_stream_flush(void)
{
    if (!trace_streaming)
        return;
    spin_lock(&batch);
    uint64_t until = timer_counter();
    if (before_batch)
        before_batch();
    for (unsigned i = 0; i < cpu_count; i++)
        send_cpu(i, until);
    send(0, 0, 0, LINK_EVENTS_END);
    spin_unlock(&batch);
}

void trace_stream_relieve(void)
{
    struct cpu *cpu = cpu_self();
    if (cpu->trace_count - __atomic_load_n(&sent[cpu->index], __ATOMIC_RELAXED) >
        cpu->trace_mask / 2)
        trace_stream_flush();
}

static uint64_t recorded(void)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < cpu_count; i++)
        n += __atomic_load_n(&cpus[i].trace_count, __ATOMIC_RELAXED);
    return n;
}

/* An idle machine is to stay one: what is recorded of sending is no reason to send soon. */
static void on_time(void *arg)
{
    static uint64_t seen;
    static int64_t period_ns = PERIOD_NS;
    uint64_t now = recorded();
    (void)arg;
    period_ns = now - seen > OWN_RECORDS ? PERIOD_NS : MIN(2 * period_ns, (int64_t)LONGEST_NS);
    seen = now;
    trace_stream_flush();
    timer_set(&timer, clock_mono_ns() + period_ns);
}

/* All rings take an eighth of the free memory at most. */
static unsigned ring_order(void)
{
    struct page_stats stats;
    unsigned order = ORDER_MOST;
    page_stats(&stats);
    while (order > ORDER_LEAST && (PAGE_SIZE << order) * cpu_count > stats.free_bytes / 8)
        order--;
    return order;
}

/* The boot CPU has recorded some events, the others don't run yet. */
static int ring_enlarge(unsigned index, unsigned order)
{
    struct cpu *cpu = &cpus[index];
    paddr_t pa = page_alloc(order, PAGE_ZERO);
    if (!pa)
        return -ENOMEM;
    cpu->trace = phys_to_virt(pa);
    cpu->trace_mask = (PAGE_SIZE << order) / sizeof(struct trace_record) - 1;
    sent[index] = cpu->trace_count;
    return 0;
}

int trace_stream_start(void (*extra)(void))
{
    unsigned order = ring_order();
    before_batch = extra;
    for (unsigned i = 0; i < cpu_count; i++) {
        int err = ring_enlarge(i, order);
        if (err)
            return err;
    }
    trace_streaming = true;
    trace_event(TRACE_SWITCH, cpu_self()->task->id);
    timer_init(&timer, on_time, NULL);
    timer_set(&timer, clock_mono_ns() + PERIOD_NS);
    return 0;
}
