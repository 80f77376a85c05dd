/* SPDX-License-Identifier: Apache-2.0 */
/* The bare guest's own pieces. */
#ifndef TESTS_DRIVERS_GUEST_GUEST_H
#define TESTS_DRIVERS_GUEST_GUEST_H

#include "lib/types.h"

extern char guest_pages[]; /* free memory behind the image */
void guest_wait(void);
void guest_secondary(void);
void guest_main(void *dtb) NORETURN;
void guest_secondary_main(unsigned cpu) NORETURN;
void guest_exception(uint64_t esr, uint64_t elr, uint64_t far) NORETURN;
void __stack_chk_fail(void) NORETURN;

/* say - a line on the UART. */
void say(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
