/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/kernel_choice.h"
#include "gobin/reach.h"
#include "vmm/kernel_info.h"

static bool small_has_all(const struct reach *reach, const struct blob *small,
                          const struct blob *full)
{
    for (unsigned i = 0; i < REACH_NUMBERS; i++)
        if (reach_has(reach, i) && kernel_has_call(full, i) && !kernel_has_call(small, i))
            return false;
    return true;
}

bool kernel_small_suffices(const struct blob *program, const struct blob *small,
                           const struct blob *full)
{
    struct reach reach;
    struct gobin bin;

    if (gobin_open(&bin, program->bytes, program->size_bytes) < 0)
        return false;
    bool suffices = reach_find(&reach, &bin) == 0 && small_has_all(&reach, small, full);
    gobin_close(&bin);
    return suffices;
}
