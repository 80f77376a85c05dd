/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel/drivers/virtio/net.h. Buffers are half pages, one for each descriptor.
 *
 * A device with several pairs of queues gets one for each CPU. A connection keeps to one of them,
 * chosen by its ports: its frames leave in their order, and the device, which lets a connection
 * come in by the pair that it last went out by, keeps the order, too. All pairs have one interrupt.
 *
 * No wake-up gets lost, whatever the emulator does about barriers: interrupts of a receive queue
 * are never suppressed, and the handler looks at every ring until it is empty, also at those that
 * the device needn't use, after it has taken the interrupt back (before that, too: what comes
 * meanwhile needs no other interrupt). Giving receive buffers back is told each time it was a
 * quarter of them: a device that lacks buffers, even for a frame that needs half of all, has used
 * the other half, so at least one telling is to come. A transmit queue's interrupts are not wanted,
 * and not needed: buffers that the device is done with are taken back when the next frame is sent,
 * and a frame for which there is no buffer is dropped, as on any network. Its notifications are
 * never left out, only gathered: one for all frames that a system call or an interrupt has sent.
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
#include "kernel/core/machine.h"
#include "kernel/core/page.h"
#include "kernel/core/slab.h"
#include "abi/pci.h"
#include "kernel/drivers/virtio/control.h"
#include "kernel/drivers/virtio/transport.h"
#include "lib/str.h"

enum { RX = 0, TX = 1, BUFFERS = 64, BUFFER_BYTES = 2048, RING_ORDER = 1, PATIENCE = 20000 };
enum { CONTROL_AT = 2048 }; /* where in its page what the control queue is told is */

#define ALL_FREE UINT64_MAX
_Static_assert(BUFFERS == 64, "a bit each");
_Static_assert(2 * MACHINE_CPU_MAX < VIRTIO_PCI_QUEUES_MAX, "a pair for each CPU, and control");

/* The last frame, which the device hasn't got yet, since it may get longer. */
struct open_frame {
    uint64_t buffers; /* none: there is no such frame */
    unsigned first, last;
    uint32_t last_bytes, size; /* in the last buffer, in all of them */
};

struct pair {
    struct virtq queue[2];       /* RX, TX */
    uint8_t *buffer[2][BUFFERS]; /* of these */
    uint64_t tx_free;            /* bit i: buffer i */
    uint64_t tx_chain[BUFFERS];  /* of the frame that begins in it: its buffers */
    unsigned untold;             /* buffers given back to RX since its last notification */
};

struct virtio_net {
    struct netdev d;
    struct virtio_pci_device device;
    const struct virtio_transport *transport;
    struct pair *pairs;
    unsigned pair_count, sending_count; /* that we look at; that the device has agreed to */
    struct pair *sending;               /* the open frame is in its queue */
    unsigned unnotified; /* bit i: pair i has frames that the device wasn't told of */
    struct open_frame open;
    uint32_t header_bytes;
    bool mergeable; /* a frame may come in several buffers */
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

static void notify(struct virtio_net *n, const struct pair *p, unsigned direction)
{
    n->transport->notify(device_of(n), 2 * (unsigned)(p - n->pairs) + direction);
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
    struct pair *p = n->sending;
    uint32_t written;
    int i;
    while ((i = virtq_take(&p->queue[TX], &written)) >= 0)
        p->tx_free |= p->tx_chain[i];
    if (p->queue[TX].broken)
        fail(n);
}

/* The open frame is whole. */
static void commit(struct virtio_net *n)
{
    struct open_frame *f = &n->open;
    struct virtq *q = &n->sending->queue[TX];
    if (!f->buffers)
        return;
    virtq_end(q, f->last, f->last_bytes);
    n->sending->tx_chain[f->first] = f->buffers;
    f->buffers = 0;
    virtq_give(q, f->first, q->desc[f->first].len);
    n->unnotified |= 1u << (n->sending - n->pairs);
}

/* What isn't TCP or UDP may go anywhere. */
static struct pair *pair_of(struct virtio_net *n, const struct netdev_piece *headers)
{
    const uint8_t *frame = headers->bytes;
    unsigned ports = headers->size > 12 && frame[12] == 0x86 ? 54 : 34; /* behind IPv6, IPv4 */
    if (n->sending_count == 1 || headers->size < ports + 4)
        return n->pairs;
    frame += ports;
    return &n->pairs[(unsigned)(frame[0] + frame[1] + frame[2] + frame[3]) % n->sending_count];
}

/* The device is another thread of the emulator: what it has been told of will be gone soon. */
static bool room(struct virtio_net *n)
{
    const uint64_t *tx_free = &n->sending->tx_free;
    reap(n);
    if (*tx_free || n->dead)
        return !n->dead;
    notify(n, n->sending, TX);
    for (unsigned turns = PATIENCE; !*tx_free && !n->dead && turns; turns--) {
        cpu_relax();
        reap(n);
    }
    return *tx_free && !n->dead;
}

static unsigned take_buffer(struct virtio_net *n)
{
    unsigned i = (unsigned)__builtin_ctzll(n->sending->tx_free);
    n->sending->tx_free &= ~(UINT64_C(1) << i);
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
        memcpy(n->sending->buffer[TX][f->last] + f->last_bytes, bytes, part);
        f->last_bytes += part;
        bytes += part;
        size -= part;
        if (size) {
            unsigned before = f->last;
            virtq_link(&n->sending->queue[TX], before, BUFFER_BYTES, take_buffer(n));
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
    n->sending = pair_of(n, pieces);
    if (n->dead || total(pieces, count) > NETDEV_FRAME_MAX || (!n->sending->tx_free && !room(n)))
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
    return n->sending->buffer[TX][n->open.first] + n->header_bytes;
}

static bool net_extend(struct netdev *d, const struct netdev_piece *pieces, unsigned count)
{
    struct virtio_net *n = net_of(d);
    struct open_frame *f = &n->open;
    uint32_t size = total(pieces, count), left = BUFFER_BYTES - f->last_bytes;
    if (n->dead || !f->buffers || f->size - n->header_bytes + size > NETDEV_LARGE_MAX)
        return false;
    unsigned needed = size > left ? (size - left + BUFFER_BYTES - 1) / BUFFER_BYTES : 0;
    if (needed > (unsigned)__builtin_popcountll(n->sending->tx_free))
        return false;
    for (unsigned k = 0; k < count; k++)
        append(n, pieces[k].bytes, pieces[k].size);
    return true;
}

static void net_segment(struct netdev *d, bool six, uint16_t header_bytes, uint16_t segment_bytes)
{
    struct virtio_net *n = net_of(d);
    struct virtio_net_header *h = (void *)n->sending->buffer[TX][n->open.first];
    h->gso_type = six ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
    h->header_len = header_bytes;
    h->gso_size = segment_bytes;
}

static void net_flush(struct netdev *d)
{
    struct virtio_net *n = net_of(d);
    commit(n);
    for (unsigned k; n->unnotified && !n->dead; n->unnotified &= ~(1u << k)) {
        k = (unsigned)__builtin_ctz(n->unnotified);
        n->sending = &n->pairs[k];
        notify(n, n->sending, TX);
        reap(n);
    }
}

/* ---- receiving ---- */

static void give(struct pair *p, unsigned i)
{
    virtq_give(&p->queue[RX], i, BUFFER_BYTES);
    p->untold++;
}

/* The buffers of the frame that begins in `first`, with its header: how many, 0: the device broke
 * the rules. */
static unsigned gather(struct pair *p, bool mergeable, unsigned first, uint32_t size, uint8_t *at,
                       struct netdev_piece *pieces)
{
    const struct virtio_net_header *h = (const void *)p->buffer[RX][first];
    unsigned count = mergeable ? h->buffers : 1, k = 0;
    int i = (int)first;
    if (!count || count > NETDEV_PIECES_MAX)
        return 0;
    do {
        at[k] = (uint8_t)i;
        pieces[k] = (struct netdev_piece){p->buffer[RX][i], size};
    } while (++k < count && (i = virtq_take(&p->queue[RX], &size)) >= 0);
    return k == count ? count : 0;
}

static bool receive_frame(struct virtio_net *n, struct pair *p, unsigned first, uint32_t size)
{
    struct netdev_piece pieces[NETDEV_PIECES_MAX];
    uint8_t at[NETDEV_PIECES_MAX];
    const struct virtio_net_header *h = (const void *)p->buffer[RX][first];
    bool checked = h->flags & (VIRTIO_NET_HDR_NEEDS_CSUM | VIRTIO_NET_HDR_DATA_VALID);
    unsigned count = size < n->header_bytes ? 0 : gather(p, n->mergeable, first, size, at, pieces);
    if (count) {
        pieces[0].bytes = p->buffer[RX][first] + n->header_bytes;
        pieces[0].size -= n->header_bytes;
        n->d.frame(n->d.owner, pieces, count, checked);
    }
    for (unsigned k = 0; k < count; k++)
        give(p, at[k]);
    return count;
}

static void receive_pair(struct virtio_net *n, struct pair *p)
{
    uint32_t size;
    int i;
    while (!n->dead && (i = virtq_take(&p->queue[RX], &size)) >= 0) {
        if (!receive_frame(n, p, (unsigned)i, size)) {
            fail(n);
            return;
        }
    }
    if (p->untold >= BUFFERS / 4) {
        p->untold = 0;
        notify(n, p, RX);
    }
    if (p->queue[RX].broken)
        fail(n);
}

static void receive(struct virtio_net *n)
{
    for (unsigned k = 0; k < n->pair_count; k++)
        receive_pair(n, &n->pairs[k]);
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

static bool make_queue(struct virtio_net *n, struct pair *p, unsigned direction)
{
    struct virtq *q = &p->queue[direction];
    paddr_t ring = page_alloc(RING_ORDER, PAGE_ZERO);
    if (ring == PAGE_NONE)
        return false;
    virtq_init(q, phys_to_virt(ring), BUFFERS);
    for (unsigned i = 0; i < BUFFERS; i += 2) {
        paddr_t page = page_alloc(0, 0);
        if (page == PAGE_NONE)
            return false;
        for (unsigned half = 0; half < 2; half++) {
            p->buffer[direction][i + half] = (uint8_t *)phys_to_virt(page) + half * BUFFER_BYTES;
            virtq_bind(q, i + half, page + half * BUFFER_BYTES, direction == RX);
        }
    }
    return n->transport->queue_start(device_of(n), 2 * (unsigned)(p - n->pairs) + direction, q) ==
           0;
}

static bool make_pairs(struct virtio_net *n)
{
    n->pairs = n->sending = kzalloc(n->pair_count * sizeof(*n->pairs));
    for (unsigned k = 0; k < n->pair_count; k++) {
        struct pair *p = &n->pairs[k];
        if (!n->pairs || !make_queue(n, p, RX) || !make_queue(n, p, TX))
            return false;
        virtq_suppress_interrupts(&p->queue[TX]);
        p->tx_free = ALL_FREE;
    }
    return true;
}

/* Frames larger than a buffer are wanted only where they may come in several. */
static bool agree(struct virtio_net *n, uint64_t *agreed)
{
    uint64_t wanted = VIRTIO_NET_F_CSUM | VIRTIO_NET_F_GUEST_CSUM | VIRTIO_NET_F_MAC |
                      VIRTIO_NET_F_HOST_TSO4 | VIRTIO_NET_F_HOST_TSO6 | VIRTIO_NET_F_MRG_RXBUF |
                      VIRTIO_F_ANY_LAYOUT |
                      (machine_here->ncpus > 1 ? VIRTIO_NET_F_CTRL_VQ | VIRTIO_NET_F_MQ : 0),
             large = VIRTIO_NET_F_GUEST_TSO4 | VIRTIO_NET_F_GUEST_TSO6;
    if (n->transport->begin(device_of(n), wanted | large, agreed) < 0)
        return false;
    return !(*agreed & large) || (*agreed & VIRTIO_NET_F_MRG_RXBUF) ||
           n->transport->begin(device_of(n), wanted, agreed) == 0;
}

/* ---- several pairs (virtio 1.2, 5.1.6.5.6) ---- */

static unsigned pairs_offered(struct virtio_net *n)
{
    struct virtio_device *d = device_of(n);
    return n->transport->config8(d, VIRTIO_NET_CONFIG_PAIRS) |
           (unsigned)n->transport->config8(d, VIRTIO_NET_CONFIG_PAIRS + 1) << 8;
}

/* The queue that the device is told by; it keeps its page. */
static bool make_control(struct virtio_net *n, struct virtq *control, unsigned index)
{
    paddr_t page = page_alloc(0, PAGE_ZERO);
    if (page == PAGE_NONE)
        return false;
    virtq_init(control, phys_to_virt(page), 2);
    return n->transport->queue_start(device_of(n), index, control) == 0;
}

static bool tell_pairs(struct virtio_net *n, struct virtq *control, unsigned index)
{
    struct virtio_net_control *told = (void *)((char *)control->desc + CONTROL_AT);
    uint8_t *answer = (void *)(told + 1);
    uint32_t unused;
    *told = (struct virtio_net_control){VIRTIO_NET_CTRL_MQ, VIRTIO_NET_CTRL_MQ_SET,
                                        (uint16_t)n->pair_count};
    *answer = (uint8_t)~VIRTIO_NET_CTRL_OK;
    virtq_bind(control, 0, virt_to_phys(told), false);
    virtq_bind(control, 1, virt_to_phys(answer), true);
    control->desc[1].len = 1;
    virtq_link(control, 0, sizeof(*told), 1);
    virtq_give(control, 0, sizeof(*told));
    n->transport->notify(device_of(n), index);
    return control_take(control, &unused) == 0 &&
           *(const volatile uint8_t *)answer == VIRTIO_NET_CTRL_OK;
}

static bool begin(struct virtio_net *n)
{
    uint64_t agreed;
    struct virtq control;
    if (!agree(n, &agreed))
        return false;
    n->d.checksums = agreed & VIRTIO_NET_F_CSUM;
    n->d.segments4 = agreed & VIRTIO_NET_F_HOST_TSO4;
    n->d.segments6 = agreed & VIRTIO_NET_F_HOST_TSO6;
    n->mergeable = agreed & VIRTIO_NET_F_MRG_RXBUF;
    n->header_bytes = device_of(n)->legacy && !n->mergeable
                          ? offsetof(struct virtio_net_header, buffers)
                          : sizeof(struct virtio_net_header);
    unsigned offered = agreed & VIRTIO_NET_F_MQ ? pairs_offered(n) : 1;
    n->pair_count = MAX(MIN(offered, machine_here->ncpus), 1u);
    n->sending_count = 1;
    bool several = n->pair_count > 1;
    if (!make_pairs(n) || (several && !make_control(n, &control, 2 * offered)))
        return false;
    n->transport->ready(device_of(n));
    if (several && tell_pairs(n, &control, 2 * offered))
        n->sending_count = n->pair_count;
    else if (several)
        log_warn("a virtio network card doesn't use the queues that it offers");
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
    for (struct pair *p = n->pairs; p < n->pairs + n->pair_count; p++)
        for (unsigned i = 0; i < BUFFERS; i++)
            give(p, i);
    listen(n);
    for (struct pair *p = n->pairs; p < n->pairs + n->pair_count; p++)
        notify(n, p, RX);
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
