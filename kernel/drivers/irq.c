/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel/arch/irq.h: the chosen controller and the handlers. Handlers are registered while one CPU
 * runs and looked up without a lock: an entry is complete before the count that covers it grows.
 */
#include "kernel/arch/irq.h"
#include "kernel/core/log.h"
#include "kernel/core/machine.h"
#include "kernel/core/panic.h"
#include "kernel/core/trace.h"
#include "kernel/drivers/irqchip.h"

struct handler {
    unsigned intid;
    irq_fn *fn;
    void *arg;
};

static const struct irqchip *chip;
static struct handler handlers[IRQ_HANDLERS_MAX];
static unsigned nhandlers;

const char *irq_init(const struct machine *m)
{
    chip = m->gic_version == 3 ? &gicv3 : &gicv2;
    return chip->init(m);
}

void irq_init_cpu(unsigned cpu)
{
    chip->init_cpu(cpu);
}

void irq_register(unsigned intid, irq_fn *fn, void *arg)
{
    ASSERT(nhandlers < IRQ_HANDLERS_MAX && intid < IRQ_SPI_END);
    handlers[nhandlers] = (struct handler){intid, fn, arg};
    __atomic_store_n(&nhandlers, nhandlers + 1, __ATOMIC_RELEASE);
}

void irq_enable(unsigned intid)
{
    chip->enable(intid);
}

void irq_disable(unsigned intid)
{
    chip->disable(intid);
}

void irq_pend(unsigned intid)
{
    chip->pend(intid);
}

void irq_send(unsigned cpu, unsigned sgi)
{
    chip->send(cpu, sgi);
}

static const struct handler *handler_find(unsigned intid)
{
    unsigned n = __atomic_load_n(&nhandlers, __ATOMIC_ACQUIRE);
    for (unsigned i = 0; i < n; i++)
        if (handlers[i].intid == intid)
            return &handlers[i];
    return NULL;
}

void irq_handle(void)
{
    cpu_self()->interrupts++;
    for (;;) {
        uint32_t acknowledged = chip->acknowledge();
        unsigned intid = acknowledged & 0x3ff;
        if (intid >= IRQ_SPI_END)
            return;
        trace_detail(TRACE_IRQ, intid);
        const struct handler *h = handler_find(intid);
        if (LIKELY(h != NULL)) {
            h->fn(h->arg);
        } else {
            chip->disable(intid);
            log_warn("interrupt %u has no handler: disabled", intid);
        }
        chip->eoi(acknowledged);
    }
}
