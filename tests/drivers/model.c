/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/drivers/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/arch/io.h"

#define RULE(x)                                                                              \
    do {                                                                                     \
        if (!(x)) {                                                                          \
            fprintf(stderr, "%s:%d: the driver broke a rule: %s\n", __FILE__, __LINE__, #x); \
            abort();                                                                         \
        }                                                                                    \
    } while (0)

enum { QUEUES = 6, NUM_MAX = 64, SENT_MAX = 1 << 22, SLOT = 0x200 };

struct queue {
    uint32_t num, ready;
    uint64_t desc, avail, used; /* addresses */
    uint16_t avail_seen, used_made;
    enum model_lie lie;
    uint16_t last_id;
};

static struct {
    bool legacy, several, lazy;
    uint32_t status, isr, device_sel, driver_sel, queue_sel, page_size, align;
    uint64_t driver_features;
    bool ready, port_ready, opened; /* what the driver has said in the control queue */
    struct queue queue[QUEUES];
    uint8_t sent[SENT_MAX];
    size_t sent_bytes;
} dev;

static uint8_t slots[3 * SLOT]; /* only its addresses are used */

paddr_t model_start(bool legacy, bool several)
{
    memset(&dev, 0, sizeof dev);
    dev.legacy = legacy;
    dev.several = several;
    dev.status = 0xdead; /* until the driver resets it */
    return (paddr_t)(uintptr_t)slots;
}

void model_lazy(bool lazy)
{
    dev.lazy = lazy;
}

/* The link's queues: port 0's, or port 1's where there are several. */
static struct queue *port_queue(unsigned which)
{
    return &dev.queue[which + (dev.several ? 4 : 0)];
}

void model_lie(unsigned queue, enum model_lie lie)
{
    if (queue < 2)
        port_queue(queue)->lie = lie;
    else
        dev.queue[queue].lie = lie;
}

const uint8_t *model_sent(size_t *size_bytes)
{
    *size_bytes = dev.sent_bytes;
    return dev.sent;
}

void model_forget_sent(void)
{
    dev.sent_bytes = 0;
}

bool model_line(void)
{
    return dev.isr != 0;
}

bool model_is_reset(void)
{
    return dev.status == 0;
}

static uint16_t get16(uint64_t at)
{
    return __atomic_load_n((uint16_t *)(uintptr_t)at, __ATOMIC_ACQUIRE);
}

/* A used element, honest or not. */
static void use(struct queue *q, uint16_t id, uint32_t written)
{
    uint32_t *elem = (uint32_t *)(uintptr_t)(q->used + 4 + 8 * (q->used_made % q->num));
    uint32_t told_id = id, told_bytes = written;
    uint16_t step = 1;
    switch (q->lie) {
    case LIE_ID_TOO_BIG:
        told_id = q->num + 1000;
        break;
    case LIE_ID_NOT_GIVEN:
        told_id = (id + q->num / 2) % q->num;
        break;
    case LIE_ID_TWICE:
        told_id = q->last_id;
        break;
    case LIE_LENGTH:
        told_bytes = 0x10000;
        break;
    case LIE_INDEX:
        step = 1000;
        break;
    case LIE_NONE:
        break;
    }
    elem[0] = told_id;
    elem[1] = told_bytes;
    q->last_id = id;
    q->used_made = (uint16_t)(q->used_made + step);
    __atomic_store_n((uint16_t *)(uintptr_t)(q->used + 2), q->used_made, __ATOMIC_RELEASE);
    dev.isr |= 1;
}

/* The next buffer that the driver gave. False: there is none. */
static bool next(struct queue *q, uint16_t *id, uint8_t **at, uint32_t *size, bool writable)
{
    if (!q->ready || get16(q->avail + 2) == q->avail_seen)
        return false;
    RULE((uint16_t)(get16(q->avail + 2) - q->avail_seen) <= q->num);
    *id = get16(q->avail + 4 + 2 * (q->avail_seen % q->num));
    RULE(*id < q->num);
    uint8_t *d = (uint8_t *)(uintptr_t)(q->desc + 16 * *id);
    uint64_t addr;
    uint16_t flags;
    memcpy(&addr, d, 8);
    memcpy(size, d + 8, 4);
    memcpy(&flags, d + 12, 2);
    RULE(flags == (writable ? 2 : 0));
    RULE(*size > 0);
    *at = (uint8_t *)(uintptr_t)addr;
    q->avail_seen++;
    return true;
}

unsigned model_complete(unsigned count)
{
    struct queue *q = port_queue(1);
    uint16_t id;
    uint8_t *at;
    uint32_t size;
    unsigned done = 0;
    RULE(!dev.several || dev.opened);
    while (done < count && next(q, &id, &at, &size, false)) {
        RULE(dev.sent_bytes + size <= SENT_MAX);
        memcpy(dev.sent + dev.sent_bytes, at, size);
        dev.sent_bytes += size;
        use(q, id, 0);
        done++;
    }
    return done;
}

size_t model_feed(const uint8_t *bytes, size_t size_bytes, size_t most)
{
    struct queue *q = port_queue(0);
    uint16_t id;
    uint8_t *at;
    uint32_t size;
    size_t done = 0;
    while (done < size_bytes && next(q, &id, &at, &size, true)) {
        size_t n = size_bytes - done < size ? size_bytes - done : size;
        n = n < most ? n : most;
        memcpy(at, bytes + done, n);
        use(q, id, (uint32_t)n);
        done += n;
    }
    return done;
}

bool model_tell(uint32_t port, uint16_t event, uint16_t value)
{
    struct queue *q = &dev.queue[2];
    uint8_t message[8];
    uint16_t id;
    uint8_t *at;
    uint32_t size;
    if (!next(q, &id, &at, &size, true))
        return false;
    RULE(size >= sizeof message);
    memcpy(message, &port, 4);
    memcpy(message + 4, &event, 2);
    memcpy(message + 6, &value, 2);
    memcpy(at, message, sizeof message);
    use(q, id, sizeof message);
    return true;
}

/* The driver's control messages: it is ready; it will take a port; it opens it. In this order. */
static void listen(void)
{
    struct queue *q = &dev.queue[3];
    uint16_t id, event, value;
    uint8_t *at;
    uint32_t size, port;
    while (next(q, &id, &at, &size, false)) {
        RULE(size == 8);
        memcpy(&port, at, 4);
        memcpy(&event, at + 4, 2);
        memcpy(&value, at + 6, 2);
        use(q, id, 0);
        RULE(value == 1);
        if (event == 0) {
            dev.ready = true;
            model_tell(0, 1,
                       1); /* PORT_ADD of a console that the driver doesn't want, and of the link */
            model_tell(1, 1, 1);
        } else if (event == 3) {
            RULE(dev.ready && port == 1);
            dev.port_ready = true;
            model_tell(1, 6, 1);
        } else {
            RULE(event == 6 && port == 1 && dev.port_ready);
            dev.opened = true;
        }
    }
}

static uint32_t features(void)
{
    uint32_t low =
        0x30000001 | (dev.several ? 2 : 0);         /* EVENT_IDX, INDIRECT_DESC, SIZE; MULTIPORT */
    return dev.device_sel == 1 ? !dev.legacy : low; /* VERSION_1 */
}

uint32_t mmio_read32(const volatile void *base, size_t offset)
{
    if ((const volatile uint8_t *)base != slots + SLOT)
        return offset == 0 ? 0x74726976 : offset == 4 ? (dev.legacy ? 1 : 2) : 0;
    switch (offset) {
    case 0x00:
        return 0x74726976;
    case 0x04:
        return dev.legacy ? 1 : 2;
    case 0x08:
        return 3;
    case 0x10:
        return features();
    case 0x34:
        return dev.queue_sel < (dev.several ? 6 : 2) ? NUM_MAX : 0;
    case 0x44:
        return dev.queue[dev.queue_sel].ready;
    case 0x60:
        return dev.isr;
    case 0x70:
        return dev.status;
    default:
        RULE(!"a register that can be read");
        return 0;
    }
}

static void set_status(uint32_t value)
{
    if (value == 0) {
        memset(dev.queue, 0, sizeof dev.queue);
        dev.isr = 0;
    } else {
        RULE((value & dev.status) == dev.status && dev.status != 0xdead); /* bits are only added */
    }
    if (value & 8 && !dev.legacy)
        RULE(dev.driver_features == (UINT64_C(1) << 32 | (dev.several ? 2 : 0)));
    if (value & 4)
        RULE(dev.legacy ? value == 7 : value == 15);
    dev.status = value;
}

static void legacy_place(struct queue *q, uint32_t pfn)
{
    RULE(dev.page_size > 0 && (dev.page_size & (dev.page_size - 1)) == 0 && dev.align > 0 &&
         (dev.align & (dev.align - 1)) == 0 && q->num > 0);
    q->desc = (uint64_t)pfn * dev.page_size;
    q->avail = q->desc + 16 * q->num;
    q->used = (q->avail + 4 + 2 * q->num + 2 + dev.align - 1) & ~(uint64_t)(dev.align - 1);
    q->ready = pfn != 0;
}

static void set_half(uint64_t *address, bool high, uint32_t value)
{
    if (high)
        *address = (*address & 0xffffffff) | (uint64_t)value << 32;
    else
        *address = (*address & ~UINT64_C(0xffffffff)) | value;
}

static void set_queue(size_t offset, uint32_t value)
{
    RULE(dev.queue_sel < QUEUES);
    struct queue *q = &dev.queue[dev.queue_sel];
    RULE(!q->ready && !(dev.status & 4));
    switch (offset) {
    case 0x38:
        RULE(value > 0 && value <= NUM_MAX && (value & (value - 1)) == 0);
        q->num = value;
        return;
    case 0x3c:
        RULE(dev.legacy);
        dev.align = value;
        return;
    case 0x40:
        RULE(dev.legacy);
        legacy_place(q, value);
        return;
    case 0x44:
        RULE(!dev.legacy && q->num && q->desc % 16 == 0 && q->avail % 2 == 0 && q->used % 4 == 0);
        q->ready = value;
        return;
    }
    RULE(!dev.legacy);
    set_half(offset < 0x90 ? &q->desc : offset < 0xa0 ? &q->avail : &q->used, offset & 4, value);
}

void mmio_write32(volatile void *base, size_t offset, uint32_t value)
{
    RULE((volatile uint8_t *)base == slots + SLOT);
    switch (offset) {
    case 0x14:
        dev.device_sel = value;
        return;
    case 0x20:
        set_half(&dev.driver_features, dev.driver_sel, value);
        return;
    case 0x24:
        dev.driver_sel = value;
        return;
    case 0x28:
        RULE(dev.legacy);
        dev.page_size = value;
        return;
    case 0x30:
        dev.queue_sel = value;
        return;
    case 0x50:
        RULE(value < QUEUES && dev.status & 4);
        if (dev.several && value == 3)
            listen();
        else if (&dev.queue[value] == port_queue(1) && !dev.lazy)
            model_complete(NUM_MAX);
        return;
    case 0x64:
        dev.isr &= ~value;
        return;
    case 0x70:
        set_status(value);
        return;
    default:
        set_queue(offset, value);
    }
}
