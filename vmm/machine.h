/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine that runs one kernel image. Which program or interface of the host makes it is the
 * business of a backend (struct machine_backend); everybody else holds a struct machine and speaks
 * to the guest over its link.
 */
#ifndef VMM_MACHINE_H
#define VMM_MACHINE_H

#include "vmm/image.h"
#include "vmm/net.h"

enum machine_accel {
    MACHINE_ACCEL_AUTO, /* KVM if this host has the machine's processor and lets us, otherwise TCG
                         */
    MACHINE_ACCEL_TCG,
    MACHINE_ACCEL_KVM,
};

#define MACHINE_VOLUMES_MAX 8

/* A folder of the host that the guest gets as a 9P device with the tag "vol000", "vol001" ... */
struct machine_volume {
    const char *host_path; /* absolute */
    bool readonly;
};

struct machine_config {
    uint64_t memory_bytes;
    unsigned cpu_count;
    const char *cpu_model; /* as the backend names it; NULL for the backend's choice */
    enum machine_accel accel;
    bool count_instructions;  /* guest time advances by one nanosecond an instruction; TCG only */
    struct image_parts image; /* what it boots; used until machine_start returns */
    int debug_fd;           /* a listening socket for a debugger (vmm/debug.h); 0: none; as image */
    const struct net *nets; /* network cards, the first with the lowest MAC address */
    unsigned net_count;
    const struct machine_volume *volumes;
    unsigned volume_count;         /* at most MACHINE_VOLUMES_MAX */
    const char *const *extra_args; /* NULL-ended arguments for the backend's program, or NULL */
};

/* How a machine ended: status as wait gives it. */
struct machine_end {
    int wait_status;
};

struct machine;

struct machine_backend {
    const char *name;
    int (*create)(const struct machine_config *config, struct machine **machine, struct error *err);
    int (*start)(struct machine *machine, struct error *err);
    int (*wait)(struct machine *machine, int timeout_ms, struct machine_end *end);
    void (*pause)(struct machine *machine, bool paused);
    void (*stop)(struct machine *machine);
    char *(*command)(const struct machine *machine);
    void (*free)(struct machine *machine);
};

/* The part that all backends share; a backend puts it first in its own structure. */
struct machine {
    const struct machine_backend *backend;
    const char *accel_name; /* "tcg" or "kvm": what accel came to */
    int link_fd;            /* stream of frames (abi/link.h) */
    int console_fd;         /* text that the guest writes to its UART */
};

/*
 * Prepares a machine of the named backend, with its link and console open. Nothing runs yet.
 * *config and what it points to must outlive the machine. Fails with -ENOENT for an unknown
 * backend, -ENOTSUP for something that this host or backend cannot do.
 */
int machine_create(const char *backend, const struct machine_config *config,
                   struct machine **machine, struct error *err) MUST_CHECK;

/* Starts it. From then on, end of file on link_fd and console_fd says that the machine has ended.
 */
int machine_start(struct machine *machine, struct error *err) MUST_CHECK;

/* Waits for its end, timeout_ms at most (-1: for ever). 1 and *end, or 0 if it still runs. Call
 * until it gave 1, once. */
int machine_wait(struct machine *machine, int timeout_ms, struct machine_end *end);

/* Lets it stand still, or go on. */
void machine_pause(struct machine *machine, bool paused);

/* Ends it at once. It must still be waited for. */
void machine_stop(struct machine *machine);

/* The command line that machine_start uses, quoted for a shell, or NULL without memory. The caller
 * frees it. */
char *machine_command(const struct machine *machine);

/* Gives everything back. A machine that runs is stopped first. NULL is allowed. */
void machine_free(struct machine *machine);

#endif
