/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boot order, written out: the only place that knows everybody. Each step says in one line on
 * the console why it can't go on. The boot code (kernel/arch/arm64/start.S) comes here with the MMU
 * on, on the boot stack; docs/ARCHITECTURE.md tells the whole path.
 */
#include "abi/errno.h"
#include "kernel/arch/irq.h"
#include "kernel/arch/mmu.h"
#include "kernel/arch/power.h"
#include "kernel/arch/timer.h"
#include "kernel/arch/trap.h"
#include "kernel/core/clock.h"
#include "kernel/core/console.h"
#include "kernel/core/cpu.h"
#include "kernel/core/kstack.h"
#include "kernel/core/link.h"
#include "kernel/core/log.h"
#include "kernel/core/machine.h"
#include "kernel/core/options.h"
#include "kernel/core/panic.h"
#include "kernel/core/payload.h"
#include "kernel/core/random.h"
#include "kernel/core/sgi.h"
#include "kernel/drivers/pl011.h"
#include "kernel/drivers/pl031.h"
#include "kernel/drivers/virtio/console.h"
#include "kernel/drivers/virtio/rng.h"
#include "kernel/init/crash.h"
#include "kernel/init/program.h"
#include "kernel/linux/vdso/vdso.h"
#include "lib/str.h"

#define TREE_BYTES_MAX \
    (UINT64_C(2) << 20) /* mapped by the boot code from the tree's 2 MiB block on */

struct cpu cpus[CPU_MAX];
unsigned cpu_count = 1;

static struct machine machine;
static paddr_t machine_image, boot_stack;

void kernel_main(paddr_t tree, paddr_t image, paddr_t room) NORETURN;
void secondary_main(struct cpu *cpu) NORETURN;
extern char image_start[], image_end[], secondary_entry[];
extern char window_end[]; /* of .bss */

#define BOOT_ROOM_BYTES 98304 /* ROOM_BYTES of start.S: the room without .bss */

static paddr_t room_end(paddr_t room)
{
    return room + BOOT_ROOM_BYTES;
}

static paddr_t boot_stack_top(paddr_t room)
{
    return ALIGN_DOWN(room_end(room), 2 * KSTACK_SIZE);
}

static void cpu_setup(struct cpu *cpu, unsigned index, uintptr_t stack_top)
{
    cpu->index = index;
    cpu->stack_top = stack_top;
    cpu->g = &cpu->m.g0;
    cpu->mpidr = machine.cpus[index].mpidr;
    if (!cpu->trace) { /* --trace has given it a larger one */
        cpu->trace = cpu->trace_first;
        cpu->trace_mask = TRACE_RECORDS - 1;
    }
}

/* The console first: without it nobody reads why the rest failed. */
static void machine_init(paddr_t tree)
{
    machine_here = &machine;
    const char *why = machine_read(&machine, phys_to_virt(tree), TREE_BYTES_MAX, cpu_affinity());
    if (machine.uart.size_bytes) {
        pl011_init(mmio_map(machine.uart.base, machine.uart.size_bytes));
        console_use_uart(pl011_write);
    }
    power_init(&machine);
    if (why)
        boot_fail("%s", why);
}

static void payload_find(paddr_t image, paddr_t room)
{
    paddr_t at = image + (paddr_t)(image_end - image_start),
            bss = room - (paddr_t)(window_end - image_end);
    const char *why = payload_init(phys_to_virt(at), bss - at);
    options_init(machine.bootargs);
    klog_set_level((enum klog_level)MIN(option_number("log", 0) + LOG_WARN, (uint64_t)LOG_DEBUG));
    if (why)
        boot_fail("%s", why);
    if (!payload_size_bytes())
        boot_fail("the image carries no program; make one with `mazboot build`");
}

/* Image, payload and room are taken; the room's unused tables come back at once. */
static void memory_init(paddr_t image, paddr_t room)
{
    struct mem_range taken[MACHINE_RESERVED_MAX + 2];
    unsigned n = 0;
    for (unsigned i = 0; i < machine.nram; i++)
        mmu_map_ram(machine.ram[i].start, machine.ram[i].end);
    taken[n++] = (struct mem_range){image, mmu_early_end()};
    taken[n++] = (struct mem_range){boot_stack_top(room) - KSTACK_SIZE, room_end(room)};
    for (unsigned i = 0; i < machine.nreserved; i++)
        taken[n++] = machine.reserved[i];
    page_init(machine.ram, machine.nram, taken, n);
    if (option_is("memory", "blank"))
        page_memory_is_blank();
}

static void on_timer(void *arg)
{
    (void)arg;
    timer_hw_clear();
    sched_tick(clock_mono_ns());
}

static void on_wake(void *arg)
{
    (void)arg; /* being interrupted was all */
}

static void on_preempt(void *arg)
{
    (void)arg;
    sched_preempt();
}

static void on_stop(void *arg)
{
    (void)arg;
    for (;;)
        cpu_wait();
}

static void interrupts_init(void)
{
    const char *why = irq_init(&machine);
    if (why)
        boot_fail("%s", why);
    irq_register(SGI_WAKE, on_wake, NULL);
    irq_register(SGI_PREEMPT, on_preempt, NULL);
    irq_register(SGI_STOP, on_stop, NULL);
    timer_hw_init(machine.timer_intid, on_timer);
}

static void clock_start(void)
{
    if (machine.rtc.size_bytes) {
        volatile void *rtc = mmio_map(machine.rtc.base, machine.rtc.size_bytes);
        (void)!clock_set_real((int64_t)pl031_read_s(rtc) * NS_PER_SEC);
    } else {
        log_warn("the machine has no clock of the day: time starts in 1970");
    }
    if (vdso_init(clock_timebase(), clock_real_offset_ns()))
        boot_fail("too little memory; give the machine more with -m");
}

/* Changes the stack protector's word, so it mustn't check it itself. */
__attribute__((no_stack_protector)) static void random_start(void)
{
    uintptr_t guard;
    random_init(&machine);
    if (!random_trusted() && !virtio_rng_seed(&machine))
        log_warn("no source of randomness but the clock: don't make keys on this machine");
    random_fill(&guard, sizeof guard);
    for (unsigned i = 0; i < CPU_MAX; i++)
        cpus[i].stack_guard = guard;
}

static void link_init(void)
{
    struct link_port *port;
    if (!option_is("link", "virtio"))
        return;
    const char *why = virtio_console_start(&machine, &port);
    if (why)
        boot_fail("%s", why);
    link_start(port);
    console_use_link();
}

/* The tree has been read and its boot arguments, which stay in it, are short: all of it but their
 * page comes back. */
static void release_boot_memory(paddr_t tree)
{
    for (unsigned i = 0; i < machine.nreserved; i++) {
        struct mem_range *r = &machine.reserved[i];
        if (tree < r->start || tree >= r->end)
            continue;
        paddr_t args = virt_to_phys(machine.bootargs);
        paddr_t args_end = ALIGN_UP(args + strlen(machine.bootargs) + 1, PAGE_SIZE);
        bool inside = args >= r->start && args < r->end;
        page_release_range(r->start, inside ? ALIGN_DOWN(args, PAGE_SIZE) : r->end);
        if (inside)
            page_release_range(args_end, r->end);
    }
}

static void start_secondary(unsigned index)
{
    struct cpu *cpu = &cpus[index];
    uintptr_t stack = kstack_alloc();
    paddr_t entry = machine_image + (paddr_t)(secondary_entry - image_start);
    int err = stack ? 0 : -ENOMEM;
    if (!err) {
        cpu_setup(cpu, index, stack);
        m_bind(&cpu->m, index);
        err = power_start_cpu(index, entry, (uint64_t)cpu);
    }
    if (err)
        log_warn("CPU %u doesn't start (error %d): going on without it", index, -err);
}

void secondary_main(struct cpu *cpu)
{
    cpu_init();
    irq_init_cpu(cpu->index);
    timer_hw_init(machine.timer_intid, on_timer);
    __atomic_store_n(&cpu->online, true, __ATOMIC_SEQ_CST);
    m_main(&cpu->m);
}

/* On a stack with unmapped memory below it, as every other from here on. */
static void boot_end(void *arg)
{
    struct cpu *cpu = arg;
    page_release_range(boot_stack - KSTACK_SIZE, boot_stack);
    crash_if_asked();
    m_main(&cpu->m);
}

void kernel_main(paddr_t tree, paddr_t image, paddr_t room)
{
    struct cpu *cpu = cpu_self();
    cpu_setup(cpu, 0, (uintptr_t)phys_to_virt(boot_stack_top(room)));
    cpu->online = true;
    clock_init(timer_counter());
    mmu_init(room);
    cpu_init();
    machine_init(tree);
    payload_find(image, room);
    memory_init(image, room);
    interrupts_init();
    clock_start();
    random_start();
    link_init();
    log_info("%u CPU, %lu MiB of memory, GICv%u", machine.ncpus,
             machine_memory_bytes(&machine) >> 20, machine.gic_version);
    machine_image = image;
    boot_stack = boot_stack_top(room);
    cpu_count = MIN(machine.ncpus, (unsigned)CPU_MAX);
    sched_init(cpu_count, &cpu->m);
    const char *why = program_start();
    if (why)
        program_refuse(why);
    release_boot_memory(tree);
    for (unsigned i = 1; i < cpu_count; i++)
        start_secondary(i);
    cpu->stack_top = kstack_alloc();
    if (!cpu->stack_top)
        boot_fail("the machine has too little memory; give it more with -m");
    arch_continue_on(cpu->stack_top, boot_end, cpu);
}
