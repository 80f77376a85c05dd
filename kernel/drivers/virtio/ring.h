/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver's side of a split virtqueue whose buffers are fixed: descriptor i always stands for
 * buffer i of one contiguous piece, so giving a buffer to the device is a length and an index.
 * Notifications are never left out, and interrupts that somebody waits for never suppressed: the
 * checks that this needs rely on the order of a write and a later read, which an emulator with one
 * CPU may drop (QEMU before 8.1).
 *
 * What the device writes is not trusted: an answer that the rules don't allow makes the queue
 * `broken`, and it stays so. No locking.
 */
#ifndef KERNEL_DRIVERS_VIRTIO_RING_H
#define KERNEL_DRIVERS_VIRTIO_RING_H

#include "abi/virtio.h"

#define VIRTQ_SIZE_MAX    64u
#define VIRTQ_PLACE_BYTES 1024u /* where a queue may begin: a multiple of this */
#define VIRTQ_ALIGN       64u   /* the used ring's alignment in the legacy layout */

struct virtq {
    struct virtq_desc *desc;
    struct virtq_avail *avail;
    const volatile struct virtq_used *used;
    uint16_t size;      /* descriptors, a power of two */
    uint16_t avail_idx; /* what we have given, modulo 2^16 */
    uint16_t used_idx;  /* what we have taken back */
    bool broken;
    uint64_t with_device; /* bit i: buffer i */
};

/* virtq_bytes - memory that a queue of `size` descriptors takes: a multiple of 64. */
size_t virtq_bytes(unsigned size);

/* virtq_place - say where things are in a queue of `size` descriptors, a power of two, that begins
 * at `memory`. */
void virtq_place(struct virtq *q, void *memory, unsigned size);

/* virtq_init - lay out an empty queue in `memory`, zeroed, at a multiple of VIRTQ_PLACE_BYTES.
 * size: a power of two up to VIRTQ_SIZE_MAX. */
void virtq_init(struct virtq *q, void *memory, unsigned size);

/* virtq_bind - buffer i is at this physical address; device_writes: it receives. Once per buffer,
 * before it is given. */
void virtq_bind(struct virtq *q, unsigned i, paddr_t buffer, bool device_writes);

/* virtq_suppress_interrupts - the device needn't interrupt for this queue: nobody ever waits for
 * it. */
static inline void virtq_suppress_interrupts(struct virtq *q)
{
    q->avail->flags = VIRTQ_AVAIL_F_NO_INTERRUPT;
}

/* virtq_end, virtq_link - buffer i, one that the device reads, is the last of what is given with
 * it; or goes on in buffer `next` after size_bytes. Before the first one of them is given. */
static inline void virtq_end(struct virtq *q, unsigned i, uint32_t size_bytes)
{
    q->desc[i].len = size_bytes;
    q->desc[i].flags = 0;
}

static inline void virtq_link(struct virtq *q, unsigned i, uint32_t size_bytes, unsigned next)
{
    q->desc[i].len = size_bytes;
    q->desc[i].flags = VIRTQ_DESC_F_NEXT;
    q->desc[i].next = (uint16_t)next;
}

/* virtq_give - let the device have buffer i, which it doesn't have, with size_bytes to send or room
 * for as many. The device looks when it is notified. */
void virtq_give(struct virtq *q, unsigned i, uint32_t size_bytes);

/* virtq_take - a buffer that the device is done with: its number, *size_bytes what it wrote (0 for
 * one it read). -EAGAIN: none. -EIO: the queue is broken. */
int virtq_take(struct virtq *q, uint32_t *size_bytes) MUST_CHECK;

/* virtq_has_used - virtq_take would not say -EAGAIN. */
static inline bool virtq_has_used(const struct virtq *q)
{
    return q->used->idx != q->used_idx;
}

#endif
