/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel/drivers/virtio/net.h. Buffers are half pages, one for each descriptor.
 *
 * No wake-up gets lost, whatever the emulator does about barriers: interrupts of the receive queue
 * are never suppressed, and the handler looks at the ring until it is empty after it has taken the
 * interrupt back (before that, too: what comes meanwhile needs no other interrupt). Giving receive
 * buffers back is told each time it was a quarter of them: a device that lacks buffers, even for a
 * frame that needs half of all, has used the other half, so at least one telling is to come. The
 * transmit queue's interrupts are not wanted, and not needed: buffers that the device is done with
 * are taken back when the next frame is sent, and a frame for which there is no buffer is dropped,
 * as on any network. Its notifications are never left out, only gathered: one for all frames that a
 * system call or an interrupt has sent.
 *
 * All of it runs under the user's lock.
 */
#include "kernel/drivers/virtio/net.h"
#include "abi/errno.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/io.h"
#include "kernel/arch/irq.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/log.h"
#include "kernel/core/page.h"
#include "kernel/core/slab.h"
#include "abi/pci.h"
#include "kernel/drivers/virtio/transport.h"
#include "lib/str.h"

enum { RX = 0, TX = 1, BUFFERS = 64, BUFFER_BYTES = 2048, RING_ORDER = 1, PATIENCE = 20000 };

/* The last frame, which the device hasn't got yet, since it may get longer. */
struct open_frame {
    uint64_t buffers; /* none: there is no such frame */
    unsigned first, last;
    uint32_t last_bytes, size; /* in the last buffer, in all of them */
};

struct virtio_net {
    struct netdev d;
    struct virtio_pci_device device;
    const struct virtio_transport *transport;
    struct virtq rx, tx;
    uint8_t *buffer[2][BUFFERS]; /* of rx, tx */
    uint64_t tx_free;            /* bit i: buffer i */
    uint64_t tx_chain[BUFFERS];  /* of the frame that begins in it: its buffers */
    struct open_frame open;
    uint32_t header_bytes;
    unsigned untold; /* buffers given back to rx since its last notification */
    bool mergeable;  /* a frame may come in several buffers */
    bool dead;
    struct virtio_net *same_interrupt; /* the next card that has it */
};

static struct virtio_net *net_of(struct netdev *d)
{
    return container_of(d, struct virtio_net, d);
}

static struct virtio_device *device_of(struct virtio_net *n)
{
    return &n->device.d;
}

static void notify(struct virtio_net *n, unsigned queue)
{
    n->transport->notify(device_of(n), queue);
}

static void fail(struct virtio_net *n)
{
    n->dead = true;
    n->transport->reset(device_of(n));
    log_err("a virtio network card returned an impossible buffer: it is not used any more");
}

/* ---- sending ---- */

static void reap(struct virtio_net *n)
{
    uint32_t written;
    int i;
    while ((i = virtq_take(&n->tx, &written)) >= 0)
        n->tx_free |= n->tx_chain[i];
    if (n->tx.broken)
        fail(n);
}

/* The open frame is whole. */
static void commit(struct virtio_net *n)
{
    struct open_frame *f = &n->open;
    if (!f->buffers)
        return;
    virtq_end(&n->tx, f->last, f->last_bytes);
    n->tx_chain[f->first] = f->buffers;
    f->buffers = 0;
    virtq_give(&n->tx, f->first, n->tx.desc[f->first].len);
}

/* The device is another thread of the emulator: what it has been told of will be gone soon. */
static bool room(struct virtio_net *n)
{
    reap(n);
    if (n->tx_free || n->dead)
        return !n->dead;
    notify(n, TX);
    for (unsigned turns = PATIENCE; !n->tx_free && !n->dead && turns; turns--) {
        cpu_relax();
        reap(n);
    }
    return n->tx_free && !n->dead;
}

static unsigned take_buffer(struct virtio_net *n)
{
    unsigned i = (unsigned)__builtin_ctzll(n->tx_free);
    n->tx_free &= ~(UINT64_C(1) << i);
    n->open.buffers |= UINT64_C(1) << i;
    n->open.last = i;
    return i;
}

/* There are buffers enough. */
static void append(struct virtio_net *n, const uint8_t *bytes, uint32_t size)
{
    struct open_frame *f = &n->open;
    f->size += size;
    while (size) {
        uint32_t part = MIN(size, BUFFER_BYTES - f->last_bytes);
        memcpy(n->buffer[TX][f->last] + f->last_bytes, bytes, part);
        f->last_bytes += part;
        bytes += part;
        size -= part;
        if (size) {
            unsigned before = f->last;
            virtq_link(&n->tx, before, BUFFER_BYTES, take_buffer(n));
            f->last_bytes = 0;
        }
    }
}

static uint32_t total(const struct netdev_piece *pieces, unsigned count)
{
    uint32_t sum = 0;
    for (unsigned k = 0; k < count; k++)
        sum += pieces[k].size;
    return sum;
}

static uint8_t *net_send(struct netdev *d, const struct netdev_piece *pieces, unsigned count,
                         struct netdev_checksum c)
{
    struct virtio_net *n = net_of(d);
    struct virtio_net_header h = {0};
    commit(n);
    if (n->dead || total(pieces, count) > NETDEV_FRAME_MAX || (!n->tx_free && !room(n)))
        return NULL;
    if (c.start)
        h = (struct virtio_net_header){
            .flags = VIRTIO_NET_HDR_NEEDS_CSUM, .csum_start = c.start, .csum_offset = c.offset};
    n->open = (struct open_frame){.first = take_buffer(n)};
    n->open.buffers = UINT64_C(1) << n->open.first;
    n->open.last = n->open.first;
    append(n, (const void *)&h, n->header_bytes);
    for (unsigned k = 0; k < count; k++)
        append(n, pieces[k].bytes, pieces[k].size);
    return n->buffer[TX][n->open.first] + n->header_bytes;
}

static bool net_extend(struct netdev *d, const struct netdev_piece *pieces, unsigned count)
{
    struct virtio_net *n = net_of(d);
    struct open_frame *f = &n->open;
    uint32_t size = total(pieces, count), left = BUFFER_BYTES - f->last_bytes;
    if (n->dead || !f->buffers || f->size - n->header_bytes + size > NETDEV_LARGE_MAX)
        return false;
    unsigned needed = size > left ? (size - left + BUFFER_BYTES - 1) / BUFFER_BYTES : 0;
    if (needed > (unsigned)__builtin_popcountll(n->tx_free))
        return false;
    for (unsigned k = 0; k < count; k++)
        append(n, pieces[k].bytes, pieces[k].size);
    return true;
}

static void net_segment(struct netdev *d, bool six, uint16_t header_bytes, uint16_t segment_bytes)
{
    struct virtio_net *n = net_of(d);
    struct virtio_net_header *h = (void *)n->buffer[TX][n->open.first];
    h->gso_type = six ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
    h->header_len = header_bytes;
    h->gso_size = segment_bytes;
}

static void net_flush(struct netdev *d)
{
    struct virtio_net *n = net_of(d);
    if (n->dead)
        return;
    commit(n);
    notify(n, TX);
    reap(n);
}

/* ---- receiving ---- */

static void give(struct virtio_net *n, unsigned i)
{
    virtq_give(&n->rx, i, BUFFER_BYTES);
    n->untold++;
}

/* The buffers of the frame that begins in `first`, with its header: how many, 0: the device broke
 * the rules. */
static unsigned gather(struct virtio_net *n, unsigned first, uint32_t size, uint8_t *at,
                       struct netdev_piece *pieces)
{
    const struct virtio_net_header *h = (const void *)n->buffer[RX][first];
    unsigned count = n->mergeable ? h->buffers : 1, k = 0;
    int i = (int)first;
    if (!count || count > NETDEV_PIECES_MAX)
        return 0;
    do {
        at[k] = (uint8_t)i;
        pieces[k] = (struct netdev_piece){n->buffer[RX][i], size};
    } while (++k < count && (i = virtq_take(&n->rx, &size)) >= 0);
    return k == count ? count : 0;
}

static bool receive_frame(struct virtio_net *n, unsigned first, uint32_t size)
{
    struct netdev_piece pieces[NETDEV_PIECES_MAX];
    uint8_t at[NETDEV_PIECES_MAX];
    const struct virtio_net_header *h = (const void *)n->buffer[RX][first];
    bool checked = h->flags & (VIRTIO_NET_HDR_NEEDS_CSUM | VIRTIO_NET_HDR_DATA_VALID);
    unsigned count = size < n->header_bytes ? 0 : gather(n, first, size, at, pieces);
    if (count) {
        pieces[0].bytes = n->buffer[RX][first] + n->header_bytes;
        pieces[0].size -= n->header_bytes;
        n->d.frame(n->d.owner, pieces, count, checked);
    }
    for (unsigned k = 0; k < count; k++)
        give(n, at[k]);
    return count;
}

static void receive(struct virtio_net *n)
{
    uint32_t size;
    int i;
    while (!n->dead && (i = virtq_take(&n->rx, &size)) >= 0) {
        if (!receive_frame(n, (unsigned)i, size)) {
            fail(n);
            return;
        }
    }
    if (n->untold >= BUFFERS / 4) {
        n->untold = 0;
        notify(n, RX);
    }
    if (n->rx.broken)
        fail(n);
}

/* PCI cards may share an interrupt: `arg` leads to a list of them. */
static void net_interrupt(void *arg)
{
    struct virtio_net *const *first = arg;
    for (struct virtio_net *n = *first; n; n = n->same_interrupt) {
        n->d.enter();
        receive(n);
        n->transport->interrupt_clear(device_of(n));
        receive(n);
        n->d.leave();
    }
}

/* ---- starting ---- */

static bool make_queue(struct virtio_net *n, struct virtq *q, unsigned index)
{
    paddr_t ring = page_alloc(RING_ORDER, PAGE_ZERO);
    if (ring == PAGE_NONE)
        return false;
    virtq_init(q, phys_to_virt(ring), BUFFERS);
    for (unsigned i = 0; i < BUFFERS; i += 2) {
        paddr_t page = page_alloc(0, 0);
        if (page == PAGE_NONE)
            return false;
        for (unsigned half = 0; half < 2; half++) {
            n->buffer[index][i + half] = (uint8_t *)phys_to_virt(page) + half * BUFFER_BYTES;
            virtq_bind(q, i + half, page + half * BUFFER_BYTES, index == RX);
        }
    }
    return n->transport->queue_start(device_of(n), index, q) == 0;
}

/* Frames larger than a buffer are wanted only where they may come in several. */
static bool agree(struct virtio_net *n, uint64_t *agreed)
{
    uint64_t wanted = VIRTIO_NET_F_CSUM | VIRTIO_NET_F_GUEST_CSUM | VIRTIO_NET_F_MAC |
                      VIRTIO_NET_F_HOST_TSO4 | VIRTIO_NET_F_HOST_TSO6 | VIRTIO_NET_F_MRG_RXBUF |
                      VIRTIO_F_ANY_LAYOUT,
             large = VIRTIO_NET_F_GUEST_TSO4 | VIRTIO_NET_F_GUEST_TSO6;
    if (n->transport->begin(device_of(n), wanted | large, agreed) < 0)
        return false;
    return !(*agreed & large) || (*agreed & VIRTIO_NET_F_MRG_RXBUF) ||
           n->transport->begin(device_of(n), wanted, agreed) == 0;
}

static bool begin(struct virtio_net *n)
{
    uint64_t agreed;
    if (!agree(n, &agreed))
        return false;
    n->d.checksums = agreed & VIRTIO_NET_F_CSUM;
    n->d.segments4 = agreed & VIRTIO_NET_F_HOST_TSO4;
    n->d.segments6 = agreed & VIRTIO_NET_F_HOST_TSO6;
    n->mergeable = agreed & VIRTIO_NET_F_MRG_RXBUF;
    n->header_bytes = device_of(n)->legacy && !n->mergeable
                          ? offsetof(struct virtio_net_header, buffers)
                          : sizeof(struct virtio_net_header);
    if (!make_queue(n, &n->rx, RX) || !make_queue(n, &n->tx, TX))
        return false;
    virtq_suppress_interrupts(&n->tx);
    n->tx_free = BUFFERS == 64 ? UINT64_MAX : (UINT64_C(1) << BUFFERS) - 1;
    n->transport->ready(device_of(n));
    return true;
}

/* One handler for each interrupt, which is there from the first card on that has it. */
static void listen(struct virtio_net *n)
{
    static struct virtio_net *handled[NETDEV_MAX];
    for (unsigned i = 0; i < NETDEV_MAX; i++) {
        if (handled[i] && device_of(handled[i])->intid != device_of(n)->intid)
            continue;
        n->same_interrupt = handled[i];
        handled[i] = n;
        if (!n->same_interrupt)
            irq_register(device_of(n)->intid, net_interrupt, &handled[i]);
        irq_enable(device_of(n)->intid);
        return;
    }
}

bool virtio_net_start(struct netdev *d)
{
    struct virtio_net *n = net_of(d);
    if (n->dead)
        return false;
    for (unsigned i = 0; i < BUFFERS; i++)
        give(n, i);
    listen(n);
    notify(n, RX);
    return true;
}

static void sort_by_mac(struct netdev *found[NETDEV_MAX], unsigned count)
{
    for (unsigned i = 1; i < count; i++)
        for (unsigned k = i; k && memcmp(found[k]->mac, found[k - 1]->mac, 6) < 0; k--) {
            struct netdev *d = found[k];
            found[k] = found[k - 1];
            found[k - 1] = d;
        }
}

static struct netdev *card_new(const struct virtio_pci_device *device,
                               const struct virtio_transport *transport)
{
    struct virtio_net *n = kzalloc(sizeof(*n));
    if (!n)
        return NULL;
    n->device = *device;
    n->transport = transport;
    n->d.send = net_send;
    n->d.flush = net_flush;
    n->d.extend = net_extend;
    n->d.segment = net_segment;
    for (unsigned i = 0; i < sizeof(n->d.mac); i++)
        n->d.mac[i] = transport->config8(device_of(n), i);
    if (begin(n))
        return &n->d;
    transport->reset(device_of(n));
    log_err("a virtio network card refused to start");
    kfree(n);
    return NULL;
}

unsigned virtio_net_find(const struct machine *m, struct netdev *found[NETDEV_MAX])
{
    unsigned count = 0, slot = VIRTIO_SLOT_FIRST, number = 0;
    struct virtio_pci_device device = {0};
    while (count < NETDEV_MAX && virtio_find_next(m, VIRTIO_ID_NET, &slot, &device.d))
        count += (found[count] = card_new(&device, &virtio_mmio)) != NULL;
    while (count < NETDEV_MAX &&
           virtio_pci_next(m, VIRTIO_ID_NET, PCI_DEVICE_VIRTIO_NET_OLD, &number, &device))
        count += (found[count] = card_new(&device, &virtio_pci)) != NULL;
    sort_by_mac(found, count);
    return count;
}
