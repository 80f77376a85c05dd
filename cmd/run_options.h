/* SPDX-License-Identifier: Apache-2.0 */
/* The options of `mazboot run`. */
#ifndef CMD_RUN_OPTIONS_H
#define CMD_RUN_OPTIONS_H

#include "cmd/guest.h"
#include "vmm/machine.h"

#define EXTRA_ARGS_MAX 64

struct run_options {
    struct guest guest;
    struct machine_config machine;
    const char *extra_args[EXTRA_ARGS_MAX + 1];
    unsigned extra_count;
    uint64_t timeout_ns;     /* 0 for none */
    const char *strace_path; /* NULL for stderr */
    const char *trace_path;  /* of the JSON file; NULL for none */
    bool strace;
    bool inject_help;
    const char *name; /* --name; NULL for none */
    bool stats;
    bool verbose;
    bool dry_run;
};

/* What counts when no option says otherwise. */
void run_options_init(struct run_options *options);

#endif
