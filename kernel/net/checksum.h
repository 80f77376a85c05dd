/* SPDX-License-Identifier: Apache-2.0 */
/* The Internet checksum's sum (RFC 1071). */
#ifndef KERNEL_NET_CHECKSUM_H
#define KERNEL_NET_CHECKSUM_H

#include "lib/types.h"

/**
 * checksum_sum - the ones' complement sum of what is at `bytes`, taken as 16-bit words as they are
 * in memory: its complement, stored as it is, is the checksum. lwIP's LWIP_CHKSUM.
 * @bytes: at any address
 * @size: up to 2 GiB; an odd last byte counts as if a zero followed
 */
uint16_t checksum_sum(const void *bytes, int size);

#endif
