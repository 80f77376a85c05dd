/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/drivers/virtio/mmio.h. Order of steps: virtio 1.2, 3.1.1 and 4.2.3.1; legacy: 4.2.4. */
#include "kernel/drivers/virtio/mmio.h"
#include "abi/errno.h"
#include "kernel/arch/io.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/machine.h"

#define SLOT_BYTES 0x200

static uint32_t reg_read(const struct virtio_device *d, enum virtio_mmio_register r)
{
    return mmio_read32(d->base, r);
}

static void reg_write(struct virtio_device *d, enum virtio_mmio_register r, uint32_t value)
{
    mmio_write32(d->base, r, value);
}

static void reg_write_pair(struct virtio_device *d, enum virtio_mmio_register r, uint64_t value)
{
    mmio_write32(d->base, r, (uint32_t)value);
    mmio_write32(d->base, (size_t)r + 4, (uint32_t)(value >> 32));
}

static bool slot_is(const struct machine_virtio *slot, uint32_t id, struct virtio_device *d)
{
    d->base = mmio_map(slot->base, SLOT_BYTES);
    if (!d->base || reg_read(d, VIRTIO_MMIO_DEVICE_ID) != id ||
        reg_read(d, VIRTIO_MMIO_MAGIC) != VIRTIO_MMIO_MAGIC_VALUE)
        return false;
    uint32_t version = reg_read(d, VIRTIO_MMIO_VERSION);
    d->legacy = version == 1;
    d->intid = slot->intid;
    return version == 1 || version == 2;
}

bool virtio_find_next(const struct machine *m, uint32_t id, unsigned *slot, struct virtio_device *d)
{
    for (unsigned i = MIN(*slot, m->nvirtio); i-- > 0;) {
        *slot = i;
        if (slot_is(&m->virtio[i], id, d))
            return true;
    }
    return false;
}

bool virtio_find(const struct machine *m, uint32_t id, struct virtio_device *d)
{
    unsigned slot = VIRTIO_SLOT_FIRST;
    return virtio_find_next(m, id, &slot, d);
}

static uint64_t features_offered(struct virtio_device *d)
{
    reg_write(d, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
    uint64_t high = reg_read(d, VIRTIO_MMIO_DEVICE_FEATURES);
    reg_write(d, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
    return high << 32 | reg_read(d, VIRTIO_MMIO_DEVICE_FEATURES);
}

static void features_accept(struct virtio_device *d, uint64_t features)
{
    reg_write(d, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
    reg_write(d, VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)(features >> 32));
    reg_write(d, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
    reg_write(d, VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)features);
}

static void status_add(struct virtio_device *d, uint32_t bit)
{
    reg_write(d, VIRTIO_MMIO_STATUS, reg_read(d, VIRTIO_MMIO_STATUS) | bit);
}

static int features_agree(struct virtio_device *d, uint64_t features)
{
    if (!(features & VIRTIO_F_VERSION_1))
        return -EIO;
    features_accept(d, features);
    status_add(d, VIRTIO_STATUS_FEATURES_OK);
    return reg_read(d, VIRTIO_MMIO_STATUS) & VIRTIO_STATUS_FEATURES_OK ? 0 : -EIO;
}

int virtio_begin(struct virtio_device *d, uint64_t wanted, uint64_t *agreed)
{
    virtio_reset(d);
    status_add(d, VIRTIO_STATUS_ACKNOWLEDGE);
    status_add(d, VIRTIO_STATUS_DRIVER);
    uint64_t features = features_offered(d);
    *agreed = features & wanted;
    if (!d->legacy)
        return features_agree(d, features & (wanted | VIRTIO_F_VERSION_1));
    features_accept(d, *agreed);
    reg_write(d, VIRTIO_MMIO_GUEST_PAGE_SIZE, VIRTQ_PLACE_BYTES);
    return 0;
}

static void queue_place_legacy(struct virtio_device *d, const struct virtq *q)
{
    reg_write(d, VIRTIO_MMIO_QUEUE_ALIGN, VIRTQ_ALIGN);
    reg_write(d, VIRTIO_MMIO_QUEUE_PFN, (uint32_t)(virt_to_phys(q->desc) / VIRTQ_PLACE_BYTES));
}

static void queue_place(struct virtio_device *d, const struct virtq *q)
{
    reg_write_pair(d, VIRTIO_MMIO_QUEUE_DESC, virt_to_phys(q->desc));
    reg_write_pair(d, VIRTIO_MMIO_QUEUE_DRIVER, virt_to_phys(q->avail));
    reg_write_pair(d, VIRTIO_MMIO_QUEUE_DEVICE, virt_to_phys((const void *)q->used));
    reg_write(d, VIRTIO_MMIO_QUEUE_READY, 1);
}

int virtio_queue_start(struct virtio_device *d, unsigned index, const struct virtq *q)
{
    reg_write(d, VIRTIO_MMIO_QUEUE_SEL, index);
    if (reg_read(d, VIRTIO_MMIO_QUEUE_NUM_MAX) < q->size)
        return -EIO;
    reg_write(d, VIRTIO_MMIO_QUEUE_NUM, q->size);
    dma_wmb();
    if (d->legacy)
        queue_place_legacy(d, q);
    else
        queue_place(d, q);
    return 0;
}

void virtio_ready(struct virtio_device *d)
{
    status_add(d, VIRTIO_STATUS_DRIVER_OK);
}

void virtio_reset(struct virtio_device *d)
{
    reg_write(d, VIRTIO_MMIO_STATUS, 0);
}

void virtio_notify(struct virtio_device *d, unsigned index)
{
    dma_wmb();
    reg_write(d, VIRTIO_MMIO_QUEUE_NOTIFY, index);
}

void virtio_interrupt_clear(struct virtio_device *d)
{
    uint32_t status = reg_read(d, VIRTIO_MMIO_INTERRUPT_STATUS);
    if (status)
        reg_write(d, VIRTIO_MMIO_INTERRUPT_ACK, status);
}
