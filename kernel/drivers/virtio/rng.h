/* SPDX-License-Identifier: Apache-2.0 */
/* The virtio entropy source (virtio 1.2, 5.4), asked once at boot when nothing better has seeded
 * the generator. */
#ifndef KERNEL_DRIVERS_VIRTIO_RNG_H
#define KERNEL_DRIVERS_VIRTIO_RNG_H

#include "lib/types.h"

struct machine;

/* virtio_rng_seed - give the random pool 32 bytes from the device, waiting a tenth of a second at
 * most; the device is off afterwards. Boot. False: there is none, or it didn't answer. */
bool virtio_rng_seed(const struct machine *m);

#endif
