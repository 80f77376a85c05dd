/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machines of this user that have a name: a folder, $XDG_RUNTIME_DIR/mazboot or
 * /tmp/mazboot-UID, that nobody else may enter, with two files for each. NAME.machine says what it
 * is and is locked as long as it lives; NAME.debug is the socket of its debugger port.
 */
#ifndef CMD_REGISTRY_H
#define CMD_REGISTRY_H

#include <limits.h>

#include "vmm/error.h"

#define MACHINE_NAME_MAX 64

/* One's own entry. Zeroed: none. */
struct registration {
    char name[MACHINE_NAME_MAX + 1];
    char entry[PATH_MAX], socket[PATH_MAX];
    int lock_fd;
    int debug_fd; /* listens; for machine_config */
};

/* What is known of a machine. */
struct machine_entry {
    char name[MACHINE_NAME_MAX + 1];
    char socket[PATH_MAX];
    long pid; /* of the launcher */
    unsigned long long memory_bytes;
    unsigned cpu_count;
    int payload_fd;         /* the launcher's number for the payload of what was booted */
    char program[PATH_MAX]; /* argv[0] */
};

/* Takes a name: letters, digits, "-", "_" and ".", at most MACHINE_NAME_MAX. NULL: one made of the
 * process's number, for whoever only needs the debugger port. -EINVAL; -EEXIST when a machine has
 * it; -EPERM when the folder isn't this user's alone. */
int registry_enter(struct registration *r, const char *name, struct error *err) MUST_CHECK;

/* Says what the machine is, once it is known. */
int registry_describe(struct registration *r, const struct machine_entry *entry,
                      struct error *err) MUST_CHECK;

/* Takes the entry away. */
void registry_leave(struct registration *r);

/* Calls each for every machine that lives, by name; leftovers are swept away. The first result but
 * 0 of each ends it and is returned. No folder: no machine. */
int registry_walk(int (*each)(void *context, const struct machine_entry *entry), void *context,
                  struct error *err);

/* The machine called name. -ENOENT. */
int registry_find(const char *name, struct machine_entry *out, struct error *err) MUST_CHECK;

#endif
