/* SPDX-License-Identifier: Apache-2.0 */
/* A tap interface of the host, which somebody with the right to has made. */
#ifndef VMM_TAP_H
#define VMM_TAP_H

#include "vmm/error.h"

/* Whether an interface can have that name at all. */
bool tap_name_valid(const char *name);

/*
 * Opens the tap interface of that name, with virtio's header before each frame: once, or, where it
 * was made for several queues, `wanted` times. The descriptors (close-on-exec) belong to the
 * caller; *count says how many there are. Fails with -ENODEV where there is no such interface,
 * -EINVAL where it isn't a tap, -EBUSY where it's taken, -EPERM where it's somebody else's, and the
 * errno of /dev/net/tun.
 */
int tap_open(const char *name, unsigned wanted, int *fds, unsigned *count,
             struct error *err) MUST_CHECK;

#endif
