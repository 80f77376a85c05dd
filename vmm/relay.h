/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Carries streams and signals between a running machine and the host, until the guest's program or
 * the machine ends. One thread, one poll loop, bounded memory: the guest's output waits in the link
 * while the host's stream is full, and input is read only when the guest asked for it.
 */
#ifndef VMM_RELAY_H
#define VMM_RELAY_H

#include "abi/link.h"
#include "vmm/error.h"

struct relay_config {
    int link_fd;
    int console_fd;
    int in_fd;     /* where the guest's standard input comes from */
    int out_fd;    /* its standard output, */
    int err_fd;    /* its standard error, the UART's text and the kernel's log */
    int trace_fd;  /* system call trace, as `trace` words it */
    int signal_fd; /* a signalfd; what it brings goes to the guest, but for SIGUSR1, and SIGTSTP: */
    bool terminal; /* in_fd is one: Ctrl-T on it, as SIGUSR1, asks the guest what its threads do */
    /* Takes the data of LINK_EVENTS, LINK_THREAD, LINK_PROBES, LINK_UNKNOWN, LINK_COUNTS and
     * LINK_STATE; LINK_DUMP without data: the guest was asked for its threads' state, and says
     * nothing. NULL: nobody is
     * interested. */
    void (*take)(void *context, enum link_type type, const void *data, size_t size_bytes);
    /* What to write for the data of a LINK_TRACE, and how much; it has to stay until the next call.
     * NULL: nothing. */
    const char *(*trace)(void *context, const void *data, size_t size_bytes, size_t *text_bytes);
    /* Looks at text of the UART on its way to err_fd; NULL: nobody does. */
    void (*console)(void *context, const void *text, size_t size_bytes);
    void (*suspend)(void *context); /* stops guest and caller until the caller is continued */
    void *context;
    uint64_t timeout_ns; /* 0 for none */
};

enum relay_end {
    RELAY_EXIT,          /* the program ended: `exit` says how */
    RELAY_MACHINE_ENDED, /* without a word about the program */
    RELAY_PANIC,         /* the kernel said on its UART that it gave up, and then no more */
    RELAY_TIMEOUT,       /* timeout_ns passed */
    RELAY_SIGNAL, /* the host insisted: a second SIGINT, or no end in time after SIGTERM or SIGHUP:
                     `signal` */
    RELAY_OUTPUT, /* out_fd, err_fd or trace_fd cannot be written: `error.code`, -EPIPE when nobody
                     reads it */
    RELAY_PROTOCOL, /* the guest's frames make no sense: `error` */
};

struct relay_result {
    enum relay_end end;
    struct link_exit exit;
    int signal;
    struct error error;
};

/* Runs to the end. Only RELAY_EXIT and RELAY_MACHINE_ENDED leave a machine that has ended or is
 * about to by itself. */
void relay_run(const struct relay_config *config, struct relay_result *result);

#endif
