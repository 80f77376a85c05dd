/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel/drivers/virtio/9p.h. One queue; an exchange is one chain. The lock guards the queue;
 * answers are handed out without it, by the interrupt handler.
 */
#include "kernel/drivers/virtio/9p.h"
#include "abi/errno.h"
#include "kernel/arch/io.h"
#include "kernel/arch/irq.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/log.h"
#include "kernel/core/page.h"
#include "kernel/core/slab.h"
#include "kernel/drivers/virtio/chain.h"
#include "kernel/drivers/virtio/mmio.h"
#include "lib/str.h"

#define DEVICES_MAX 8

struct virtio_9p {
    struct p9_channel channel;
    struct virtio_device device;
    struct spinlock lock;
    bool exhausted; /* somebody found no room: wake `room` when there is some */
    struct chainq queue;
};

static struct virtio_9p *devices[DEVICES_MAX];
static unsigned device_count;

static unsigned pieces_of(const struct p9_exchange *x, struct chain_piece *pieces, unsigned *reads)
{
    unsigned n = 0, in = 0;
    pieces[n++] = (struct chain_piece){virt_to_phys(x->out), x->out_bytes};
    if (x->runs_receive)
        pieces[n + in++] = (struct chain_piece){virt_to_phys(x->in), x->in_bytes};
    for (unsigned i = 0; i < x->run_count; i++)
        pieces[n + in + i] = (struct chain_piece){x->runs[i].pa, x->runs[i].bytes};
    if (x->runs_receive) {
        in += x->run_count;
    } else {
        n += x->run_count;
        pieces[n + in++] = (struct chain_piece){virt_to_phys(x->in), x->in_bytes};
    }
    *reads = n;
    return in;
}

static int submit(struct p9_channel *channel, struct p9_exchange *x)
{
    struct virtio_9p *v = container_of(channel, struct virtio_9p, channel);
    struct chain_piece pieces[P9_RUNS_MAX + 2];
    unsigned reads, writes = pieces_of(x, pieces, &reads);
    spin_lock(&v->lock);
    int err = channel->dead ? -EIO : chainq_give(&v->queue, pieces, reads, writes, x);
    v->exhausted |= err == -EAGAIN;
    if (!err)
        virtio_notify(&v->device, 0);
    spin_unlock(&v->lock);
    return err;
}

/* The device broke the rules: it is stopped, and everybody learns it. */
static void fail(struct virtio_9p *v)
{
    struct p9_exchange *x;
    log_err("the volume %s: its device returned an impossible request; it is not used any more",
            v->channel.tag);
    spin_lock(&v->lock);
    v->channel.dead = true;
    spin_unlock(&v->lock);
    virtio_reset(&v->device);
    irq_disable(v->device.intid);
    while ((x = chainq_abandon(&v->queue))) {
        x->got = 0;
        x->done(x);
    }
    waitq_wake(&v->channel.room, ~0u, 0);
}

static struct p9_exchange *take(struct virtio_9p *v, bool *room)
{
    spin_lock(&v->lock);
    uint32_t written = 0;
    struct p9_exchange *x = chainq_take(&v->queue, &written);
    if (x)
        x->got = written;
    *room = x && v->exhausted;
    v->exhausted &= !*room;
    spin_unlock(&v->lock);
    return x;
}

static void interrupt(void *arg)
{
    struct virtio_9p *v = arg;
    struct p9_exchange *x;
    bool room;
    virtio_interrupt_clear(&v->device);
    while ((x = take(v, &room))) {
        x->done(x);
        if (room)
            waitq_wake(&v->channel.room, ~0u, 0);
    }
    if (UNLIKELY(v->queue.q.broken && !v->channel.dead))
        fail(v);
}

/* The tag is in the configuration behind its length, and read in words. */
static void read_tag(struct virtio_9p *v)
{
    uint32_t low = mmio_read32(v->device.base, VIRTIO_MMIO_CONFIG);
    uint32_t high = mmio_read32(v->device.base, VIRTIO_MMIO_CONFIG + 4);
    uint64_t words = (uint64_t)high << 32 | low;
    if ((words & 0xffff) != VIRTIO_9P_TAG_BYTES)
        return;
    words >>= 16;
    memcpy(v->channel.tag, &words, VIRTIO_9P_TAG_BYTES);
}

static const char *start(struct virtio_9p *v)
{
    uint64_t agreed;
    paddr_t ring = page_alloc(0, PAGE_ZERO);
    if (ring == PAGE_NONE)
        return "there is no memory for its queue";
    chainq_init(&v->queue, phys_to_virt(ring));
    if (virtio_begin(&v->device, VIRTIO_9P_MOUNT_TAG, &agreed) < 0 ||
        virtio_queue_start(&v->device, 0, &v->queue.q) < 0) {
        virtio_reset(&v->device);
        page_put(ring);
        return "the device refused to start";
    }
    read_tag(v);
    v->channel.submit = submit;
    waitq_init(&v->channel.room);
    irq_register(v->device.intid, interrupt, v);
    irq_enable(v->device.intid);
    virtio_ready(&v->device);
    return NULL;
}

static void add(const struct virtio_device *device)
{
    struct virtio_9p *v = kzalloc(sizeof(*v));
    const char *why = "there is no memory for it";
    if (v) {
        v->device = *device;
        why = start(v);
    }
    if (!why) {
        devices[device_count++] = v;
        return;
    }
    log_err("a volume can't be used: %s", why);
    kfree(v);
}

void virtio_9p_start(const struct machine *m)
{
    struct virtio_device device;
    unsigned slot = VIRTIO_SLOT_FIRST;
    while (device_count < DEVICES_MAX && virtio_find_next(m, VIRTIO_ID_9P, &slot, &device))
        add(&device);
}

struct p9_channel *virtio_9p_channel(const char *tag)
{
    for (unsigned i = 0; i < device_count; i++)
        if (!strcmp(devices[i]->channel.tag, tag))
            return &devices[i]->channel;
    return NULL;
}
