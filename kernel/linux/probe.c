/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's pages are mapped straight from the payload, which nobody else uses: a breakpoint is
 * written there, before the first page is mapped, and taken away where it is hit. So arming one
 * costs a few instructions, and no page has to be copied.
 *
 * `lock` guards the instructions and the records.
 */
#include "kernel/linux/probe.h"
#include "abi/errno.h"
#include "abi/probe.h"
#include "gort/timer.h"
#include "kernel/arch/breakpoint.h"
#include "kernel/arch/timer.h"
#include "kernel/core/clock.h"
#include "kernel/core/cpu.h"
#include "kernel/core/link.h"
#include "kernel/core/log.h"
#include "kernel/core/payload.h"
#include "kernel/core/slab.h"
#include "kernel/core/timebase.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/thread.h"
#include "lib/elf.h"
#include "lib/str.h"

#define RECORD_MAX    (sizeof(struct probe_record) + PROBE_WORDS_MAX * sizeof(uint64_t))
#define SEND_AFTER_NS (20 * (NS_PER_SEC / 1000))
#define HANDLED       (SA_SIGINFO | SA_ONSTACK | SA_RESTART)

static struct spinlock lock;
static const struct probe *probes;
static const struct probe_word *words;
static uint32_t probe_count, word_count;
static uint32_t *originals; /* by probe: the instruction; 0: it is back in its place */
static uint8_t *program;
static uint64_t text_offset; /* what turns an address of its text into an offset in its file */

/* Records that haven't been sent, of LINK_BUFFER_BYTES; and how many bytes. */
static uint8_t *records;
static size_t records_bytes;
static struct timer later; /* sends them */

static void send_locked(void)
{
    struct probe_record *r;
    for (size_t at = 0; at < records_bytes; at += sizeof *r + r->word_count * sizeof(uint64_t)) {
        r = (struct probe_record *)(records + at);
        r->ns = timebase_ns(clock_timebase(), r->ns);
    }
    link_write_now(LINK_PROBES, 0, records, records_bytes);
    records_bytes = 0;
}

static void on_time(void *arg)
{
    (void)arg;
    probes_end();
}

void probes_end(void)
{
    spin_lock(&lock);
    if (records_bytes)
        send_locked();
    spin_unlock(&lock);
}

static const struct probe *find(uint64_t offset)
{
    uint32_t low = 0, high = probe_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (probes[middle].offset_bytes < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < probe_count && probes[low].offset_bytes == offset ? &probes[low] : NULL;
}

static uint64_t handlers(const struct process *p)
{
    uint64_t all = 0, odd = 0;
    for (unsigned sig = 1; sig <= SIG_MAX; sig++) {
        const struct linux_sigaction *a = &p->actions[sig];
        bool handled = a->handler > 1; /* neither SIG_DFL nor SIG_IGN */
        all += handled;
        odd += handled && (a->flags & HANDLED) != HANDLED;
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
        *value = w->base == PROBE_KERNEL ? fact(w->number) : w->number;
    for (unsigned i = 0; i < w->step_count && i < PROBE_STEPS_MAX; i++)
        if (copy_from_user(value, *value + (uint64_t)(int64_t)w->steps[i], sizeof *value))
            return false;
    return true;
}

/* One record, complete but for the words, in out. */
static void record_begin(struct probe_record *r, const struct probe *p)
{
    struct thread *t = thread_self();
    *r = (struct probe_record){.probe = (uint32_t)(p - probes),
                               .thread = (uint32_t)t->tid,
                               .ns = timer_counter(),
                               .resident_bytes = t->process->as->resident_pages * PAGE_SIZE,
                               .word_count = p->word_count};
    for (unsigned i = 0; i < cpu_count; i++) {
        r->faults += cpus[i].faults;
        r->syscalls += cpus[i].syscalls;
    }
}

/* Puts the instruction back. False: another thread was here first. */
static bool disarm(const struct probe *p)
{
    uint32_t insn = __atomic_exchange_n(&originals[p - probes], 0, __ATOMIC_RELAXED);
    if (insn)
        code_store((uint32_t *)(program + p->offset_bytes), insn);
    return insn;
}

/* Reading words may fault: that's done without the lock. */
static unsigned words_read(const struct trapframe *tf, const struct probe *p, uint64_t *values)
{
    unsigned read = 0;
    for (unsigned i = 0; i < p->word_count; i++) {
        bool good = word_read(tf, &words[p->first_word + i], &values[i]);
        values[i] = good ? values[i] : 0;
        read |= (unsigned)good << i;
    }
    return read;
}

static void record(const struct trapframe *tf, const struct probe *p)
{
    uint64_t values[PROBE_WORDS_MAX];
    struct probe_record head;
    record_begin(&head, p);
    head.read = (uint16_t)words_read(tf, p, values);
    spin_lock(&lock);
    memcpy(records + records_bytes, &head, sizeof head);
    memcpy(records + records_bytes + sizeof head, values, p->word_count * sizeof values[0]);
    records_bytes += sizeof head + p->word_count * sizeof values[0];
    if (records_bytes + RECORD_MAX > LINK_BUFFER_BYTES)
        send_locked();
    spin_unlock(&lock);
    if (p->flags & PROBE_SEND)
        timer_set(&later, clock_mono_ns() + SEND_AFTER_NS);
}

/* A thread that finds the instruction back already tries again. */
bool probe_hit(void)
{
    const struct trapframe *tf = task_frame(task_self());
    const struct probe *p = find(tf->pc + text_offset);
    if (p && disarm(p))
        record(tf, p);
    return p;
}

/* NULL, or what is wrong with what the launcher sent. */
static const char *payload_error(const struct probes_header *h, size_t size, size_t program_bytes)
{
    const struct probe *all = (const void *)(h + 1);
    if (size < sizeof *h || h->probe_count > PROBES_MAX ||
        h->word_count > PROBES_MAX * PROBE_WORDS_MAX ||
        size < sizeof *h + h->probe_count * sizeof(struct probe) +
                   h->word_count * sizeof(struct probe_word))
        return "cut off";
    for (uint32_t i = 0; i < h->probe_count; i++)
        if (all[i].offset_bytes > program_bytes - 4 || all[i].offset_bytes % 4 ||
            (i && all[i].offset_bytes <= all[i - 1].offset_bytes) ||
            all[i].word_count > PROBE_WORDS_MAX || all[i].first_word > h->word_count ||
            all[i].word_count > h->word_count - all[i].first_word)
            return "contradictory";
    return NULL;
}

/* A breakpoint of the program's own at a probe's place would never be its own again: left alone. */
static void arm(void)
{
    for (uint32_t i = 0; i < probe_count; i++) {
        uint32_t *at = (uint32_t *)(program + probes[i].offset_bytes);
        originals[i] = *at == BREAKPOINT_INSN ? 0 : *at;
        *at = BREAKPOINT_INSN; /* mapping the page makes instruction fetch see it */
    }
}

/* False: it has no text. */
static bool text_find(const void *elf, size_t size_bytes)
{
    struct elf_load plan;
    if (elf_load_plan(&plan, elf, MIN(size_bytes, (size_t)PAGE_SIZE), size_bytes,
                      ELF_MACHINE_ARM64) != ELF_LOAD_OK)
        return false;
    uint64_t bias = thread_self()->process->image.entry - plan.entry;
    for (unsigned i = 0; i < plan.count; i++)
        if (plan.segments[i].prot & ELF_LOAD_EXEC) {
            text_offset = (uint64_t)plan.segments[i].offset - plan.segments[i].vaddr - bias;
            return true;
        }
    return false;
}

static int probes_start(void)
{
    size_t size, program_bytes;
    const struct probes_header *h = payload_item(PAYLOAD_PROBES, &size);
    const void *elf = payload_item(PAYLOAD_PROGRAM, &program_bytes);
    if (!h || !elf || !text_find(elf, program_bytes))
        return 0;
    const char *why = payload_error(h, size, program_bytes);
    if (why) {
        log_err("the launcher's probes are %s: none is set", why);
        return 0;
    }
    probe_count = h->probe_count;
    word_count = h->word_count;
    words = (const void *)((const struct probe *)(h + 1) + probe_count);
    originals = kmalloc(probe_count * sizeof *originals + 1);
    records = kmalloc(LINK_BUFFER_BYTES);
    if (!originals || !records)
        return -ENOMEM;
    program = (uint8_t *)(uintptr_t)elf;
    probes = (const void *)(h + 1);
    timer_init(&later, on_time, NULL);
    probes_armed = true;
    arm();
    return 0;
}

BOOT_STEP(probes_start);
