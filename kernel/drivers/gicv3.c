/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The GICv3 and v4 (ARM IHI 0069) with affinity routing; all interrupts are in group 1. Each CPU
 * has a redistributor, found by its affinity, for its own interrupts; LPIs are not used.
 */
#include "kernel/arch/arm64/gic_cpu.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/io.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/machine.h"
#include "kernel/core/panic.h"
#include "kernel/drivers/irqchip.h"

/* Registers of the distributor; most exist in a redistributor's second frame too, for interrupts 0
 * to 31. */
enum gic_register {
    GICD_CTLR = 0x0000,
    GICD_TYPER = 0x0004,
    GIC_IGROUPR = 0x0080,
    GIC_ISENABLER = 0x0100,
    GIC_ICENABLER = 0x0180,
    GIC_ISPENDR = 0x0200,
    GIC_IPRIORITYR = 0x0400,
    GIC_ICFGR = 0x0c00,
    GIC_IGRPMODR = 0x0d00,
    GICD_IROUTER = 0x6000,
};

enum gicr_register {
    GICR_CTLR = 0x0000,
    GICR_TYPER = 0x0008,
    GICR_WAKER = 0x0014,
    GICR_SGI_FRAME = 0x10000,
};

#define CTLR_RWP (1u << 31)
#define CTLR_ENABLE \
    (1u << 4 | 1u << 1 | 1u << 0) /* affinity routing; group 1 in either security view */
#define GICR_CTLR_RWP       (1u << 3)
#define GICR_TYPER_VLPIS    (1u << 1)
#define GICR_TYPER_LAST     (1u << 4)
#define GICR_WAKER_SLEEP    (1u << 1)
#define GICR_WAKER_CHILDREN (1u << 2)
#define GICR_STRIDE         0x20000u
#define GICR_STRIDE_V4      0x40000u
#define MPIDR_AFFINITY      UINT64_C(0xff00ffffff)

static const struct machine *machine;
static volatile void *dist;
static volatile char *redist[MACHINE_CPU_MAX];

/* The four affinity bytes of an MPIDR as GICR_TYPER has them. */
static uint32_t affinity(uint64_t mpidr)
{
    return (uint32_t)((mpidr >> 32 & 0xff) << 24 | (mpidr & 0xffffff));
}

static volatile char *redist_find_in(const struct machine_window *w, uint32_t wanted)
{
    volatile char *base = mmio_map(w->base, w->size_bytes);
    for (uint64_t at = 0; base && at + GICR_STRIDE <= w->size_bytes;) {
        uint64_t type = mmio_read64(base + at, GICR_TYPER);
        if (type >> 32 == wanted)
            return base + at;
        if (type & GICR_TYPER_LAST)
            break;
        at += type & GICR_TYPER_VLPIS ? GICR_STRIDE_V4 : GICR_STRIDE;
    }
    return NULL;
}

static volatile char *redist_find(uint64_t mpidr)
{
    volatile char *found = NULL;
    for (unsigned i = 0; i < machine->ngic_redist && !found; i++)
        found = redist_find_in(&machine->gic_redist[i], affinity(mpidr));
    return found;
}

static void redist_init(volatile char *r)
{
    volatile char *own = r + GICR_SGI_FRAME;
    mmio_write32(r, GICR_WAKER, mmio_read32(r, GICR_WAKER) & ~GICR_WAKER_SLEEP);
    while (mmio_read32(r, GICR_WAKER) & GICR_WAKER_CHILDREN)
        ;
    mmio_write32(own, GIC_IGROUPR, UINT32_MAX);
    mmio_write32(own, GIC_IGRPMODR, 0);
    for (unsigned i = 0; i < IRQ_SPI_FIRST; i += 4)
        mmio_write32(own, GIC_IPRIORITYR + i, IRQ_PRIORITY_WORD);
    mmio_write32(own, GIC_ICENABLER, 0xffff0000);
    mmio_write32(own, GIC_ISENABLER, 0x0000ffff);
    while (mmio_read32(r, GICR_CTLR) & GICR_CTLR_RWP)
        ;
}

static bool cpuif_init(void)
{
    gic_cpu_write_sre(gic_cpu_read_sre() | 1);
    if (!(gic_cpu_read_sre() & 1))
        return false;
    gic_cpu_write_pmr(IRQ_PRIORITY_LIMIT);
    gic_cpu_write_bpr(0);
    gic_cpu_write_ctlr(0);
    gic_cpu_write_igrpen(1);
    return true;
}

static const char *interface_init(unsigned cpu)
{
    redist[cpu] = redist_find(machine->cpus[cpu].mpidr);
    if (!redist[cpu])
        return "the GICv3 has no redistributor for this CPU";
    redist_init(redist[cpu]);
    return cpuif_init() ? NULL : "the GICv3 CPU interface can't be used through system registers";
}

static void gicv3_init_cpu(unsigned cpu)
{
    const char *why = interface_init(cpu);
    if (why)
        panic("CPU %u can't take interrupts: %s", cpu, why);
}

static void dist_wait(void)
{
    while (mmio_read32(dist, GICD_CTLR) & CTLR_RWP)
        ;
}

static const char *gicv3_init(const struct machine *m)
{
    machine = m;
    dist = mmio_map(m->gic_dist.base, m->gic_dist.size_bytes);
    if (!dist)
        return "the GICv3 registers can't be mapped";
    mmio_write32(dist, GICD_CTLR, 0);
    unsigned words = (mmio_read32(dist, GICD_TYPER) & 0x1f) + 1;
    for (unsigned i = 1; i < words; i++) {
        mmio_write32(dist, GIC_ICENABLER + 4 * i, UINT32_MAX);
        mmio_write32(dist, GIC_IGROUPR + 4 * i, UINT32_MAX);
        mmio_write32(dist, GIC_IGRPMODR + 4 * i, 0);
    }
    dist_wait();
    mmio_write32(dist, GICD_CTLR, CTLR_ENABLE);
    dist_wait();
    return interface_init(0);
}

/* The frame with intid's registers: the running CPU's own for SGIs and PPIs. */
static volatile void *home(unsigned intid)
{
    return intid < IRQ_SPI_FIRST ? redist[cpu_index()] + GICR_SGI_FRAME : dist;
}

static void gicv3_enable(unsigned intid)
{
    if (intid >= IRQ_SPI_FIRST) {
        size_t config = GIC_ICFGR + intid / 16 * 4;
        uint32_t edge = 2u << intid % 16 * 2;
        mmio_write32(dist, config, mmio_read32(dist, config) & ~edge);
        mmio_write8(dist, GIC_IPRIORITYR + intid, IRQ_PRIORITY);
        mmio_write64(dist, GICD_IROUTER + 8 * intid, machine->cpus[0].mpidr & MPIDR_AFFINITY);
    }
    mmio_write32(home(intid), GIC_ISENABLER + intid / 32 * 4, 1u << intid % 32);
}

static void gicv3_disable(unsigned intid)
{
    mmio_write32(home(intid), GIC_ICENABLER + intid / 32 * 4, 1u << intid % 32);
}

static void gicv3_pend(unsigned intid)
{
    mmio_write32(home(intid), GIC_ISPENDR + intid / 32 * 4, 1u << intid % 32);
}

/* ICC_SGI1R_EL1: affinities 3, 2 and 1, which group of 16 of affinity 0, and the bit in that group.
 */
static void gicv3_send(unsigned cpu, unsigned sgi)
{
    uint64_t a = affinity(machine->cpus[cpu].mpidr);
    gic_cpu_send((a >> 24) << 48 | (a >> 16 & 0xff) << 32 | (a >> 8 & 0xff) << 16 |
                 (a >> 4 & 0xf) << 44 | (uint64_t)sgi << 24 | UINT64_C(1) << (a & 0xf));
}

static uint32_t gicv3_acknowledge(void)
{
    return (uint32_t)gic_cpu_read_iar();
}

static void gicv3_eoi(uint32_t acknowledged)
{
    gic_cpu_write_eoir(acknowledged);
}

const struct irqchip gicv3 = {
    .init = gicv3_init,
    .init_cpu = gicv3_init_cpu,
    .enable = gicv3_enable,
    .disable = gicv3_disable,
    .pend = gicv3_pend,
    .send = gicv3_send,
    .acknowledge = gicv3_acknowledge,
    .eoi = gicv3_eoi,
};
