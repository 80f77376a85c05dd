/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/drivers/virtio/transport.h: virtio by MMIO. */
#include "kernel/arch/io.h"
#include "kernel/drivers/virtio/transport.h"

static uint8_t config8(struct virtio_device *d, unsigned offset)
{
    return mmio_read8(d->base, VIRTIO_MMIO_CONFIG + offset);
}

const struct virtio_transport virtio_mmio = {
    .begin = virtio_begin,
    .queue_start = virtio_queue_start,
    .ready = virtio_ready,
    .reset = virtio_reset,
    .notify = virtio_notify,
    .interrupt_clear = virtio_interrupt_clear,
    .config8 = config8,
};
