/* SPDX-License-Identifier: Apache-2.0 */
/* What a kernel image says about itself: struct kernel_info of abi/payload.h. */
#ifndef VMM_KERNEL_INFO_H
#define VMM_KERNEL_INFO_H

#include "vmm/blob.h"

/* kernel_has_call - has that image a handler for this number of a system call? False for images
 * that don't say, or say nonsense. */
bool kernel_has_call(const struct blob *image, int64_t number);

#endif
