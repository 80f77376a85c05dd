/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a program: no read outside them, and a plan that is accepted can be carried out. */
#include "lib/elf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

static void check_segment(const struct elf_load_segment *s, uint64_t file_bytes)
{
    require(s->memory_bytes && s->file_bytes <= s->memory_bytes);
    require(s->vaddr < ELF_LOAD_ADDRESS_END && s->memory_bytes <= ELF_LOAD_ADDRESS_END - s->vaddr);
    for (uint64_t i = 0; s->file_bytes && i < 2;
         i++) { /* first and last byte: in the file, or before its start */
        int64_t at = s->offset + (int64_t)(i ? s->file_bytes - 1 : 0);
        require(at < (int64_t)file_bytes && (at >= 0 || s->offset < 0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    struct elf_load plan;

    memcpy(copy, data, size);
    size_t head = size && data[size - 1] & 1 ? size : size / 2;
    if (elf_load_plan(&plan, copy, head, size, 0) == ELF_LOAD_OK) {
        uint64_t end = 0;
        require(plan.count > 0 && plan.count <= ELF_LOAD_SEGMENTS_MAX);
        for (unsigned i = 0; i < plan.count; i++) {
            check_segment(&plan.segments[i], size);
            require((plan.segments[i].vaddr & ~UINT64_C(4095)) >= end);
            end = (plan.segments[i].vaddr + plan.segments[i].memory_bytes + 4095) & ~UINT64_C(4095);
        }
        require(plan.end == end);
    }
    free(copy);
    return 0;
}
