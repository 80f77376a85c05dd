/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/wb/ram.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cmd/cmd.h"

int ram_check(const struct gobin *bin, const char *ram)
{
    char *end;
    vaddr_t low = strtoull(ram, &end, 16), high = *end == '-' ? strtoull(end + 1, &end, 16) : 0;
    if (*end || high <= low)
        return fail(2, "--ram takes LOW-HIGH in hexadecimal, such as 40000000-48000000, not %s",
                    ram);
    for (size_t i = 0; i < bin->elf.nsegments; i++) {
        const struct elf_segment *s = &bin->elf.segments[i];
        if (s->type != PT_LOAD || !(s->flags & PF_W) || s->size_bytes == 0)
            continue;
        if (s->addr < low || s->addr + s->size_bytes > high)
            return fail(1,
                        "address 0x%" PRIx64 " is not RAM: the variables at 0x%" PRIx64
                        "-0x%" PRIx64
                        " would lose what is stored there; load or link the program into %s",
                        s->addr < low ? s->addr : high, s->addr, s->addr + s->size_bytes, ram);
    }
    return 0;
}
