/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The GICv2 (ARM IHI 0048). Interrupt groups stay as the firmware left them: without the security
 * extensions, and in the non-secure view with them, bit 0 of both control registers is the one that
 * counts.
 */
#include "kernel/arch/io.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/machine.h"
#include "kernel/drivers/irqchip.h"

enum gicd_register {
    GICD_CTLR = 0x000,
    GICD_TYPER = 0x004,
    GICD_ISENABLER = 0x100,
    GICD_ICENABLER = 0x180,
    GICD_ISPENDR = 0x200,
    GICD_IPRIORITYR = 0x400,
    GICD_ITARGETSR = 0x800,
    GICD_ICFGR = 0xc00,
    GICD_SGIR = 0xf00,
};

enum gicc_register {
    GICC_CTLR = 0x00,
    GICC_PMR = 0x04,
    GICC_IAR = 0x0c,
    GICC_EOIR = 0x10,
};

static volatile void *dist, *cpuif;
static uint8_t cpu_mask[MACHINE_CPU_MAX]; /* a CPU's bit in targets: the distributor's numbering
                                             need not be ours */

static void gicv2_init_cpu(unsigned cpu)
{
    for (unsigned i = 0; i < IRQ_SPI_FIRST; i += 4)
        mmio_write32(dist, GICD_IPRIORITYR + i, IRQ_PRIORITY_WORD);
    mmio_write32(dist, GICD_ICENABLER, 0xffff0000);
    mmio_write32(dist, GICD_ISENABLER, 0x0000ffff);
    /* The targets of one's own interrupts read as one's own bit, or as 0 where there is one CPU
     * only. */
    uint8_t mask = (uint8_t)mmio_read32(dist, GICD_ITARGETSR);
    cpu_mask[cpu] = mask ? mask : 1;
    mmio_write32(cpuif, GICC_PMR, IRQ_PRIORITY_LIMIT);
    mmio_write32(cpuif, GICC_CTLR, 1);
}

static const char *gicv2_init(const struct machine *m)
{
    dist = mmio_map(m->gic_dist.base, m->gic_dist.size_bytes);
    cpuif = mmio_map(m->gic_cpu.base, m->gic_cpu.size_bytes);
    if (!dist || !cpuif)
        return "the GICv2 registers can't be mapped";
    mmio_write32(dist, GICD_CTLR, 0);
    unsigned words = (mmio_read32(dist, GICD_TYPER) & 0x1f) + 1;
    for (unsigned i = 1; i < words; i++)
        mmio_write32(dist, GICD_ICENABLER + 4 * i, UINT32_MAX);
    mmio_write32(dist, GICD_CTLR, 1);
    gicv2_init_cpu(0);
    return NULL;
}

static void gicv2_enable(unsigned intid)
{
    if (intid >= IRQ_SPI_FIRST) {
        size_t config = GICD_ICFGR + intid / 16 * 4;
        uint32_t edge = 2u << intid % 16 * 2;
        mmio_write32(dist, config, mmio_read32(dist, config) & ~edge);
        mmio_write8(dist, GICD_IPRIORITYR + intid, IRQ_PRIORITY);
        mmio_write8(dist, GICD_ITARGETSR + intid, cpu_mask[0]);
    }
    mmio_write32(dist, GICD_ISENABLER + intid / 32 * 4, 1u << intid % 32);
}

static void gicv2_disable(unsigned intid)
{
    mmio_write32(dist, GICD_ICENABLER + intid / 32 * 4, 1u << intid % 32);
}

static void gicv2_pend(unsigned intid)
{
    mmio_write32(dist, GICD_ISPENDR + intid / 32 * 4, 1u << intid % 32);
}

static void gicv2_send(unsigned cpu, unsigned sgi)
{
    dma_wmb();
    mmio_write32(dist, GICD_SGIR, (uint32_t)cpu_mask[cpu] << 16 | sgi);
}

static uint32_t gicv2_acknowledge(void)
{
    return mmio_read32(cpuif, GICC_IAR);
}

static void gicv2_eoi(uint32_t acknowledged)
{
    mmio_write32(cpuif, GICC_EOIR, acknowledged);
}

const struct irqchip gicv2 = {
    .init = gicv2_init,
    .init_cpu = gicv2_init_cpu,
    .enable = gicv2_enable,
    .disable = gicv2_disable,
    .pend = gicv2_pend,
    .send = gicv2_send,
    .acknowledge = gicv2_acknowledge,
    .eoi = gicv2_eoi,
};
