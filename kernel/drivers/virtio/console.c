/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel/drivers/virtio/console.h. Transmit buffers are pages, allocated when first needed: under
 * emulation the device is done with a buffer before the notifying write returns, so there is rarely
 * a second one.
 *
 * With several ports (MULTIPORT) the link is the first one behind port 0, since QEMU throws away
 * what port 0, a console, can't pass on at once, and makes other ports wait. A device with one port
 * is used as it is.
 *
 * The lock guards the transmit queue. The receive queue belongs to the interrupt handler, which
 * runs on one CPU and does not nest. Since the device has one interrupt for both, a sender who
 * takes it back looks whether bytes came in too, and if so has the handler run.
 */
#include "kernel/drivers/virtio/console.h"
#include "abi/errno.h"
#include "kernel/arch/irq.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/log.h"
#include "kernel/core/page.h"
#include "kernel/drivers/virtio/mmio.h"
#include "lib/str.h"

enum {
    QUEUE_CONTROL_RX = 2,
    QUEUE_CONTROL_TX = 3,
    PORT = 1, /* of several */
    CONTROL_BUFFERS = 4,
    CONTROL_BUFFER_BYTES = 256, /* a port's name may follow a message */
    CONTROL_PATIENCE = 100000,  /* looks at the ring */
    RX_BUFFERS = 4,
    RX_BUFFER_BYTES = 960,
    TX_BUFFERS = 8,
    TX_ALL = (1 << TX_BUFFERS) - 1,
};

struct virtio_console {
    struct link_port port;
    struct virtio_device device;
    bool several;                        /* ports */
    unsigned queue_rx, queue_tx;         /* their numbers */
    struct virtq control_rx, control_tx; /* with several ports */
    uint8_t *control_rx_buffers, *control_tx_buffer;
    struct virtq rx;
    uint8_t *rx_buffers; /* in the page of the receive queue */
    struct spinlock lock;
    struct virtq tx;
    uint32_t tx_free;            /* bit i: neither with the device nor taken */
    void *tx_buffer[TX_BUFFERS]; /* NULL until first taken */
};

static struct virtio_console console;

static bool tx_buffer_make(struct virtio_console *c, unsigned i)
{
    if (c->tx_buffer[i])
        return true;
    paddr_t pa = page_alloc(0, PAGE_RESERVE);
    if (pa == PAGE_NONE)
        return false;
    c->tx_buffer[i] = phys_to_virt(pa);
    virtq_bind(&c->tx, i, pa, false);
    return true;
}

static void *console_take(struct link_port *p)
{
    struct virtio_console *c = container_of(p, struct virtio_console, port);
    void *buffer = NULL;
    spin_lock(&c->lock);
    if (c->tx_free) {
        unsigned i = (unsigned)__builtin_ctz(c->tx_free);
        if (tx_buffer_make(c, i)) {
            c->tx_free &= ~(1u << i);
            buffer = c->tx_buffer[i];
        }
    }
    spin_unlock(&c->lock);
    return buffer;
}

/* Get back what the device has sent. Returns whether that ended a shortage: somebody may be
 * waiting. */
static bool tx_reap_locked(struct virtio_console *c)
{
    bool none_free = c->tx_free == 0;
    uint32_t written;
    int i;
    while ((i = virtq_take(&c->tx, &written)) >= 0)
        c->tx_free |= 1u << i;
    return none_free && c->tx_free != 0;
}

/* The device broke the rules: it gets no more memory to write to, and whoever waits learns it. */
static void console_fail(struct virtio_console *c, const char *queue)
{
    if (__atomic_exchange_n(&c->port.dead, true, __ATOMIC_SEQ_CST))
        return;
    virtio_reset(&c->device);
    irq_disable(c->device.intid);
    waitq_wake(&c->port.room, ~0u, 0);
    link_lost();
    log_err(
        "the virtio console returned an impossible buffer in its %s queue: it is not used any more",
        queue);
}

/* What a sender does under the lock after a notification or instead of an interrupt. */
static bool tx_settle_locked(struct virtio_console *c)
{
    if (!virtq_has_used(&c->tx))
        return false;
    virtio_interrupt_clear(&c->device);
    if (virtq_has_used(&c->rx))
        irq_pend(c->device.intid);
    return tx_reap_locked(c);
}

static void tx_unlock(struct virtio_console *c, bool room)
{
    bool broken = c->tx.broken;
    spin_unlock(&c->lock);
    if (UNLIKELY(broken))
        console_fail(c, "transmit");
    else if (room)
        waitq_wake(&c->port.room, ~0u, 0);
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
    tx_unlock(c, tx_settle_locked(c));
}

static bool console_poll(struct link_port *p)
{
    struct virtio_console *c = container_of(p, struct virtio_console, port);
    spin_lock(&c->lock);
    bool room = tx_settle_locked(c);
    bool idle = c->tx.with_device == 0;
    tx_unlock(c, room);
    return idle || p->dead;
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
    if (UNLIKELY(i == -EIO))
        console_fail(c, "receive");
    else if (given)
        virtio_notify(&c->device, c->queue_rx);
}

static void control_serve(struct virtio_console *c);

static void console_interrupt(void *arg)
{
    struct virtio_console *c = arg;
    if (c->port.dead)
        return;
    spin_lock(&c->lock);
    virtio_interrupt_clear(&c->device);
    tx_unlock(c, tx_reap_locked(c));
    if (!c->port.dead)
        rx_serve(c);
    if (c->several && !c->port.dead)
        control_serve(c);
}

static void *queue_make(struct virtq *q, unsigned size)
{
    paddr_t pa = page_alloc(0, PAGE_ZERO);
    if (pa == PAGE_NONE)
        return NULL;
    virtq_init(q, phys_to_virt(pa), size);
    return (char *)phys_to_virt(pa) + virtq_bytes(size);
}

static bool make_queues(struct virtio_console *c)
{
    c->rx_buffers = queue_make(&c->rx, RX_BUFFERS);
    if (!c->rx_buffers || !queue_make(&c->tx, TX_BUFFERS) || !tx_buffer_make(c, 0))
        return false;
    for (unsigned i = 0; i < RX_BUFFERS; i++) {
        virtq_bind(&c->rx, i, virt_to_phys(c->rx_buffers + (size_t)i * RX_BUFFER_BYTES), true);
        rx_give(c, i);
    }
    return true;
}

/* Control messages need no answer once the port is open: their buffers go back unread. */
static void control_give(struct virtio_console *c, unsigned i)
{
    virtq_give(&c->control_rx, i, CONTROL_BUFFER_BYTES);
}

static bool make_control_queues(struct virtio_console *c)
{
    c->control_rx_buffers = queue_make(&c->control_rx, CONTROL_BUFFERS);
    c->control_tx_buffer = queue_make(&c->control_tx, 1);
    if (!c->control_rx_buffers || !c->control_tx_buffer)
        return false;
    virtq_bind(&c->control_tx, 0, virt_to_phys(c->control_tx_buffer), false);
    for (unsigned i = 0; i < CONTROL_BUFFERS; i++) {
        virtq_bind(&c->control_rx, i,
                   virt_to_phys(c->control_rx_buffers + (size_t)i * CONTROL_BUFFER_BYTES), true);
        control_give(c, i);
    }
    return virtio_queue_start(&c->device, QUEUE_CONTROL_RX, &c->control_rx) == 0 &&
           virtio_queue_start(&c->device, QUEUE_CONTROL_TX, &c->control_tx) == 0;
}

/* The next buffer of a queue that the device is done with, looking for it a while; negative: none
 * came. */
static int control_take(struct virtq *q)
{
    uint32_t size_bytes;
    int i = -EAGAIN;
    for (unsigned n = 0; n < CONTROL_PATIENCE && i == -EAGAIN; n++)
        i = virtq_take(q, &size_bytes);
    return i;
}

static bool control_send(struct virtio_console *c, uint32_t port, uint16_t event)
{
    struct virtio_console_control m = {port, event, 1};
    memcpy(c->control_tx_buffer, &m, sizeof m);
    virtq_give(&c->control_tx, 0, sizeof m);
    virtio_notify(&c->device, QUEUE_CONTROL_TX);
    return control_take(&c->control_tx) == 0;
}

/* Until the device has announced our port. */
static bool control_await_port(struct virtio_console *c)
{
    struct virtio_console_control m;
    do {
        int i = control_take(&c->control_rx);
        if (i < 0)
            return false;
        memcpy(&m, c->control_rx_buffers + (size_t)i * CONTROL_BUFFER_BYTES, sizeof m);
        control_give(c, (unsigned)i);
    } while (m.event != VIRTIO_CONSOLE_DEVICE_ADD || m.id != PORT);
    return true;
}

static bool control_open_port(struct virtio_console *c)
{
    return control_send(c, VIRTIO_CONSOLE_NO_PORT, VIRTIO_CONSOLE_DEVICE_READY) &&
           control_await_port(c) && control_send(c, PORT, VIRTIO_CONSOLE_PORT_READY) &&
           control_send(c, PORT, VIRTIO_CONSOLE_PORT_OPEN);
}

static void control_serve(struct virtio_console *c)
{
    uint32_t size_bytes;
    int i;
    while ((i = virtq_take(&c->control_rx, &size_bytes)) >= 0)
        control_give(c, (unsigned)i);
    if (UNLIKELY(i == -EIO))
        console_fail(c, "control");
}

/* Agree on what the device can do, and give it its queues. */
static const char *console_begin(struct virtio_console *c)
{
    uint64_t agreed;
    if (virtio_begin(&c->device, VIRTIO_CONSOLE_F_MULTIPORT, &agreed) < 0)
        return "the virtio console refused to start";
    c->several = agreed & VIRTIO_CONSOLE_F_MULTIPORT;
    c->queue_rx = c->several ? 2 * (PORT + 1) : 0;
    c->queue_tx = c->queue_rx + 1;
    if (!make_queues(c))
        return "there is no memory for the virtio console's queues";
    if (virtio_queue_start(&c->device, c->queue_rx, &c->rx) < 0 ||
        virtio_queue_start(&c->device, c->queue_tx, &c->tx) < 0 ||
        (c->several && !make_control_queues(c)))
        return "the virtio console refused its queues";
    virtio_ready(&c->device);
    return c->several && !control_open_port(c) ? "the virtio console has no port 1" : NULL;
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
    c->tx_free = TX_ALL;
    c->port.take = console_take;
    c->port.send = console_send;
    c->port.poll = console_poll;
    waitq_init(&c->port.room);
    *port = &c->port;
    irq_register(c->device.intid, console_interrupt, c);
    irq_enable(c->device.intid);
    virtio_notify(&c->device, c->queue_rx);
    return NULL;
}
