/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel around console, link and stdin, for tests: time that passes when looked at, sleeping
 * that lets the device move, interrupts that are delivered by hand. And tests that run each in a
 * process of its own, since the code under test keeps its state in static variables.
 */
#ifndef TESTS_DRIVERS_RIG_H
#define TESTS_DRIVERS_RIG_H

#include <stdio.h>
#include <stdlib.h>

#include "lib/types.h"

#define CHECK(x)                                           \
    do {                                                   \
        if (!(x)) {                                        \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #x); \
            exit(1);                                       \
        }                                                  \
    } while (0)

/* rig_start - the virtio console of the model, the link over it, and the console using it. */
void rig_start(bool legacy, bool several);

/* rig_interrupt - deliver the device's interrupt if its line is up or somebody made it pending. */
void rig_interrupt(void);

extern void (*rig_on_sleep)(
    void);                   /* what happens while the task sleeps; NULL: nobody should sleep */
extern int rig_sleep_result; /* what its sleep then returns */
extern int64_t rig_now_ns;
extern char rig_uart[4096]; /* what went to the UART */
extern char rig_log[4096];  /* what was logged */

/* run_alone - run fn in a child process and print "ok NAME" or "not ok NAME". Returns 1 if it
 * failed. */
int run_alone(const char *name, void (*fn)(void));

#endif
