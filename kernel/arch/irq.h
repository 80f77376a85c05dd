/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts. Numbers are the GIC's: 0 to 15 are sent by CPUs (SGI), 16 to 31 belong to each CPU
 * (PPI), from 32 on they are shared (SPI) and go to the boot CPU. Everything here runs with
 * interrupts masked. Handlers run in irq_handle, on the interrupted task's kernel stack, with no
 * lock held: the interrupted code was the program or the idle loop.
 */
#ifndef KERNEL_ARCH_IRQ_H
#define KERNEL_ARCH_IRQ_H

#include "lib/types.h"

struct machine;

typedef void irq_fn(void *arg);

/* irq_init - find and start the interrupt controller, on the boot CPU. NULL, or a sentence's rest
 * that says why it can't be used. */
const char *irq_init(const struct machine *m) MUST_CHECK;

/* irq_init_cpu - the running CPU's part of it; `cpu` is its index in machine.cpus. Each CPU but the
 * boot CPU, once, before it takes interrupts. */
void irq_init_cpu(unsigned cpu);

/* irq_register - have fn(arg) called for intid. Before irq_enable; at most IRQ_HANDLERS_MAX of them
 * in the system, which is asserted. */
#define IRQ_HANDLERS_MAX 24
void irq_register(unsigned intid, irq_fn *fn, void *arg);

/* irq_enable, irq_disable - let intid through or not. For PPIs on the running CPU only; SGIs are
 * always enabled. All are level-sensitive. */
void irq_enable(unsigned intid);
void irq_disable(unsigned intid);

/* irq_pend - make intid, an SPI, pending by hand: its handler runs soon, in interrupt context. Any
 * context. */
void irq_pend(unsigned intid);

/* irq_send - SGI number sgi (0 to 15) to a CPU by index. What was written before is visible to its
 * handler. Any context. */
void irq_send(unsigned cpu, unsigned sgi);

/* irq_handle - acknowledge and serve what is pending, until nothing is. Called by the exception
 * vector. An interrupt that nobody registered is disabled and told once. */
void irq_handle(void);

#endif
