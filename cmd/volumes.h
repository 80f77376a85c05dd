/* SPDX-License-Identifier: Apache-2.0 */
/* --volume: folders of the host in the guest. */
#ifndef CMD_VOLUMES_H
#define CMD_VOLUMES_H

#include "cmd/strings.h"
#include "vmm/machine.h"

#include <limits.h>

struct volumes {
    struct machine_volume list[MACHINE_VOLUMES_MAX];
    char *guest[MACHINE_VOLUMES_MAX]; /* where they are in the guest */
    unsigned count;
};

/*
 * Adds "HOST:GUEST", "HOST:GUEST:ro" or "HOST:GUEST:rw". HOST is a folder, GUEST an absolute path
 * other than "/". Fails with a sentence in err: -EINVAL for a wrong form, -ENOENT or -ENOTDIR for
 * the folder, -EEXIST for a GUEST that another one has, -E2BIG for more than MACHINE_VOLUMES_MAX.
 */
int volumes_add(struct volumes *volumes, const char *spec, struct error *err) MUST_CHECK;

/* The kernel options that mount them. */
void volumes_options(const struct volumes *volumes, struct strings *options);

/* Where the file at host_path is in the guest: path (PATH_MAX bytes), or false when it is in none
 * of them. */
bool volumes_find(const struct volumes *volumes, const char *host_path, char *path);

void volumes_free(struct volumes *volumes);

#endif
