/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A network card, between its driver and the network: Ethernet frames. Every function of the device
 * is called with the user's lock held, and the driver's interrupt takes it with `enter`: a device
 * needs no lock of its own.
 */
#ifndef KERNEL_CORE_NETDEV_H
#define KERNEL_CORE_NETDEV_H

#include "lib/types.h"

#define NETDEV_FRAME_MAX 1514u
#define NETDEV_MAX       4

struct netdev_piece {
    const void *bytes;
    uint32_t size;
};

/* A checksum that the device is to fill in: the ones' complement sum from `start` on to the frame's
 * end, into the two bytes at start + offset. start 0: none. */
struct netdev_checksum {
    uint16_t start, offset;
};

struct netdev {
    uint8_t mac[6];
    bool checksums; /* send can fill them in */

    /* Take one frame, NETDEV_FRAME_MAX bytes at most; it is copied. False: no room now. flush: let
     * the device see what was taken. */
    bool (*send)(struct netdev *d, const struct netdev_piece *pieces, unsigned n,
                 struct netdev_checksum c);
    void (*flush)(struct netdev *d);

    /* Set by the user. The interrupt calls enter, then frame for each that has come in (checked:
     * its checksums are known to be right), then leave. */
    void *owner;
    void (*enter)(void);
    void (*frame)(void *owner, const void *bytes, uint32_t size, bool checked);
    void (*leave)(void);
};

#endif
