/* SPDX-License-Identifier: Apache-2.0 */
/* What an interrupt controller's driver offers to irq.c, which implements kernel/arch/irq.h over
 * it. */
#ifndef KERNEL_DRIVERS_IRQCHIP_H
#define KERNEL_DRIVERS_IRQCHIP_H

#include "lib/types.h"

struct machine;

#define IRQ_SGI_MAX   16u
#define IRQ_SPI_FIRST 32u
#define IRQ_SPI_END   1020u /* 1020 to 1023 mean "nothing (for you)" */

struct irqchip {
    const char *(*init)(
        const struct machine *m); /* shared part, then the boot CPU's; NULL or a sentence's rest */
    void (*init_cpu)(unsigned cpu);
    void (*enable)(unsigned intid);
    void (*disable)(unsigned intid);
    void (*pend)(unsigned intid);
    void (*send)(unsigned cpu, unsigned sgi);
    uint32_t (*acknowledge)(
        void); /* what to give to eoi; the low 10 bits are the interrupt's number */
    void (*eoi)(uint32_t acknowledged);
};

extern const struct irqchip gicv2;
extern const struct irqchip gicv3;

/* All interrupts have one priority, in the middle: handlers don't nest. */
#define IRQ_PRIORITY       0xa0u
#define IRQ_PRIORITY_WORD  (IRQ_PRIORITY * 0x01010101u)
#define IRQ_PRIORITY_LIMIT 0xf0u

#endif
