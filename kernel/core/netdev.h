/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A network card, between its driver and the network: Ethernet frames. Every function of the device
 * is called with the user's lock held, and the driver's interrupt takes it with `enter`: a device
 * needs no lock of its own.
 */
#ifndef KERNEL_CORE_NETDEV_H
#define KERNEL_CORE_NETDEV_H

#include "lib/types.h"

#define NETDEV_FRAME_MAX  1514u
#define NETDEV_LARGE_MAX  65535u
#define NETDEV_PIECES_MAX 34
#define NETDEV_MAX        4

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
    bool segments4; /* TCP's segments over IPv4 may be sent as one: extend and segment */
    bool segments6; /* over IPv6 */

    /* Take one frame, NETDEV_FRAME_MAX bytes at most; it is copied. Where it is, to be changed
     * until the next one is sent or all are flushed; NULL: no room now. flush: let the device see
     * what was taken. */
    uint8_t *(*send)(struct netdev *d, const struct netdev_piece *pieces, unsigned n,
                     struct netdev_checksum c);
    void (*flush)(struct netdev *d);

    /* extend: the last frame gets longer by these bytes, up to NETDEV_LARGE_MAX. False: no room,
     * and nothing has changed. segment: the device is to make frames of it, which have its first
     * header_bytes and segment_bytes of the rest each. */
    bool (*extend)(struct netdev *d, const struct netdev_piece *pieces, unsigned n);
    void (*segment)(struct netdev *d, bool six, uint16_t header_bytes, uint16_t segment_bytes);

    /* Set by the user. The interrupt calls enter, then frame for each that has come in (checked:
     * its checksums are known to be right; at most NETDEV_LARGE_MAX bytes in NETDEV_PIECES_MAX
     * pieces, the headers in the first), then leave. */
    void *owner;
    void (*enter)(void);
    void (*frame)(void *owner, const struct netdev_piece *pieces, unsigned n, bool checked);
    void (*leave)(void);
};

#endif
