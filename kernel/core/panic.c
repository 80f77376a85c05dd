/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/core/panic.h"
#include "abi/payload.h"
#include "kernel/arch/irq.h"
#include "kernel/arch/power.h"
#include "kernel/core/console.h"
#include "kernel/core/cpu.h"
#include "kernel/core/log.h"
#include "kernel/core/payload.h"
#include "kernel/core/sgi.h"
#include "kernel/core/task.h"
#include "kernel/core/trace.h"
#include "lib/fmt.h"
#include "lib/str.h"

#define KERNEL_START ((uint64_t)image_start)
#define FRAMES_MAX   24

extern char image_start[], image_end[], rodata_start[];

static struct cpu *panicking;

bool panic_in_progress(void)
{
    return panicking != NULL;
}

static void print(const char *fmt, ...) PRINTF_LIKE(1, 2);
static void print(const char *fmt, ...)
{
    char line[240];
    va_list ap;
    va_start(ap, fmt);
    int len = fmt_vprint(line, sizeof line, fmt, ap);
    va_end(ap);
    console_panic(line, (size_t)MIN(len, (int)sizeof line - 1));
}

/* A CPU that panics while another one does stops; one that faults while it panics itself gives up
 * at once. */
void panic_begin(void)
{
    struct cpu *none = NULL, *self = cpu_self();
    if (__atomic_compare_exchange_n(&panicking, &none, self, false, __ATOMIC_SEQ_CST,
                                    __ATOMIC_SEQ_CST)) {
        for (unsigned i = 0; i < cpu_count; i++)
            if (i != self->index && cpus[i].online)
                irq_send(i, SGI_STOP);
    } else if (none != self) {
        for (;;)
            cpu_wait();
    }
}

/* The symbol at or below `offset` of the image, from the payload's table. */
static const char *symbol_at(uint32_t offset, uint32_t *past)
{
    size_t size;
    const uint8_t *item = payload_item(PAYLOAD_SYMBOLS, &size);
    const struct payload_symbol *table = (const void *)(item + 4);
    uint32_t count;
    if (!item || size < 4)
        return NULL;
    memcpy(&count, item, 4);
    if (count == 0 || count > (size - 4) / sizeof *table)
        return NULL;
    uint32_t lo = 0, hi = count;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (table[mid].offset_bytes <= offset)
            lo = mid;
        else
            hi = mid;
    }
    const char *name = (const char *)item + table[lo].name_bytes;
    if (table[lo].offset_bytes > offset || table[lo].name_bytes >= size ||
        !memchr(name, 0, size - table[lo].name_bytes))
        return NULL;
    *past = offset - table[lo].offset_bytes;
    return name;
}

static void print_frame(unsigned n, uint64_t pc)
{
    uint32_t offset = (uint32_t)(pc - KERNEL_START), past = 0;
    bool text = pc >= KERNEL_START && pc < (uint64_t)rodata_start;
    const char *name = text ? symbol_at(offset, &past) : NULL;
    if (name)
        print("  #%-2u %016lx %s+0x%x\n", n, pc, name, past);
    else
        print("  #%-2u %016lx\n", n, pc);
}

static bool frame_readable(uint64_t fp)
{
    struct cpu *cpu = cpu_self();
    uint64_t page = ALIGN_DOWN(fp, KSTACK_SIZE);
    if (!IS_ALIGNED(fp, 16))
        return false;
    if (page == ALIGN_DOWN(cpu->stack_top - 1, KSTACK_SIZE))
        return true;
    return cpu->task && page == ALIGN_DOWN(cpu->task->stack_top - 1, KSTACK_SIZE);
}

/* Only the current stacks are read: a broken frame pointer must not fault here. */
void backtrace(uint64_t pc, uint64_t fp)
{
    print_frame(0, pc);
    for (unsigned n = 1; n < FRAMES_MAX && frame_readable(fp); n++) {
        const uint64_t *frame = (const uint64_t *)fp;
        if (frame[1])
            print_frame(n, frame[1] - 4);
        if (frame[0] <= fp)
            break;
        fp = frame[0];
    }
}

static void print_text(const char *line)
{
    console_panic(line, strlen(line));
}

/* Where the program was: the launcher knows its functions. */
static void print_program(void)
{
    const struct task *t = cpu_self()->task;
    const struct trapframe *tf = t ? task_frame((struct task *)t) : NULL;
    if (tf)
        print("program: thread %u, pc %lx, lr %lx\n", t->id, tf->pc, tf->regs[30]);
}

void panic_v(const char *fmt, va_list ap)
{
    char text[200];
    bool nested = panicking == cpu_self();
    panic_begin();
    fmt_vprint(text, sizeof text, fmt, ap);
    print("mazboot: kernel panic on CPU %u: %s\n", cpu_self()->index, text);
    if (!nested)
        backtrace((uint64_t)__builtin_return_address(0) - 4,
                  *(uint64_t *)__builtin_frame_address(0));
    print_program();
    print("last events of this CPU:\n");
    trace_print(print_text);
    print("last messages:\n");
    klog_recent(8);
    print("This is a bug of mazboot, not of the program.\n");
    power_off();
}

void panic(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    panic_v(fmt, ap);
}

void boot_fail(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char text[240];
    fmt_vprint(text, sizeof text, fmt, ap);
    print("mazboot: can't boot: %s\n", text);
    power_off();
}

void __stack_chk_fail(void) NORETURN;

void __stack_chk_fail(void)
{
    panic("a stack buffer was overrun");
}
