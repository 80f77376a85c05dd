/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/drivers/pl031.h */
#include "kernel/drivers/pl031.h"
#include "kernel/arch/io.h"

#define RTCDR 0x000

uint32_t pl031_read_s(volatile void *base)
{
    return mmio_read32(base, RTCDR);
}
