/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel/drivers/virtio/console.h. Transmit buffers are pages. There is one, and more when programs
 * write faster than the device reads: under emulation it is done with a buffer before the notifying
 * write returns.
 *
 * With several ports (MULTIPORT) the link is the first one behind port 0, since QEMU throws away
 * what port 0, a console, can't pass on at once, and makes other ports wait. A device with one port
 * is used as it is.
 *
 * The lock guards the transmit queue. The receive queues belong to the interrupt handler, which
 * runs on one CPU and does not nest. Senders may hold any lock, so they wake nobody and report
 * nothing: for that they make the interrupt pending. They do so, too, when they have taken back the
 * device's one interrupt for all queues and see that bytes have come in.
 */
#include "kernel/drivers/virtio/console.h"
#include "abi/errno.h"
#include "kernel/arch/irq.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/log.h"
#include "kernel/core/page.h"
#include "kernel/drivers/virtio/control.h"

enum {
    PORT = 1, /* of several */
    RX_BUFFERS = 4,
    RX_BUFFER_BYTES = 1024,
    TX_BUFFERS = 8,
};

struct virtio_console {
    struct link_port port;
    struct virtio_device device;
    bool several;                /* ports */
    unsigned queue_rx, queue_tx; /* their numbers */
    struct virtio_control control;
    struct virtq rx;
    uint8_t *rx_buffers; /* a page */
    struct spinlock lock;
    struct virtq tx;
    uint32_t tx_free;  /* bit i: buffer i is there, and neither with the device nor taken */
    bool tx_exhausted; /* somebody found none free: wake `room` when there is one */
    void *tx_buffer[TX_BUFFERS]; /* NULL: not made yet */
};

static struct virtio_console console;

static void *console_take(struct link_port *p)
{
    struct virtio_console *c = container_of(p, struct virtio_console, port);
    void *buffer = NULL;
    spin_lock(&c->lock);
    if (LIKELY(c->tx_free)) {
        buffer = c->tx_buffer[__builtin_ctz(c->tx_free)];
        c->tx_free &= c->tx_free - 1;
    } else {
        c->tx_exhausted = true;
    }
    spin_unlock(&c->lock);
    return buffer;
}

static void *tx_add_locked(struct virtio_console *c, paddr_t pa)
{
    for (unsigned i = 0; i < TX_BUFFERS; i++)
        if (!c->tx_buffer[i]) {
            virtq_bind(&c->tx, i, pa, false);
            return c->tx_buffer[i] = phys_to_virt(pa);
        }
    return NULL;
}

static void *console_grow(struct link_port *p)
{
    struct virtio_console *c = container_of(p, struct virtio_console, port);
    if (c->tx_buffer[TX_BUFFERS - 1])
        return NULL;
    paddr_t pa = page_alloc(0, PAGE_RESERVE);
    if (pa == PAGE_NONE)
        return NULL;
    spin_lock(&c->lock);
    void *buffer = tx_add_locked(c, pa);
    spin_unlock(&c->lock);
    if (!buffer)
        page_put(pa);
    return buffer;
}

/* Get back what the device has sent. */
static void tx_reap_locked(struct virtio_console *c)
{
    uint32_t written;
    int i;
    while (virtq_has_used(&c->tx) && (i = virtq_take(&c->tx, &written)) >= 0)
        c->tx_free |= 1u << i;
}

/* What a sender does after a notification, or instead of an interrupt. */
static void tx_settle_locked(struct virtio_console *c)
{
    if (!virtq_has_used(&c->tx))
        return;
    virtio_interrupt_clear(&c->device);
    tx_reap_locked(c);
    if (UNLIKELY(virtq_has_used(&c->rx) || c->tx_exhausted || c->tx.broken))
        irq_pend(c->device.intid);
}

static void console_send(struct link_port *p, void *buffer, size_t size_bytes)
{
    struct virtio_console *c = container_of(p, struct virtio_console, port);
    unsigned i = 0;
    while (c->tx_buffer[i] != buffer)
        i++;
    spin_lock(&c->lock);
    virtq_give(&c->tx, i, (uint32_t)size_bytes);
    virtio_notify(&c->device, c->queue_tx);
    tx_settle_locked(c);
    spin_unlock(&c->lock);
}

static bool console_poll(struct link_port *p)
{
    struct virtio_console *c = container_of(p, struct virtio_console, port);
    spin_lock(&c->lock);
    tx_settle_locked(c);
    bool idle = c->tx.with_device == 0;
    spin_unlock(&c->lock);
    return idle;
}

/* The device broke the rules: it gets no more memory to write to, and whoever waits learns it. */
static void console_fail(struct virtio_console *c, const char *queue)
{
    spin_lock(&c->lock);
    c->port.dead = true;
    c->tx_free = 0;
    spin_unlock(&c->lock);
    virtio_reset(&c->device);
    irq_disable(c->device.intid);
    waitq_wake(&c->port.room, ~0u, 0);
    link_lost();
    log_err(
        "the virtio console returned an impossible buffer in its %s queue: it is not used any more",
        queue);
}

static void rx_give(struct virtio_console *c, unsigned i)
{
    virtq_give(&c->rx, i, RX_BUFFER_BYTES);
}

static void rx_serve(struct virtio_console *c)
{
    uint32_t size_bytes;
    int i;
    bool given = false;
    while ((i = virtq_take(&c->rx, &size_bytes)) >= 0) {
        link_receive(c->rx_buffers + (size_t)i * RX_BUFFER_BYTES, size_bytes);
        rx_give(c, (unsigned)i);
        given = true;
    }
    if (given)
        virtio_notify(&c->device, c->queue_rx);
}

/* The queue in which the device broke the rules, or NULL. */
static const char *broken_queue(struct virtio_console *c)
{
    if (c->tx.broken)
        return "transmit";
    if (c->rx.broken)
        return "receive";
    return c->several && !control_serve(&c->control) ? "control" : NULL;
}

static void console_interrupt(void *arg)
{
    struct virtio_console *c = arg;
    spin_lock(&c->lock);
    virtio_interrupt_clear(&c->device);
    tx_reap_locked(c);
    bool room = c->tx_exhausted && c->tx_free;
    c->tx_exhausted &= !room;
    spin_unlock(&c->lock);
    if (room)
        waitq_wake(&c->port.room, ~0u, 0);
    rx_serve(c);
    const char *broken = broken_queue(c);
    if (UNLIKELY(broken != NULL))
        console_fail(c, broken);
}

static void make_rx(struct virtio_console *c, char *ring)
{
    virtq_init(&c->rx, ring, RX_BUFFERS);
    for (unsigned i = 0; i < RX_BUFFERS; i++) {
        virtq_bind(&c->rx, i, virt_to_phys(c->rx_buffers + (size_t)i * RX_BUFFER_BYTES), true);
        rx_give(c, i);
    }
}

/* One page for all rings, one for what is received, and the first transmit buffer. */
static const char *make_queues(struct virtio_console *c)
{
    paddr_t rings = page_alloc(0, PAGE_ZERO), received = page_alloc(0, 0);
    char *ring = phys_to_virt(rings);
    if (rings == PAGE_NONE || received == PAGE_NONE)
        return "there is no memory for the virtio console's queues";
    c->rx_buffers = phys_to_virt(received);
    make_rx(c, ring);
    virtq_init(&c->tx, ring + VIRTQ_PLACE_BYTES, TX_BUFFERS);
    if (!console_grow(&c->port))
        return "there is no memory for the virtio console's first buffer";
    c->tx_free = 1;
    if (virtio_queue_start(&c->device, c->queue_rx, &c->rx) < 0 ||
        virtio_queue_start(&c->device, c->queue_tx, &c->tx) < 0 ||
        (c->several && control_init(&c->control, &c->device, ring + 2 * VIRTQ_PLACE_BYTES) < 0))
        return "the virtio console refused its queues";
    return NULL;
}

/* Agree on what the device can do, give it its queues, and let it start. */
static const char *console_begin(struct virtio_console *c)
{
    uint64_t agreed;
    if (virtio_begin(&c->device, VIRTIO_CONSOLE_F_MULTIPORT, &agreed) < 0)
        return "the virtio console refused to start";
    c->several = agreed & VIRTIO_CONSOLE_F_MULTIPORT;
    c->queue_rx = c->several ? 2 * (PORT + 1) : 0;
    c->queue_tx = c->queue_rx + 1;
    const char *why = make_queues(c);
    if (why)
        return why;
    virtio_ready(&c->device);
    return c->several && control_open(&c->control, PORT) < 0 ? "the virtio console has no port 1"
                                                             : NULL;
}

const char *virtio_console_start(const struct machine *m, struct link_port **port)
{
    struct virtio_console *c = &console;
    if (!virtio_find(m, VIRTIO_ID_CONSOLE, &c->device))
        return "the machine has no virtio console";
    const char *why = console_begin(c);
    if (why) {
        virtio_reset(&c->device);
        return why;
    }
    c->port.take = console_take;
    c->port.send = console_send;
    c->port.poll = console_poll;
    c->port.grow = console_grow;
    waitq_init(&c->port.room);
    *port = &c->port;
    irq_register(c->device.intid, console_interrupt, c);
    irq_enable(c->device.intid);
    virtio_notify(&c->device, c->queue_rx);
    return NULL;
}
