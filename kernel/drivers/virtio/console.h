/* SPDX-License-Identifier: Apache-2.0 */
/* The virtio console (virtio 1.2, 5.3) with one port: what carries the link. */
#ifndef KERNEL_DRIVERS_VIRTIO_CONSOLE_H
#define KERNEL_DRIVERS_VIRTIO_CONSOLE_H

#include "kernel/core/link.h"

struct machine;

/* virtio_console_start - find and start the console; its interrupt is enabled. Boot, once. *port:
 * for link_start. NULL, or a sentence's rest that says why there is none. */
const char *virtio_console_start(const struct machine *m, struct link_port **port) MUST_CHECK;

#endif
