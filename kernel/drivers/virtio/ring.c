/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/drivers/virtio/ring.h */
#include "kernel/drivers/virtio/ring.h"
#include "abi/errno.h"
#include "kernel/arch/io.h"
#include "kernel/core/panic.h"

static size_t used_offset(unsigned size)
{
    size_t avail_end = size * sizeof(struct virtq_desc) + sizeof(struct virtq_avail) +
                       (size + 1) * sizeof(uint16_t);
    return ALIGN_UP(avail_end, VIRTQ_ALIGN);
}

size_t virtq_bytes(unsigned size)
{
    size_t end =
        used_offset(size) + sizeof(struct virtq_used) + size * sizeof(struct virtq_used_elem);
    return ALIGN_UP(end + sizeof(uint16_t), VIRTQ_ALIGN);
}

void virtq_place(struct virtq *q, void *memory, unsigned size)
{
    *q = (struct virtq){
        .desc = memory,
        .avail = (void *)((char *)memory + size * sizeof(struct virtq_desc)),
        .used = (void *)((char *)memory + used_offset(size)),
        .size = (uint16_t)size,
    };
}

void virtq_init(struct virtq *q, void *memory, unsigned size)
{
    ASSERT(size > 0 && size <= VIRTQ_SIZE_MAX && (size & (size - 1)) == 0);
    virtq_place(q, memory, size);
}

void virtq_bind(struct virtq *q, unsigned i, paddr_t buffer, bool device_writes)
{
    q->desc[i].addr = buffer;
    q->desc[i].flags = device_writes ? VIRTQ_DESC_F_WRITE : 0;
}

void virtq_give(struct virtq *q, unsigned i, uint32_t size_bytes)
{
    ASSERT(i < q->size && !(q->with_device >> i & 1));
    q->with_device |= UINT64_C(1) << i;
    q->desc[i].len = size_bytes;
    q->avail->ring[q->avail_idx & (q->size - 1)] = (uint16_t)i;
    dma_wmb();
    q->avail_idx++;
    __atomic_store_n(&q->avail->idx, q->avail_idx, __ATOMIC_RELAXED);
}

/* Whether the next used element can be what the device says it is. */
static bool answer_possible(const struct virtq *q, uint32_t i, uint32_t written)
{
    return (uint16_t)(q->used->idx - q->used_idx) <= q->size && i < q->size &&
           q->with_device >> i & 1 &&
           (!(q->desc[i].flags & VIRTQ_DESC_F_WRITE) || written <= q->desc[i].len);
}

int virtq_take(struct virtq *q, uint32_t *size_bytes)
{
    if (q->broken)
        return -EIO;
    if (!virtq_has_used(q))
        return -EAGAIN;
    dma_rmb();
    const volatile struct virtq_used_elem *e = &q->used->ring[q->used_idx & (q->size - 1)];
    uint32_t i = e->id, written = e->len;
    if (!answer_possible(q, i, written)) {
        q->broken = true;
        return -EIO;
    }
    q->with_device &= ~(UINT64_C(1) << i);
    q->used_idx++;
    *size_bytes = q->desc[i].flags & VIRTQ_DESC_F_WRITE ? written : 0;
    return (int)i;
}
