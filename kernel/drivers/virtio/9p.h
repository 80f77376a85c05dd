/* SPDX-License-Identifier: Apache-2.0 */
/* The virtio 9P transport: folders of the host that the machine carries as devices. */
#ifndef KERNEL_DRIVERS_VIRTIO_9P_H
#define KERNEL_DRIVERS_VIRTIO_9P_H

#include "kernel/core/p9_channel.h"

struct machine;

/* virtio_9p_start - start the machine's 9P devices, which are called by tags of VIRTIO_9P_TAG_BYTES
 * bytes; one that refuses is told of and left out. Boot CPU, once, after irq_init. */
#define VIRTIO_9P_TAG_BYTES 6
void virtio_9p_start(const struct machine *m);

/* virtio_9p_channel - the one with that tag, or NULL. */
struct p9_channel *virtio_9p_channel(const char *tag);

#endif
