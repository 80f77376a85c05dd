/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines of a running machine, seen from outside. */
#ifndef CMD_GOROUTINES_H
#define CMD_GOROUTINES_H

#include <stdio.h>

#include "gobin/span.h"
#include "vmm/error.h"

/*
 * Prints every goroutine of the Go program that runs in a machine, as the runtime prints them: its
 * state, what it waits for, its stack. The machine stands still meanwhile and isn't asked for
 * anything, so it may be as wedged as it likes. debugger: the path of the socket that
 * machine_config.debug_fd listens at; program: the file that it runs. Fails with -ENOEXEC when that
 * isn't a Go program that can be read, else as debug_open.
 */
int goroutines_print(FILE *out, const char *debugger, struct span program,
                     struct error *err) MUST_CHECK;

#endif
