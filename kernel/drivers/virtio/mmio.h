/* SPDX-License-Identifier: Apache-2.0 */
/* Virtio devices behind the MMIO transport, legacy (version 1) and current (version 2). */
#ifndef KERNEL_DRIVERS_VIRTIO_MMIO_H
#define KERNEL_DRIVERS_VIRTIO_MMIO_H

#include "kernel/drivers/virtio/ring.h"

struct machine;

struct virtio_device {
    volatile void *base;
    unsigned intid;
    bool legacy;
};

/* virtio_find - the machine's first device of kind `id` (enum virtio_device_id). False when it has
 * none. Touches nothing but magic and identity of each slot, from the highest down: that is where
 * QEMU puts the first device. */
bool virtio_find(const struct machine *m, uint32_t id, struct virtio_device *d);

/* virtio_find_next - the same behind *slot, where the last one was; VIRTIO_SLOT_FIRST: from the
 * start. */
#define VIRTIO_SLOT_FIRST UINT32_MAX
bool virtio_find_next(const struct machine *m, uint32_t id, unsigned *slot,
                      struct virtio_device *d);

/* virtio_begin - reset d and agree on those of the `wanted` feature bits that it offers, besides
 * the transport's own: *agreed. 0 or -EIO. virtio_queue_start - let d use queue `index` laid out in
 * q: -EIO when it hasn't got one of this size. virtio_ready - d may start. */
int virtio_begin(struct virtio_device *d, uint64_t wanted, uint64_t *agreed) MUST_CHECK;
int virtio_queue_start(struct virtio_device *d, unsigned index, const struct virtq *q) MUST_CHECK;
void virtio_ready(struct virtio_device *d);

/* virtio_reset - d forgets its queues and touches memory no more. */
void virtio_reset(struct virtio_device *d);

/* virtio_notify - there is something new in queue `index`. QEMU serves many devices within this
 * very write. */
void virtio_notify(struct virtio_device *d, unsigned index);

/* virtio_interrupt_clear - take back the device's interrupt; what it says after this raises it
 * again. */
void virtio_interrupt_clear(struct virtio_device *d);

#endif
