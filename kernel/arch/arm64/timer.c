/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual timer (Arm DDI 0487 D11): the boot code zeroed CNTVOFF where it could, so it counts
 * like the physical one. */
#include "kernel/arch/timer.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/irq.h"

enum { CTL_ENABLE = 1, CTL_MASKED = 2 };

void timer_hw_init(unsigned intid, void (*handler)(void *))
{
    sysreg_write(cntv_ctl_el0, 0);
    if (cpu_index() == 0)
        irq_register(intid, handler, NULL);
    irq_enable(intid);
}

uint64_t timer_counter(void)
{
    barrier_isb();
    return sysreg_read(cntvct_el0);
}

uint64_t timer_frequency_hz(void)
{
    return sysreg_read(cntfrq_el0);
}

void timer_hw_set(uint64_t ticks)
{
    sysreg_write(cntv_cval_el0, ticks);
    sysreg_write(cntv_ctl_el0, CTL_ENABLE);
    barrier_isb();
}

void timer_hw_clear(void)
{
    sysreg_write(cntv_ctl_el0, 0);
}
