/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/drivers/virtio/control.h */
#include "kernel/drivers/virtio/control.h"
#include "abi/errno.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/clock.h"
#include "lib/str.h"

enum {
    QUEUE_RX = 2,
    QUEUE_TX = 3,
    BUFFERS = 4,
    BUFFER_BYTES = 192, /* a port's name may follow a message */
};

#define PATIENCE_NS NS_PER_SEC

int control_take(struct virtq *q, uint32_t *size_bytes)
{
    int64_t deadline_ns = clock_mono_ns() + PATIENCE_NS;
    int i;
    while ((i = virtq_take(q, size_bytes)) == -EAGAIN && clock_mono_ns() < deadline_ns)
        cpu_relax();
    return i;
}

static void rx_give(struct virtio_control *c, unsigned i)
{
    virtq_give(&c->rx, i, BUFFER_BYTES);
}

static uint8_t *rx_buffer(struct virtio_control *c, unsigned i)
{
    return c->rx_buffers + i * BUFFER_BYTES;
}

int control_init(struct virtio_control *c, struct virtio_device *d, char *memory)
{
    c->device = d;
    virtq_init(&c->rx, memory, BUFFERS);
    virtq_init(&c->tx, memory + VIRTQ_PLACE_BYTES, 1);
    c->rx_buffers = (uint8_t *)memory + virtq_bytes(BUFFERS);
    c->tx_buffer = (uint8_t *)memory + VIRTQ_PLACE_BYTES + virtq_bytes(1);
    virtq_bind(&c->tx, 0, virt_to_phys(c->tx_buffer), false);
    for (unsigned i = 0; i < BUFFERS; i++) {
        virtq_bind(&c->rx, i, virt_to_phys(rx_buffer(c, i)), true);
        rx_give(c, i);
    }
    int err = virtio_queue_start(d, QUEUE_RX, &c->rx);
    return err ? err : virtio_queue_start(d, QUEUE_TX, &c->tx);
}

static int send(struct virtio_control *c, uint32_t port, uint16_t event)
{
    struct virtio_console_control m = {port, event, 1};
    uint32_t unused;
    memcpy(c->tx_buffer, &m, sizeof m);
    virtq_give(&c->tx, 0, sizeof m);
    virtio_notify(c->device, QUEUE_TX);
    return control_take(&c->tx, &unused) < 0 ? -EIO : 0;
}

/* The next message of the device. */
static int receive(struct virtio_control *c, struct virtio_console_control *m)
{
    uint32_t size_bytes;
    int i = control_take(&c->rx, &size_bytes);
    if (i < 0 || size_bytes < sizeof *m)
        return -EIO;
    memcpy(m, rx_buffer(c, (unsigned)i), sizeof *m);
    rx_give(c, (unsigned)i);
    virtio_notify(c->device, QUEUE_RX);
    return 0;
}

static int await(struct virtio_control *c, uint32_t port)
{
    struct virtio_console_control m;
    do {
        int err = receive(c, &m);
        if (err)
            return err;
    } while (m.event != VIRTIO_CONSOLE_DEVICE_ADD || m.id != port);
    return 0;
}

int control_open(struct virtio_control *c, uint32_t port)
{
    int err = send(c, VIRTIO_CONSOLE_NO_PORT, VIRTIO_CONSOLE_DEVICE_READY);
    err = err ? err : await(c, port);
    err = err ? err : send(c, port, VIRTIO_CONSOLE_PORT_READY);
    return err ? err : send(c, port, VIRTIO_CONSOLE_PORT_OPEN);
}

bool control_serve(struct virtio_control *c)
{
    uint32_t size_bytes;
    int i;
    bool given = false;
    while ((i = virtq_take(&c->rx, &size_bytes)) >= 0) {
        rx_give(c, (unsigned)i);
        given = true;
    }
    if (given)
        virtio_notify(c->device, QUEUE_RX);
    return !c->rx.broken;
}
