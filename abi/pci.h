/* SPDX-License-Identifier: Apache-2.0 */
/* PCI configuration space (PCI Local Bus 3.0, chapter 6), and how virtio uses it (virtio 1.2, 4.1).
 */
#ifndef ABI_PCI_H
#define ABI_PCI_H

#include "lib/types.h"

enum pci_register {
    PCI_VENDOR = 0x00, /* in the lower half; the device in the upper one */
    PCI_COMMAND = 0x04,
    PCI_STATUS = 0x06,
    PCI_HEADER_TYPE = 0x0e,
    PCI_BAR = 0x10,
    PCI_CAPABILITIES = 0x34,
    PCI_INTERRUPT_PIN = 0x3d, /* 0: none, 1: INTA ... */
};

#define PCI_FUNCTION_BYTES    4096u /* of ECAM's space, each function */
#define PCI_BUS_BYTES         (256u * PCI_FUNCTION_BYTES)
#define PCI_VENDOR_NONE       0xffffu
#define PCI_HEADER_KIND       0x7f /* 0: a device, 1: a bridge */
#define PCI_HEADER_SEVERAL    0x80 /* more functions than one */
#define PCI_COMMAND_MEMORY    2
#define PCI_COMMAND_MASTER    4
#define PCI_STATUS_CAPABLE    16
#define PCI_BARS              6
#define PCI_BAR_IO            1
#define PCI_BAR_WIDTH         6 /* these bits say */
#define PCI_BAR_64            4
#define PCI_BAR_FLAGS         15
#define PCI_CAPABILITY_VENDOR 9

/* The address spaces of a device tree's `ranges` and `interrupt-map`, first cell (PCI Bus Binding
 * to Open Firmware, 2.2.1.1). */
#define PCI_CELL_SPACE            (3u << 24)
#define PCI_CELL_MEMORY32         (2u << 24)
#define PCI_CELL_PREFETCH         (1u << 30)
#define PCI_CELL_DEVICE           11 /* bits to the left */

#define PCI_VENDOR_VIRTIO         0x1af4
#define PCI_DEVICE_VIRTIO_CURRENT 0x1040 /* and the device's kind */
#define PCI_DEVICE_VIRTIO_NET_OLD 0x1000 /* of devices that legacy drivers know, too */

enum virtio_pci_structure {
    VIRTIO_PCI_COMMON = 1,
    VIRTIO_PCI_NOTIFY = 2,
    VIRTIO_PCI_ISR = 3,
    VIRTIO_PCI_DEVICE = 4,
};

enum virtio_pci_capability { /* offsets within one */
                             VIRTIO_PCI_CAP_NEXT = 1,
                             VIRTIO_PCI_CAP_TYPE = 3, /* enum virtio_pci_structure */
                             VIRTIO_PCI_CAP_BAR = 4,
                             VIRTIO_PCI_CAP_OFFSET = 8,
                             VIRTIO_PCI_CAP_LENGTH = 12,
                             VIRTIO_PCI_CAP_MULTIPLIER = 16, /* of VIRTIO_PCI_NOTIFY */
};

enum virtio_pci_common { /* registers */
                         VIRTIO_PCI_DEVICE_FEATURES_SEL = 0x00,
                         VIRTIO_PCI_DEVICE_FEATURES = 0x04,
                         VIRTIO_PCI_DRIVER_FEATURES_SEL = 0x08,
                         VIRTIO_PCI_DRIVER_FEATURES = 0x0c,
                         VIRTIO_PCI_STATUS = 0x14,    /* 8 bits */
                         VIRTIO_PCI_QUEUE_SEL = 0x16, /* 16 bits, and those that follow */
                         VIRTIO_PCI_QUEUE_SIZE = 0x18,
                         VIRTIO_PCI_QUEUE_ENABLE = 0x1c,
                         VIRTIO_PCI_QUEUE_NOTIFY_OFF = 0x1e,
                         VIRTIO_PCI_QUEUE_DESC =
                             0x20, /* each of these three: low word, high word */
                         VIRTIO_PCI_QUEUE_DRIVER = 0x28,
                         VIRTIO_PCI_QUEUE_DEVICE = 0x30,
                         VIRTIO_PCI_COMMON_BYTES = 0x38,
};

#endif
