/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/init/crash.h"
#include "kernel/arch/cpu.h"
#include "gort/timer.h"
#include "kernel/core/clock.h"
#include "kernel/core/options.h"
#include "kernel/core/panic.h"

/* Deeper than any stack; not a tail call, since its frame is used after the call. */
__attribute__((noinline)) static unsigned long recurse(unsigned long n)
{
    volatile unsigned long frame[16] = {n};
    if (frame[0] < 1000000)
        frame[1] = recurse(n + 1);
    return frame[0] + frame[1];
}

__attribute__((noinline)) static void touch_nothing(void)
{
    *(volatile unsigned long *)0x10 = 1;
}

/* In an interrupt, while the program runs. */
static void panic_later(void *arg)
{
    (void)arg;
    panic("asked for");
}

void crash_if_asked(void)
{
    if (option_is("crash", "fault"))
        touch_nothing();
    if (option_is("crash", "stack"))
        recurse(0);
    if (option_is("crash", "hang"))
        for (;;)
            cpu_relax();
    if (option_is("crash", "later")) {
        static struct timer timer;
        timer_init(&timer, panic_later, NULL);
        timer_set(&timer, clock_mono_ns() + NS_PER_SEC);
    }
    if (option_is("crash", "panic"))
        panic("asked for");
}
