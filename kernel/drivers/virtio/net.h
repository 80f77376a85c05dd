/* SPDX-License-Identifier: Apache-2.0 */
/* Virtio network cards (virtio 1.2, 5.1). */
#ifndef KERNEL_DRIVERS_VIRTIO_NET_H
#define KERNEL_DRIVERS_VIRTIO_NET_H

#include "kernel/core/netdev.h"

struct machine;

/* virtio_net_find - the machine's cards, by ascending MAC address: how many, at most NETDEV_MAX.
 * They are silent. Boot, once. */
unsigned virtio_net_find(const struct machine *m, struct netdev *cards[NETDEV_MAX]);

/* virtio_net_start - frames come in from now on; the card's user is set. Boot. False: the card
 * refused, and the log says so. */
bool virtio_net_start(struct netdev *d);

#endif
