/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/kernel_info.h"
#include "abi/payload.h"

#include <string.h>

bool kernel_has_call(const struct blob *image, int64_t number)
{
    const size_t base = KERNEL_INFO_AT + offsetof(struct kernel_info, table_bytes);
    struct kernel_info info;
    int32_t handler;

    if (image->size_bytes < KERNEL_INFO_AT + sizeof(info))
        return false;
    memcpy(&info, image->bytes + KERNEL_INFO_AT, sizeof(info));
    if (memcmp(info.magic, KERNEL_INFO_MAGIC, sizeof(info.magic)) != 0 || info.table_bytes < 0 ||
        number < 0 || number >= info.table_count)
        return false;
    uint64_t at = base + (uint64_t)info.table_bytes + (uint64_t)number * sizeof(handler);
    if (at > image->size_bytes - sizeof(handler))
        return false;
    memcpy(&handler, image->bytes + at, sizeof(handler));
    return handler != 0;
}
