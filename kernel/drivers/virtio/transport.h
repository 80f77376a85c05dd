/* SPDX-License-Identifier: Apache-2.0 */
/* A virtio device behind either transport, for drivers that serve both: functions as those of
 * mmio.h, and bytes of the device's own configuration. */
#ifndef KERNEL_DRIVERS_VIRTIO_TRANSPORT_H
#define KERNEL_DRIVERS_VIRTIO_TRANSPORT_H

#include "kernel/drivers/virtio/mmio.h"

#define VIRTIO_PCI_QUEUES_MAX 17 /* so many less one, and one behind them */

/* A device by PCI; one by MMIO is its `d` alone. */
struct virtio_pci_device {
    struct virtio_device d; /* base: the common structure */
    volatile void *notify, *isr, *config;
    uint32_t notify_bytes, config_bytes, notify_multiplier;
    uint32_t notify_at[VIRTIO_PCI_QUEUES_MAX];
};

struct virtio_transport {
    int (*begin)(struct virtio_device *d, uint64_t wanted, uint64_t *agreed);
    int (*queue_start)(struct virtio_device *d, unsigned index, const struct virtq *q);
    void (*ready)(struct virtio_device *d);
    void (*reset)(struct virtio_device *d);
    void (*notify)(struct virtio_device *d, unsigned index);
    void (*interrupt_clear)(struct virtio_device *d);
    uint8_t (*config8)(struct virtio_device *d, unsigned offset); /* 0 beyond its end */
};

extern const struct virtio_transport virtio_mmio, virtio_pci;

/* virtio_pci_next - the machine's next device of kind `id`, for which legacy_id is the number of
 * those that legacy drivers know too: *number is where to go on, 0 at first. One that can't be used
 * is left out, and the log says so. */
bool virtio_pci_next(const struct machine *m, uint32_t id, uint32_t legacy_id, unsigned *number,
                     struct virtio_pci_device *d);

#endif
