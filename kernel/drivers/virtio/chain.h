/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A split virtqueue whose requests are chains: some memory that the device reads, some that it
 * writes, each request with an owner that comes back with it. As in ring.h nothing is suppressed,
 * and a device that breaks the rules finds its queue `broken` for good. No locking.
 */
#ifndef KERNEL_DRIVERS_VIRTIO_CHAIN_H
#define KERNEL_DRIVERS_VIRTIO_CHAIN_H

#include "kernel/drivers/virtio/ring.h"

#define CHAINQ_SIZE 128u

struct chain_piece {
    paddr_t pa;
    uint32_t bytes;
};

struct chainq {
    struct virtq q; /* where it is */
    uint16_t first_free, free_count;
    void *owner[CHAINQ_SIZE];       /* of a chain that begins here; NULL: none does */
    uint32_t writable[CHAINQ_SIZE]; /* how many bytes the device may write to it */
};

/* chainq_init - an empty queue in `memory`, zeroed, virtq_bytes(CHAINQ_SIZE) at a multiple of
 * VIRTQ_PLACE_BYTES. */
void chainq_init(struct chainq *c, void *memory);

/* chainq_give - let the device have a request: `reads` pieces that it reads, then `writes` that it
 * writes, at least one together. owner: not NULL. 0, or -EAGAIN: too few descriptors are free. The
 * device looks when it is notified. */
int chainq_give(struct chainq *c, const struct chain_piece *pieces, unsigned reads, unsigned writes,
                void *owner) MUST_CHECK;

/* chainq_take - a request that the device is done with: its owner, *written what it wrote. NULL:
 * none, or the queue is broken (c->q.broken). */
void *chainq_take(struct chainq *c, uint32_t *written);

/* chainq_abandon - the owner of some request that the device still has, which it then hasn't any
 * more: for a device that has been reset. NULL: it has none. */
void *chainq_abandon(struct chainq *c);

#endif
