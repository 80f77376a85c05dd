/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/kernel_choice.h"
#include "gobin/reach.h"
#include "vmm/kernel_info.h"

static bool reach_of(struct reach *reach, const struct blob *program)
{
    struct gobin bin;

    if (gobin_open(&bin, program->bytes, program->size_bytes) < 0)
        return false;
    bool known = reach_find(reach, &bin) == 0 && !reach->unknown;
    gobin_close(&bin);
    return known;
}

/* Calls about processes: a Go program whose only use of them is what the os package tries before it
 * starts one (pidfd_open of itself and what follows), and that can't start any, doesn't make them.
 * Numbers of arm64. */
static bool about_processes(unsigned number)
{
    return number == 424 /* pidfd_send_signal */ || number == 434 /* pidfd_open */;
}

static bool may_make(const struct reach *reach, unsigned number)
{
    bool starts = reach_has(reach, 221 /* execve */) || reach_has(reach, 281 /* execveat */);
    return reach_has(reach, number) && (starts || !about_processes(number));
}

static bool has_all(const struct blob *image, const struct blob *full, const struct reach *reach)
{
    for (unsigned i = 0; i < REACH_NUMBERS; i++)
        if (may_make(reach, i) && kernel_has_call(full, i) && !kernel_has_call(image, i))
            return false;
    return true;
}

/* Puts a smaller kernel in the place of the full one. One that isn't there is no reason to fail. */
static bool replace(struct kernel_files *full, enum kernel_kind kind, const struct reach *reach)
{
    struct kernel_files smaller;
    struct error ignored;

    if (kernel_files_open_kind(&smaller, kind, &ignored) < 0)
        return false;
    bool fits = has_all(&smaller.image, &full->image, reach);
    kernel_files_close(fits ? full : &smaller);
    if (fits)
        *full = smaller;
    return fits;
}

int kernel_choose(struct kernel_files *kernel, const struct blob *program, enum kernel_kind least,
                  struct error *err)
{
    struct reach reach;

    int result = kernel_files_open_kind(kernel, KERNEL_FULL, err);
    if (result < 0 || least == KERNEL_FULL || !reach_of(&reach, program))
        return result;
    for (enum kernel_kind kind = least; kind < KERNEL_FULL; kind++)
        if (replace(kernel, kind, &reach))
            break;
    return 0;
}
