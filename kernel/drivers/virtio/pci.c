/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/drivers/virtio/transport.h: virtio over PCI (virtio 1.2, 4.1), with INTx interrupts. */
#include "abi/errno.h"
#include "kernel/arch/io.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/log.h"
#include "kernel/drivers/pci.h"
#include "kernel/drivers/virtio/transport.h"

enum { CAPABILITIES_MAX = 48, RESET_TURNS = 1000000 };

static struct virtio_pci_device *pci_of(struct virtio_device *d)
{
    return container_of(d, struct virtio_pci_device, d);
}

/* ---- finding ---- */

static void take_capability(const struct pci_function *f, uint8_t at, struct virtio_pci_device *v)
{
    uint8_t type = mmio_read8(f->config, at + VIRTIO_PCI_CAP_TYPE),
            bar = mmio_read8(f->config, at + VIRTIO_PCI_CAP_BAR);
    uint32_t offset = mmio_read32(f->config, at + VIRTIO_PCI_CAP_OFFSET),
             length = mmio_read32(f->config, at + VIRTIO_PCI_CAP_LENGTH);
    if (type == VIRTIO_PCI_COMMON && !v->d.base && length >= VIRTIO_PCI_COMMON_BYTES) {
        v->d.base = pci_bar(f, bar, offset, length);
    } else if (type == VIRTIO_PCI_ISR && !v->isr && length) {
        v->isr = pci_bar(f, bar, offset, length);
    } else if (type == VIRTIO_PCI_DEVICE && !v->config) {
        v->config = pci_bar(f, bar, offset, length);
        v->config_bytes = v->config ? length : 0;
    } else if (type == VIRTIO_PCI_NOTIFY && !v->notify) {
        v->notify = pci_bar(f, bar, offset, length);
        v->notify_bytes = length;
        v->notify_multiplier = mmio_read32(f->config, at + VIRTIO_PCI_CAP_MULTIPLIER);
    }
}

/* Each capability is at a multiple of four behind the header; a list without an end is cut off. */
static void take_capabilities(const struct pci_function *f, struct virtio_pci_device *v)
{
    uint8_t at = mmio_read8(f->config, PCI_CAPABILITIES) & 0xfc;
    if (!(mmio_read8(f->config, PCI_STATUS) & PCI_STATUS_CAPABLE))
        return;
    for (unsigned n = 0; at >= 0x40 && n < CAPABILITIES_MAX; n++) {
        if (mmio_read8(f->config, at) == PCI_CAPABILITY_VENDOR)
            take_capability(f, at, v);
        at = mmio_read8(f->config, at + VIRTIO_PCI_CAP_NEXT) & 0xfc;
    }
}

static const char *take(const struct pci_function *f, struct virtio_pci_device *v)
{
    *v = (struct virtio_pci_device){0};
    take_capabilities(f, v);
    if (!v->d.base || !v->isr || !v->notify || !v->config)
        return "it lacks registers that virtio 1.0 has, or the bridge has no room for them";
    v->d.intid = pci_intid(f);
    if (!v->d.intid)
        return "the device tree doesn't say which interrupt it has";
    pci_start(f);
    return NULL;
}

bool virtio_pci_next(const struct machine *m, uint32_t id, uint32_t legacy_id, unsigned *number,
                     struct virtio_pci_device *v)
{
    struct pci_function f;
    while (pci_next(m, number, &f)) {
        if (f.id != (PCI_VENDOR_VIRTIO | (PCI_DEVICE_VIRTIO_CURRENT + id) << 16) &&
            f.id != (PCI_VENDOR_VIRTIO | legacy_id << 16))
            continue;
        const char *why = take(&f, v);
        if (!why)
            return true;
        log_err("a virtio PCI device at 00:%02x.%u can't be used: %s", f.number / 8, f.number % 8,
                why);
    }
    return false;
}

/* ---- using ---- */

static void reset(struct virtio_device *d)
{
    mmio_write8(d->base, VIRTIO_PCI_STATUS, 0);
    for (unsigned turns = RESET_TURNS; turns && mmio_read8(d->base, VIRTIO_PCI_STATUS); turns--)
        ;
}

static void status_add(struct virtio_device *d, uint8_t bit)
{
    mmio_write8(d->base, VIRTIO_PCI_STATUS,
                (uint8_t)(mmio_read8(d->base, VIRTIO_PCI_STATUS) | bit));
}

static uint64_t features_offered(struct virtio_device *d)
{
    mmio_write32(d->base, VIRTIO_PCI_DEVICE_FEATURES_SEL, 1);
    uint64_t high = mmio_read32(d->base, VIRTIO_PCI_DEVICE_FEATURES);
    mmio_write32(d->base, VIRTIO_PCI_DEVICE_FEATURES_SEL, 0);
    return high << 32 | mmio_read32(d->base, VIRTIO_PCI_DEVICE_FEATURES);
}

static void features_accept(struct virtio_device *d, uint64_t features)
{
    for (unsigned i = 0; i < 2; i++) {
        mmio_write32(d->base, VIRTIO_PCI_DRIVER_FEATURES_SEL, i);
        mmio_write32(d->base, VIRTIO_PCI_DRIVER_FEATURES, (uint32_t)(features >> 32 * i));
    }
}

static int begin(struct virtio_device *d, uint64_t wanted, uint64_t *agreed)
{
    reset(d);
    status_add(d, VIRTIO_STATUS_ACKNOWLEDGE);
    status_add(d, VIRTIO_STATUS_DRIVER);
    uint64_t features = features_offered(d);
    *agreed = features & wanted;
    if (!(features & VIRTIO_F_VERSION_1))
        return -EIO;
    features_accept(d, *agreed | VIRTIO_F_VERSION_1);
    status_add(d, VIRTIO_STATUS_FEATURES_OK);
    return mmio_read8(d->base, VIRTIO_PCI_STATUS) & VIRTIO_STATUS_FEATURES_OK ? 0 : -EIO;
}

static void write_pair(struct virtio_device *d, enum virtio_pci_common r, uint64_t value)
{
    mmio_write32(d->base, r, (uint32_t)value);
    mmio_write32(d->base, (size_t)r + 4, (uint32_t)(value >> 32));
}

static uint32_t *notify_at(struct virtio_pci_device *v, unsigned index)
{
    return &v->notify_at[MIN(index, VIRTIO_PCI_QUEUES_MAX - 1u)];
}

static int queue_start(struct virtio_device *d, unsigned index, const struct virtq *q)
{
    struct virtio_pci_device *v = pci_of(d);
    mmio_write16(d->base, VIRTIO_PCI_QUEUE_SEL, (uint16_t)index);
    uint64_t at =
        (uint64_t)mmio_read16(d->base, VIRTIO_PCI_QUEUE_NOTIFY_OFF) * v->notify_multiplier;
    if (mmio_read16(d->base, VIRTIO_PCI_QUEUE_SIZE) < q->size || at + 2 > v->notify_bytes)
        return -EIO;
    *notify_at(v, index) = (uint32_t)at;
    mmio_write16(d->base, VIRTIO_PCI_QUEUE_SIZE, q->size);
    dma_wmb();
    write_pair(d, VIRTIO_PCI_QUEUE_DESC, virt_to_phys(q->desc));
    write_pair(d, VIRTIO_PCI_QUEUE_DRIVER, virt_to_phys(q->avail));
    write_pair(d, VIRTIO_PCI_QUEUE_DEVICE, virt_to_phys((const void *)q->used));
    mmio_write16(d->base, VIRTIO_PCI_QUEUE_ENABLE, 1);
    return 0;
}

static void ready(struct virtio_device *d)
{
    status_add(d, VIRTIO_STATUS_DRIVER_OK);
}

static void notify(struct virtio_device *d, unsigned index)
{
    struct virtio_pci_device *v = pci_of(d);
    dma_wmb();
    mmio_write16(v->notify, *notify_at(v, index), (uint16_t)index);
}

/* Reading takes it back. */
static void interrupt_clear(struct virtio_device *d)
{
    (void)mmio_read8(pci_of(d)->isr, 0);
}

static uint8_t config8(struct virtio_device *d, unsigned offset)
{
    struct virtio_pci_device *v = pci_of(d);
    return offset < v->config_bytes ? mmio_read8(v->config, offset) : 0;
}

const struct virtio_transport virtio_pci = {
    .begin = begin,
    .queue_start = queue_start,
    .ready = ready,
    .reset = reset,
    .notify = notify,
    .interrupt_clear = interrupt_clear,
    .config8 = config8,
};
