/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/syscalls.h"

#include <errno.h>

#define DONE SYSCALL_DONE
#define PART SYSCALL_PART
#define NONE SYSCALL_MISSING

const struct syscall_info syscall_table[] = {
#define S(generic, amd64, name, status, ...) {generic, amd64, #name, status},
#include "abi/syscalls.def"
#undef S
};
const size_t syscall_count = ARRAY_SIZE(syscall_table);

int syscall_by_number(enum gobin_machine machine, int64_t number)
{
    for (size_t i = 0; i < syscall_count; i++) {
        const struct syscall_info *s = &syscall_table[i];
        if ((machine == GOBIN_AMD64 ? s->amd64 : s->generic) == number && number >= 0)
            return (int)i;
    }
    return -ENOENT;
}
