/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's pages are mapped straight from the payload, which nobody else uses: a breakpoint is
 * written there, before the first page is mapped, and taken away where it is hit. So arming one
 * costs a few instructions, and no page has to be copied. The breakpoint has the probe's number.
 *
 * Every probe is hit once, so there is room for all records from the start: a hit takes its piece
 * of it by adding to `taken_bytes`, fills it, and marks it complete, without a lock. `send_lock`
 * guards what has been sent: the complete records from the front, soon after the first one that
 * hasn't been sent, and all at the program's end.
 */
#include "kernel/linux/probe.h"
#include "abi/errno.h"
#include "gort/timer.h"
#include "kernel/arch/breakpoint.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/timer.h"
#include "kernel/core/clock.h"
#include "kernel/core/cpu.h"
#include "kernel/core/link.h"
#include "kernel/core/log.h"
#include "kernel/core/payload.h"
#include "kernel/core/slab.h"
#include "kernel/core/timebase.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/probe_list.h"
#include "kernel/linux/thread.h"

#define SEND_AFTER_NS (20 * (NS_PER_SEC / 1000))
#define PATIENCE_NS   (10 * (NS_PER_SEC / 1000)) /* for a record that another CPU is writing */
#define FRAME_BYTES   (LINK_BUFFER_BYTES - sizeof(struct link_frame))
#define HANDLED       (SA_SIGINFO | SA_ONSTACK | SA_RESTART)

_Static_assert(PROBES_MAX <= BREAKPOINTS_MAX, "a breakpoint for each probe");

static struct probe_list list;
static uint32_t *originals; /* by probe: the instruction, OWN, or TAKEN when it is back */
static uint8_t *program;
static uint64_t text_offset; /* what turns an address of its text into an offset in its file */
static uint64_t bias;        /* where it is minus where its file says that it is */

enum { OWN, TAKEN }; /* neither is an instruction that a program could have at a probe */

static uint8_t *records;
static size_t taken_bytes;
static bool due; /* `later` is set */
static struct timer later;

static struct spinlock send_lock;
static size_t sent_bytes;

static size_t record_bytes(const struct probe_record *r)
{
    return sizeof *r + r->word_count * sizeof(uint64_t);
}

/* The complete records from `from` on that fit a frame, with their times in nanoseconds: bytes. */
static size_t frame_fill(size_t from)
{
    size_t end = from, taken = __atomic_load_n(&taken_bytes, __ATOMIC_RELAXED);
    while (end < taken) {
        struct probe_record *r = (struct probe_record *)(records + end);
        if (!__atomic_load_n(&r->complete, __ATOMIC_ACQUIRE) ||
            end + record_bytes(r) - from > FRAME_BYTES)
            break;
        r->ns = timebase_ns(clock_timebase(), r->ns);
        end += record_bytes(r);
    }
    return end - from;
}

/* Whether that was all. */
static bool send(void)
{
    size_t n;
    spin_lock(&send_lock);
    while ((n = frame_fill(sent_bytes)) > 0) {
        link_write_now(LINK_PROBES, 0, records + sent_bytes, n);
        sent_bytes += n;
    }
    bool all = sent_bytes == __atomic_load_n(&taken_bytes, __ATOMIC_RELAXED);
    spin_unlock(&send_lock);
    return all;
}

static void on_time(void *arg)
{
    (void)arg;
    __atomic_store_n(&due, false, __ATOMIC_SEQ_CST);
    send();
}

void probes_end(void)
{
    int64_t deadline_ns = clock_mono_ns() + PATIENCE_NS;
    while (!send() && clock_mono_ns() < deadline_ns)
        cpu_relax();
}

static uint64_t handlers(const struct process *p)
{
    uint64_t all = 0, odd = 0;
    for (unsigned sig = 1; sig <= SIG_MAX; sig++) {
        const struct linux_sigaction *a = &p->actions[sig];
        if (a->handler <= 1) /* SIG_DFL, SIG_IGN */
            continue;
        all++;
        odd += (a->flags & HANDLED) != HANDLED;
    }
    return odd << 32 | all;
}

static uint64_t fact(uint64_t which)
{
    const struct thread *t = thread_self();
    switch (which) {
    case FACT_THREAD:
        return (uint64_t)t->tid;
    case FACT_THREADS:
        return t->process->thread_count;
    case FACT_ALTSTACK:
        return t->altstack.flags & SS_DISABLE ? 0 : t->altstack.sp;
    case FACT_ALTSTACK_BYTES:
        return t->altstack.flags & SS_DISABLE ? 0 : t->altstack.size;
    case FACT_HANDLERS:
        return handlers(t->process);
    default:
        return 0;
    }
}

static bool word_read(const struct trapframe *tf, const struct probe_word *w, uint64_t *value)
{
    if (w->base < PROBE_REGISTER_MAX)
        *value = tf->regs[w->base];
    else if (w->base == PROBE_REGISTER_MAX)
        *value = tf->sp;
    else
        *value = w->base == PROBE_KERNEL ? fact(w->number) : w->number + bias;
    for (unsigned i = 0; i < w->step_count; i++)
        if (copy_from_user(value, *value + (uint64_t)(int64_t)w->steps[i], sizeof *value))
            return false;
    return true;
}

static void counts_read(struct probe_record *r)
{
    r->faults = r->syscalls = 0;
    for (unsigned i = 0; i < cpu_count; i++) {
        r->faults += cpus[i].faults;
        r->syscalls += cpus[i].syscalls;
    }
}

/* Most probes have none: they shouldn't save registers for it. */
static __attribute__((noinline)) void words_read(struct probe_record *r, const struct trapframe *tf,
                                                 const struct probe *p)
{
    const struct probe_word *w = &list.words[p->first_word];
    uint64_t *value = (uint64_t *)(r + 1);
    for (unsigned i = 0; i < p->word_count; i++)
        if (word_read(tf, &w[i], &value[i]))
            r->read |= (uint16_t)(1u << i);
        else
            value[i] = 0;
}

static void record(const struct trapframe *tf, uint32_t number)
{
    const struct probe *p = &list.probes[number];
    const struct thread *t = thread_self();
    size_t size_bytes = sizeof(struct probe_record) + p->word_count * sizeof(uint64_t);
    struct probe_record *r =
        (void *)(records + __atomic_fetch_add(&taken_bytes, size_bytes, __ATOMIC_RELAXED));
    r->probe = number;
    r->thread = (uint32_t)t->tid;
    r->ns = timer_counter(); /* made nanoseconds when it is sent */
    counts_read(r);
    r->resident_bytes = t->process->as->resident_pages * PAGE_SIZE;
    r->word_count = (uint16_t)p->word_count;
    r->read = 0;
    if (p->word_count)
        words_read(r, tf, p);
    __atomic_store_n(&r->complete, 1, __ATOMIC_RELEASE);
    if (!due && !__atomic_exchange_n(&due, true, __ATOMIC_SEQ_CST))
        timer_set(&later, clock_mono_ns() + SEND_AFTER_NS);
}

/* A thread that comes when another has put the instruction back tries again. */
bool probe_hit(const struct trapframe *tf, uint32_t number)
{
    if (number >= list.probe_count || list.probes[number].offset_bytes != tf->pc + text_offset ||
        originals[number] == OWN)
        return false;
    uint32_t insn = __atomic_exchange_n(&originals[number], TAKEN, __ATOMIC_RELAXED);
    if (insn != TAKEN) {
        code_store((uint32_t *)(program + list.probes[number].offset_bytes), insn);
        record(tf, number);
    }
    return true;
}

/* A breakpoint that the program has there itself is left alone. */
static void arm(void)
{
    for (uint32_t i = 0; i < list.probe_count; i++) {
        uint32_t *at = (uint32_t *)(program + list.probes[i].offset_bytes);
        originals[i] = *at == breakpoint_insn(i) ? OWN : *at;
        *at = breakpoint_insn(i); /* mapping the page makes instruction fetch see it */
    }
}

static int probes_start(void)
{
    size_t size, program_bytes;
    const void *data = payload_item(PAYLOAD_PROBES, &size);
    const void *elf = payload_item(PAYLOAD_PROGRAM, &program_bytes);
    if (!data || !elf)
        return 0;
    const char *why = probe_list_read(&list, data, size, program_bytes);
    if (why) {
        log_err("the launcher's probes are %s: none is set", why);
        return 0;
    }
    originals = kmalloc(list.probe_count * sizeof *originals + 1);
    records = kzalloc(list.probe_count * sizeof(struct probe_record) +
                      list.word_count * sizeof(uint64_t) + 1);
    if (!originals || !records)
        return -ENOMEM;
    program = (uint8_t *)(uintptr_t)elf;
    bias = thread_self()->process->image.entry - list.entry;
    text_offset = list.entry_offset_bytes - thread_self()->process->image.entry;
    timer_init(&later, on_time, NULL);
    probes_armed = true;
    arm();
    return 0;
}

BOOT_STEP(probes_start);
