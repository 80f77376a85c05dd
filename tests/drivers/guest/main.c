/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The drivers on QEMU's machines, without the rest of the kernel: finds everything through the
 * device tree, sees the timer's and other CPUs' interrupts, copies standard input to standard
 * output over the link, and turns the machine off. tests/drivers/guest.sh judges what comes out.
 */
#include "kernel/arch/cpu.h"
#include "kernel/arch/irq.h"
#include "kernel/arch/power.h"
#include "kernel/core/clock.h"
#include "kernel/core/console.h"
#include "kernel/core/link.h"
#include "kernel/core/machine.h"
#include "kernel/core/random.h"
#include "kernel/drivers/pl011.h"
#include "kernel/drivers/pl031.h"
#include "kernel/drivers/virtio/console.h"
#include "kernel/drivers/virtio/rng.h"
#include "lib/str.h"
#include "tests/drivers/guest/guest.h"

enum { SGI_PING = 1, SGI_PONG = 2, SPI_NOBODYS = 90 };

static struct machine machine;
static volatile unsigned ticks, pongs, signals, pings[MACHINE_CPU_MAX];

static void on_tick(void *arg)
{
    (void)arg;
    ticks++;
    sysreg_write(cntv_ctl_el0, 0);
}

static void on_ping(void *arg)
{
    (void)arg;
    pings[cpu_index()]++;
    irq_send(0, SGI_PONG);
}

static void on_pong(void *arg)
{
    (void)arg;
    pongs++;
}

static void on_signal(unsigned signo)
{
    signals = signals * 31 + signo;
}

void guest_secondary_main(unsigned cpu)
{
    irq_init_cpu(cpu);
    irq_send(0, SGI_PONG);
    for (;;)
        guest_wait();
}

static void wait_for(const volatile unsigned *counter, unsigned value)
{
    while (*counter != value)
        guest_wait();
}

static void try_timer(void)
{
    irq_register(machine.timer_intid, on_tick, NULL);
    irq_enable(machine.timer_intid);
    sysreg_write(cntv_cval_el0, sysreg_read(cntvct_el0) + 1000);
    sysreg_write(cntv_ctl_el0, 1);
    wait_for(&ticks, 1);
    say("timer ok");
}

/* A shared interrupt that no device raises, made pending by hand; while it is disabled nothing
 * comes. */
static void try_pending(void)
{
    irq_register(SPI_NOBODYS, on_pong, NULL);
    irq_enable(SPI_NOBODYS);
    irq_pend(SPI_NOBODYS);
    wait_for(&pongs, 1);
    irq_disable(SPI_NOBODYS);
    irq_pend(SPI_NOBODYS);
    irq_pend(machine.virtio[0].intid);
    for (unsigned i = 0; i < 3; i++) {
        sysreg_write(cntv_cval_el0, sysreg_read(cntvct_el0) + 1000);
        sysreg_write(cntv_ctl_el0, 1);
        wait_for(&ticks, 2 + i);
    }
    say("pending %s", pongs == 1 ? "ok" : "wrong");
    pongs = 0;
}

static void try_cpus(void)
{
    irq_register(SGI_PING, on_ping, NULL);
    irq_register(SGI_PONG, on_pong, NULL);
    for (unsigned i = 1; i < machine.ncpus; i++) {
        int err = power_start_cpu(i, (paddr_t)(uintptr_t)guest_secondary, i);
        wait_for(&pongs, i);
        say("cpu %u: %d, once more: %d", i, err,
            power_start_cpu(i, (paddr_t)(uintptr_t)guest_secondary, i));
    }
    pongs = 0;
    for (unsigned i = 0; i < machine.ncpus; i++)
        irq_send(i, SGI_PING);
    while (pongs == 0 || pings[0] == 0)
        guest_wait();
    for (unsigned i = 0; i < machine.ncpus; i++)
        while (pings[i] == 0)
            ;
    say("pings %u ok", machine.ncpus);
}

static void try_random(void)
{
    unsigned seed_bytes = machine.seed_bytes;
    uint64_t a[2], b[2];
    random_init(&machine);
    if (!random_trusted())
        say("virtio-rng %s", virtio_rng_seed(&machine) ? "ok" : "absent");
    random_fill(a, sizeof a);
    random_fill(b, sizeof b);
    say("random %u %s", seed_bytes,
        a[0] != b[0] && a[0] != a[1] && random_trusted() ? "ok" : "weak");
}

static void copy_input(void)
{
    char buf[512];
    long n;
    while ((n = console_read(buf, sizeof buf, true)) > 0)
        console_write(1, buf, (size_t)n);
}

static void try_link(void)
{
    struct link_port *port;
    const char *why = virtio_console_start(&machine, &port);
    if (why) {
        say("no link: %s", why);
        return;
    }
    link_start(port);
    link_on_signal(on_signal);
    console_use_link();
    console_write(2, "to stderr\n", 10);
    console_log("a log line\n", 11);
    copy_input();
    struct link_exit e = {.status = 42, .switches = signals};
    console_exit(&e);
    say("link ok");
}

void guest_main(void *dtb)
{
    pl011_init((volatile void *)0x09000000);
    const char *why = machine_read(&machine, dtb, 1 << 20, sysreg_read(mpidr_el1));
    if (why)
        say("machine: %s", why);
    say("machine: %u cpus, gic %u, %lu KiB, %u slots", machine.ncpus, machine.gic_version,
        (unsigned long)(machine_memory_bytes(&machine) >> 10), machine.nvirtio);
    pl011_init((volatile void *)machine.uart.base);
    console_use_uart(pl011_write);
    uint32_t psci = power_init(&machine);
    say("psci %u.%u", psci >> 16, psci & 0xffff);
    say("rtc %u", pl031_read_s((volatile void *)machine.rtc.base));
    why = irq_init(&machine);
    if (why)
        say("irq: %s", why);
    try_timer();
    try_pending();
    try_cpus();
    try_random();
    try_link();
    power_off();
}
