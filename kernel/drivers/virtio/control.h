/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control queues of a virtio console with several ports (virtio 1.2, 5.3.6.2): used to open one
 * port at boot; what the device tells later is of no interest here, but its buffers must go back.
 */
#ifndef KERNEL_DRIVERS_VIRTIO_CONTROL_H
#define KERNEL_DRIVERS_VIRTIO_CONTROL_H

#include "kernel/drivers/virtio/mmio.h"

struct virtio_control {
    struct virtio_device *device;
    struct virtq rx, tx;
    uint8_t *rx_buffers, *tx_buffer; /* behind their rings */
};

/* control_init - lay the queues out in `memory`, zeroed, two places of VIRTQ_PLACE_BYTES, and give
 * them to d, which is not ready yet. 0 or -EIO. */
int control_init(struct virtio_control *c, struct virtio_device *d, char *memory) MUST_CHECK;

/* control_open - once d is ready: wait for the port to be announced, a second at most, and open it.
 * 0 or -EIO. */
int control_open(struct virtio_control *c, uint32_t port) MUST_CHECK;

/* control_take - what virtq_take gives, looking for it for a second at most: for any device that is
 * told something at boot. */
int control_take(struct virtq *q, uint32_t *size_bytes) MUST_CHECK;

/* control_serve - give the device its buffers back. Interrupt context. False: the device broke the
 * rules. */
bool control_serve(struct virtio_control *c);

#endif
