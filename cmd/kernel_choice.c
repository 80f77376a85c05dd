/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/kernel_choice.h"
#include "gobin/needs.h"
#include "gobin/syscalls.h"
#include "vmm/kernel_info.h"

static bool small_has_all(const struct needs *needs, const struct blob *small,
                          const struct blob *full)
{
    if (needs->unknown)
        return false;
    for (size_t i = 0; i < syscall_count; i++) {
        int number = syscall_table[i].generic;
        if (needs->made_by[i] && kernel_has_call(full, number) && !kernel_has_call(small, number))
            return false;
    }
    return true;
}

bool kernel_small_suffices(const struct blob *program, const struct blob *small,
                           const struct blob *full)
{
    struct needs needs;
    struct gobin bin;

    if (gobin_open(&bin, program->bytes, program->size_bytes) < 0)
        return false;
    bool suffices = needs_find(&needs, &bin) == 0 && small_has_all(&needs, small, full);
    gobin_close(&bin);
    return suffices;
}
