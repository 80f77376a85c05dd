/* SPDX-License-Identifier: Apache-2.0 */
/* A child process. */
#ifndef VMM_PROCESS_H
#define VMM_PROCESS_H

#include "vmm/error.h"

#include <sys/types.h>

struct process {
    const char *const *argv; /* NULL-ended; argv[0] is looked up in PATH */
    const char *const
        *env; /* NULL-ended NAME=value strings that are set on top of the environment, or NULL */
    const char *directory; /* where it runs, or NULL for here */
    const int *keep;       /* close-on-exec descriptors that it inherits all the same */
    unsigned keep_count;
    bool background; /* own process group, no input, output on stderr, dies with its parent */
};

/*
 * Starts it, with no signal blocked. *pid belongs to the caller, who must wait for it.
 * Fails with the errno of pipe, fork or, reported back by the child, of chdir or exec.
 */
int process_start(const struct process *process, pid_t *pid, struct error *err) MUST_CHECK;

/*
 * Waits until the process has ended, for timeout_ms at most (-1: for ever). 1 and *status (as wait
 * gives it), or 0 if it still runs.
 */
int process_wait(pid_t pid, int timeout_ms, int *status);

#endif
