/* SPDX-License-Identifier: Apache-2.0 */
/* The payload behind the image (abi/payload.h), checked once at boot. */
#ifndef KERNEL_CORE_PAYLOAD_H
#define KERNEL_CORE_PAYLOAD_H

#include "abi/payload.h"

/*
 * payload_init - use the payload at `data`, of which at most size_bytes are there. NULL, or a
 * sentence's rest that says what is wrong with it. No payload at all is no error. Boot CPU, once.
 */
const char *payload_init(const void *data, size_t size_bytes) MUST_CHECK;

/* payload_item - the data of the first item of this type, in the direct map, page-aligned;
 * *size_bytes its size. NULL: there is none. */
const void *payload_item(enum payload_type type, size_t *size_bytes);

/* payload_size_bytes - all of it, 0 when there is none. */
size_t payload_size_bytes(void);

#endif
