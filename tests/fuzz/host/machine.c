/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/host/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sanitizer/common_interface_defs.h>

#include "abi/errno.h"
#include "gort/sched.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/fpu.h"
#include "kernel/arch/irq.h"
#include "kernel/arch/power.h"
#include "kernel/arch/timer.h"
#include "kernel/core/clock.h"
#include "kernel/core/console.h"
#include "kernel/core/cpu.h"
#include "kernel/core/kstack.h"
#include "kernel/core/log.h"
#include "kernel/core/machine.h"
#include "kernel/core/optional.h"
#include "kernel/core/options.h"
#include "kernel/core/panic.h"
#include "kernel/core/payload.h"
#include "kernel/core/random.h"
#include "kernel/core/sgi.h"
#include "kernel/core/task.h"
#include "kernel/core/trace.h"
#include "kernel/init/program.h"
#include "kernel/linux/vdso/vdso.h"
#include "kernel/net/network.h"
#include "lib/fmt.h"

/* ---- the CPU ---- */

struct cpu cpus[CPU_MAX];
unsigned cpu_count = 1;
_Thread_local unsigned fake_cpu;
unsigned locks_held;
char image_start[1]; /* for reports of the kernel's addresses */

void *cpu_pointer(void)
{
    return &cpus[0];
}

uint64_t cpu_hwcap(void)
{
    return 3;
}

uint64_t cpu_hwcap2(void)
{
    return 0;
}

bool cpu_random(uint64_t *value)
{
    (void)value;
    return false;
}

static uint64_t thread_pointer;

/* A task is about to run. */
void fpu_load(const struct fpu_state *s)
{
    (void)s;
    if (locks_held)
        panic("%u locks are held while tasks are switched", locks_held);
}

void fpu_save(struct fpu_state *s)
{
    (void)s;
}

uint64_t fpu_thread_pointer(void)
{
    return thread_pointer;
}

void fpu_set_thread_pointer(uint64_t value)
{
    thread_pointer = value;
}

/* ---- time, in ticks of a nanosecond ---- */

enum { LOOK_NS = 10 }; /* what it takes to look at the clock */

static uint64_t now = 1000000, alarm_at = UINT64_MAX;

uint64_t timer_counter(void)
{
    return now += LOOK_NS;
}

uint64_t timer_counter_now(void)
{
    return now;
}

uint64_t timer_frequency_hz(void)
{
    return NS_PER_SEC;
}

void timer_hw_set(uint64_t ticks)
{
    alarm_at = ticks;
}

void timer_hw_clear(void)
{
    alarm_at = UINT64_MAX;
}

void machine_pass(uint64_t ns)
{
    now += ns;
}

/* ---- interrupts ---- */

enum { INTIDS = 64 };

static struct {
    irq_fn *fn;
    void *arg;
} handlers[INTIDS];
static uint64_t pending;

void irq_register(unsigned intid, irq_fn *fn, void *arg)
{
    handlers[intid].fn = fn;
    handlers[intid].arg = arg;
}

void irq_send(unsigned cpu, unsigned sgi)
{
    if (cpu == 0)
        pending |= UINT64_C(1) << sgi;
}

static void on_timer(void)
{
    timer_hw_clear();
    sched_tick(clock_mono_ns());
}

static bool due(void)
{
    return pending || now >= alarm_at;
}

void irq_handle(void)
{
    while (due()) {
        cpus[0].interrupts++;
        if (now >= alarm_at)
            on_timer();
        for (uint64_t left = pending; left; left &= left - 1) {
            unsigned intid = (unsigned)__builtin_ctzl(left);
            pending &= ~(UINT64_C(1) << intid);
            if (handlers[intid].fn)
                handlers[intid].fn(handlers[intid].arg);
        }
    }
}

bool machine_interrupts(void)
{
    bool any = due();
    if (any)
        irq_handle();
    return any;
}

void cpu_wait(void)
{
    if (pending)
        return;
    if (alarm_at == UINT64_MAX)
        panic("every thread waits, and nothing will ever end that");
    now = MAX(now, alarm_at);
}

static void on_wake(void *arg)
{
    (void)arg;
}

static void on_preempt(void *arg)
{
    (void)arg;
    sched_preempt();
}

/* ---- the end ---- */

static void print(const char *text)
{
    fputs(text, stderr);
}

static void die(const char *what, const char *fmt, va_list ap)
{
    char text[240];
    fmt_vprint(text, sizeof text, fmt, ap);
    fprintf(stderr, "%s: %s\nthe last events:\n", what, text);
    if (cpus[0].trace)
        trace_print(print);
    abort(); /* the sanitizers' handler prints where */
}

void panic_v(const char *fmt, va_list ap)
{
    die("kernel panic", fmt, ap);
    abort();
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
    die("the boot fails", fmt, ap);
    abort();
}

bool panic_in_progress(void)
{
    return false;
}

void lock_stuck(const struct spinlock *l)
{
    panic("the lock at %p %s", (const void *)l, l->held ? "is held already" : "isn't held");
}

void power_off(void)
{
    panic("the program was ended");
}

/* ---- the boot, as kernel/init/main.c has it ---- */

static struct machine machine = {.ncpus = 1, .bootargs = "", .seed_bytes = 32};

/* Nobody runs the vDSO. The two names are the ends of one thing. */
__asm__(".pushsection .rodata\n.globl vdso_image, vdso_image_end\nvdso_image: .zero 64\n"
        "vdso_image_end:\n.popsection");
extern const uint64_t vdso_sigreturn_offset;
const uint64_t vdso_sigreturn_offset = 8;

/* A card whose frames nobody gets. */
static uint8_t *card_send(struct netdev *d, const struct netdev_piece *pieces, unsigned n,
                          struct netdev_checksum c)
{
    static uint8_t frame[NETDEV_FRAME_MAX];
    uint32_t size = 0;
    (void)d;
    for (unsigned i = 0; i < n; size += pieces[i++].size) {
        if (pieces[i].size > sizeof frame - size)
            panic("a frame of more than %u bytes", NETDEV_FRAME_MAX);
        memcpy(frame + size, pieces[i].bytes, pieces[i].size);
    }
    if ((uint32_t)c.start + c.offset > size)
        panic("a checksum outside the frame");
    return frame;
}

static void card_flush(struct netdev *d)
{
    (void)d;
}

static int network_boot(void)
{
    static struct netdev card = {
        .mac = {0x52, 0x54, 0, 1, 2, 3}, .checksums = true, .send = card_send, .flush = card_flush};
    struct netdev *cards[] = {&card};
    return network_start(cards, 1) ? 0 : -ENOMEM;
}
BOOT_STEP(network_boot);

static void uart_write(const char *text, size_t size_bytes)
{
    fwrite(text, 1, size_bytes, stdout);
    fflush(stdout);
}

static void boot(const char *options)
{
    struct cpu *cpu = &cpus[0];
    cpu->g = &cpu->m.g0;
    cpu->trace = cpu->trace_first;
    cpu->trace_mask = TRACE_RECORDS - 1;
    cpu->online = true;
    machine.bootargs = options;
    machine_here = &machine;
    clock_init(timer_counter());
    console_use_uart(uart_write);
    memory_init();
    table_init();
    if (payload_init(payload_start, payload_bytes))
        boot_fail("a bad payload");
    options_init(options);
    klog_set_level((enum klog_level)MIN(option_number("log", 0), (uint64_t)LOG_DEBUG));
    irq_register(SGI_WAKE, on_wake, NULL);
    irq_register(SGI_PREEMPT, on_preempt, NULL);
    (void)!clock_set_real(INT64_C(1700000000) * NS_PER_SEC);
    if (vdso_init(clock_timebase(), clock_real_offset_ns()))
        boot_fail("no memory for the vDSO");
    random_init(&machine);
    sched_init(cpu_count, &cpu->m);
    const char *why = program_start();
    if (why)
        boot_fail("%s", why);
}

/* ---- the host's code and the machine's, each on its own stack ---- */

static struct g host, inside; /* what each was in when the other one went on */
static const void *host_stack;
static size_t host_stack_bytes;

static void scheduler(struct g *from)
{
    (void)from;
    __sanitizer_finish_switch_fiber(NULL, &host_stack, &host_stack_bytes);
    m_main(&cpus[0].m);
}

static void go_on_inside(struct g *from)
{
    (void)from;
    gort_gogo(&inside.sched);
}

static void go_on_outside(struct g *from)
{
    (void)from;
    gort_gogo(&host.sched);
}

static void enter(uintptr_t stack_top, struct gobuf *stack, void (*fn)(struct g *))
{
    void *fake = NULL;
    uintptr_t bottom = kstack_bottom(stack_top);
    __sanitizer_start_switch_fiber(&fake, (void *)bottom, stack_top - bottom);
    gort_mcall(&host, stack, fn);
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
}

void machine_boot(const char *options)
{
    struct cpu *cpu = &cpus[0];
    boot(options);
    cpu->stack_top = kstack_alloc();
    cpu->m.g0.stack_lo = kstack_bottom(cpu->stack_top);
    cpu->m.g0.stack_hi = cpu->stack_top;
    struct gobuf stack = {.sp = cpu->stack_top};
    enter(cpu->stack_top, &stack, scheduler);
}

static uintptr_t paused_stack;

void machine_run(void)
{
    enter(paused_stack, &inside.sched, go_on_inside);
}

void machine_pause(void)
{
    void *fake = NULL;
    paused_stack = task_self()->stack_top;
    __sanitizer_start_switch_fiber(&fake, host_stack, host_stack_bytes);
    gort_mcall(&inside, &host.sched, go_on_outside);
    __sanitizer_finish_switch_fiber(fake, &host_stack, &host_stack_bytes);
}
