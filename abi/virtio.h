/* SPDX-License-Identifier: Apache-2.0 */
/* Virtio as the OASIS specification 1.2 lays it out: the MMIO transport (4.2), legacy and current,
 * and split virtqueues (2.7). */
#ifndef ABI_VIRTIO_H
#define ABI_VIRTIO_H

#include "lib/types.h"

enum virtio_mmio_register {
    VIRTIO_MMIO_MAGIC = 0x000,
    VIRTIO_MMIO_VERSION = 0x004,   /* 1: legacy, 2: current */
    VIRTIO_MMIO_DEVICE_ID = 0x008, /* 0: the slot is empty */
    VIRTIO_MMIO_DEVICE_FEATURES = 0x010,
    VIRTIO_MMIO_DEVICE_FEATURES_SEL = 0x014,
    VIRTIO_MMIO_DRIVER_FEATURES = 0x020,
    VIRTIO_MMIO_DRIVER_FEATURES_SEL = 0x024,
    VIRTIO_MMIO_GUEST_PAGE_SIZE = 0x028, /* legacy */
    VIRTIO_MMIO_QUEUE_SEL = 0x030,
    VIRTIO_MMIO_QUEUE_NUM_MAX = 0x034,
    VIRTIO_MMIO_QUEUE_NUM = 0x038,
    VIRTIO_MMIO_QUEUE_ALIGN = 0x03c, /* legacy */
    VIRTIO_MMIO_QUEUE_PFN = 0x040,   /* legacy */
    VIRTIO_MMIO_QUEUE_READY = 0x044,
    VIRTIO_MMIO_QUEUE_NOTIFY = 0x050,
    VIRTIO_MMIO_INTERRUPT_STATUS = 0x060,
    VIRTIO_MMIO_INTERRUPT_ACK = 0x064,
    VIRTIO_MMIO_STATUS = 0x070,
    VIRTIO_MMIO_QUEUE_DESC = 0x080, /* each of these three: low word, high word */
    VIRTIO_MMIO_QUEUE_DRIVER = 0x090,
    VIRTIO_MMIO_QUEUE_DEVICE = 0x0a0,
    VIRTIO_MMIO_CONFIG = 0x100, /* the device's own */
};

#define VIRTIO_MMIO_MAGIC_VALUE 0x74726976u /* "virt" */

enum virtio_device_id {
    VIRTIO_ID_NET = 1,
    VIRTIO_ID_CONSOLE = 3,
    VIRTIO_ID_RNG = 4,
    VIRTIO_ID_9P = 9,
};

enum virtio_status {
    VIRTIO_STATUS_ACKNOWLEDGE = 1,
    VIRTIO_STATUS_DRIVER = 2,
    VIRTIO_STATUS_DRIVER_OK = 4,
    VIRTIO_STATUS_FEATURES_OK = 8,
    VIRTIO_STATUS_FAILED = 128,
};

#define VIRTIO_9P_MOUNT_TAG UINT64_C(1)

/* The console's control messages (virtio 1.2, 5.3.6.2). */
#define VIRTIO_CONSOLE_F_MULTIPORT (UINT64_C(1) << 1)
#define VIRTIO_CONSOLE_NO_PORT     UINT32_MAX

enum virtio_console_event {
    VIRTIO_CONSOLE_DEVICE_READY = 0,
    VIRTIO_CONSOLE_DEVICE_ADD = 1,
    VIRTIO_CONSOLE_PORT_READY = 3,
    VIRTIO_CONSOLE_PORT_OPEN = 6,
};

struct virtio_console_control {
    uint32_t id;
    uint16_t event;
    uint16_t value;
};

#define VIRTIO_F_ANY_LAYOUT \
    (UINT64_C(1) << 27) /* legacy: headers needn't be descriptors of their own */
#define VIRTIO_F_VERSION_1 (UINT64_C(1) << 32)

/* Network cards (virtio 1.2, 5.1). */
#define VIRTIO_NET_F_CSUM       (UINT64_C(1) << 0)
#define VIRTIO_NET_F_GUEST_CSUM (UINT64_C(1) << 1)
#define VIRTIO_NET_F_MAC        (UINT64_C(1) << 5)
#define VIRTIO_NET_F_GUEST_TSO4 (UINT64_C(1) << 7)
#define VIRTIO_NET_F_GUEST_TSO6 (UINT64_C(1) << 8)
#define VIRTIO_NET_F_HOST_TSO4  (UINT64_C(1) << 11)
#define VIRTIO_NET_F_HOST_TSO6  (UINT64_C(1) << 12)
#define VIRTIO_NET_F_MRG_RXBUF  (UINT64_C(1) << 15)
#define VIRTIO_NET_F_CTRL_VQ    (UINT64_C(1) << 17)
#define VIRTIO_NET_F_MQ         (UINT64_C(1) << 22)

#define VIRTIO_NET_CONFIG_PAIRS 8 /* offset of the pairs of queues that a device has, 16 bits */

/* What the control queue is told, and a byte that the device answers with (5.1.6.5). */
struct virtio_net_control {
    uint8_t class, command;
    uint16_t pairs;
};

#define VIRTIO_NET_CTRL_MQ     4 /* class */
#define VIRTIO_NET_CTRL_MQ_SET 0 /* command */
#define VIRTIO_NET_CTRL_OK     0 /* answer */

enum virtio_net_header_flags {
    VIRTIO_NET_HDR_NEEDS_CSUM = 1,
    VIRTIO_NET_HDR_DATA_VALID = 2,
};

enum virtio_net_segmentation {
    VIRTIO_NET_HDR_GSO_TCPV4 = 1,
    VIRTIO_NET_HDR_GSO_TCPV6 = 4,
};

struct virtio_net_header {
    uint8_t flags, gso_type;
    uint16_t header_len, gso_size;
    uint16_t csum_start, csum_offset;
    uint16_t buffers; /* absent from legacy devices without mergeable buffers */
};

#define VIRTQ_AVAIL_F_NO_INTERRUPT 1

enum virtq_desc_flags {
    VIRTQ_DESC_F_NEXT = 1,
    VIRTQ_DESC_F_WRITE = 2, /* the device writes, otherwise it reads */
};

struct virtq_desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags;
    uint16_t next;
};

struct virtq_avail {
    uint16_t flags;
    uint16_t idx;
    uint16_t ring[];
};

struct virtq_used_elem {
    uint32_t id;
    uint32_t len; /* bytes that the device wrote */
};

struct virtq_used {
    uint16_t flags;
    uint16_t idx;
    struct virtq_used_elem ring[];
};

_Static_assert(sizeof(struct virtq_desc) == 16, "descriptor layout");
_Static_assert(sizeof(struct virtio_net_header) == 12, "network header layout");
_Static_assert(sizeof(struct virtq_used_elem) == 8, "used element layout");
_Static_assert(offsetof(struct virtq_avail, ring) == 4 && offsetof(struct virtq_used, ring) == 4,
               "ring layout");

#endif
