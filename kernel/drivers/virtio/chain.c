/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/drivers/virtio/chain.h. Free descriptors form a chain of their own through `next`. */
#include "kernel/drivers/virtio/chain.h"
#include "abi/errno.h"
#include "kernel/arch/io.h"

void chainq_init(struct chainq *c, void *memory)
{
    *c = (struct chainq){.free_count = CHAINQ_SIZE};
    virtq_place(&c->q, memory, CHAINQ_SIZE);
    for (unsigned i = 0; i < CHAINQ_SIZE; i++)
        c->q.desc[i].next = (uint16_t)(i + 1);
}

static void fill(struct virtq_desc *d, const struct chain_piece *p, bool device_writes, bool last)
{
    d->addr = p->pa;
    d->len = p->bytes;
    d->flags =
        (uint16_t)((device_writes ? VIRTQ_DESC_F_WRITE : 0) | (last ? 0 : VIRTQ_DESC_F_NEXT));
}

int chainq_give(struct chainq *c, const struct chain_piece *pieces, unsigned reads, unsigned writes,
                void *owner)
{
    unsigned n = reads + writes;
    uint16_t head = c->first_free, at = head;
    if (n > c->free_count)
        return -EAGAIN;
    c->owner[head] = owner;
    c->writable[head] = 0;
    for (unsigned i = 0; i < n; i++, at = c->first_free) {
        fill(&c->q.desc[at], &pieces[i], i >= reads, i + 1 == n);
        c->writable[head] += i >= reads ? pieces[i].bytes : 0;
        c->first_free = c->q.desc[at].next;
    }
    c->free_count = (uint16_t)(c->free_count - n);
    c->q.avail->ring[c->q.avail_idx & (CHAINQ_SIZE - 1)] = head;
    dma_wmb();
    __atomic_store_n(&c->q.avail->idx, ++c->q.avail_idx, __ATOMIC_RELAXED);
    return 0;
}

/* The device could have changed the links, which are in its reach: no more steps than there are
 * descriptors, none outside. */
static void free_chain(struct chainq *c, uint16_t head)
{
    uint16_t at = head;
    unsigned n = 1;
    while (c->q.desc[at].flags & VIRTQ_DESC_F_NEXT && c->q.desc[at].next < CHAINQ_SIZE &&
           n + c->free_count < CHAINQ_SIZE) {
        at = c->q.desc[at].next;
        n++;
    }
    c->q.desc[at].next = c->first_free;
    c->first_free = head;
    c->free_count = (uint16_t)(c->free_count + n);
    c->owner[head] = NULL;
}

void *chainq_take(struct chainq *c, uint32_t *written)
{
    struct virtq *q = &c->q;
    if (q->broken || !virtq_has_used(q))
        return NULL;
    dma_rmb();
    const volatile struct virtq_used_elem *e = &q->used->ring[q->used_idx & (CHAINQ_SIZE - 1)];
    uint32_t head = e->id, bytes = e->len;
    if (head >= CHAINQ_SIZE || !c->owner[head] || bytes > c->writable[head] ||
        (uint16_t)(q->used->idx - q->used_idx) > CHAINQ_SIZE) {
        q->broken = true;
        return NULL;
    }
    void *owner = c->owner[head];
    free_chain(c, (uint16_t)head);
    q->used_idx++;
    *written = bytes;
    return owner;
}

void *chainq_abandon(struct chainq *c)
{
    for (unsigned i = 0; i < CHAINQ_SIZE; i++) {
        void *owner = c->owner[i];
        c->owner[i] = NULL;
        if (owner)
            return owner;
    }
    return NULL;
}
