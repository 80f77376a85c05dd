/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts that not every image has. An image is an inventory of files (kernel/mod.mk): smaller
 * ones link without those of larger ones. A file that may be missing is known to the rest only by
 * its boot steps, by its system calls (arch/arm64/syscall_table.S), and by functions that are
 * declared OPTIONAL and called behind `if (function)` or behind a condition that only they make
 * true.
 */
#ifndef KERNEL_CORE_OPTIONAL_H
#define KERNEL_CORE_OPTIONAL_H

#include "lib/types.h"

#define OPTIONAL __attribute__((weak))

/* A boot step: 0, or -ENOMEM if the program can't be started. Context: the first thread, before its
 * program is loaded; may sleep. */
typedef int (*boot_step)(void);
extern const boot_step __start_boot_steps[], __stop_boot_steps[]; /* the linker's */

#define BOOT_STEP(fn) \
    static const boot_step step_##fn __attribute__((used, section("boot_steps"))) = (fn)

/* One that comes after all of those. */
#define BOOT_STEP_LAST(fn) \
    static const boot_step step_##fn __attribute__((used, section("boot_steps_last"))) = (fn)

/* boot_steps_run - every step that this image has, but for the last in no order, until one fails.
 */
static inline int boot_steps_run(void)
{
    int err = 0;
    for (const boot_step *s = __start_boot_steps; !err && s < __stop_boot_steps; s++)
        err = (*s)();
    return err;
}

#endif
