/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/bias.h"

enum { PAGE_BYTES = 4096 };

/* Adds to *found how many pages of the segment are the same as page; *addr is the last one's. */
static void segment_search(const struct elf_segment *s, const uint8_t *page, size_t *found,
                           vaddr_t *addr)
{
    size_t first = (size_t)(-s->addr % PAGE_BYTES);
    for (size_t at = first; s->contents.size >= PAGE_BYTES && at <= s->contents.size - PAGE_BYTES;
         at += PAGE_BYTES)
        if (memcmp(s->contents.data + at, page, PAGE_BYTES) == 0) {
            ++*found;
            *addr = s->addr + at;
        }
}

bool bias_find(const struct gobin *bin, const struct memory *memory, vaddr_t pc, uint64_t *bias)
{
    const struct elf *e = &bin->elf;
    vaddr_t start = ALIGN_DOWN(pc, PAGE_BYTES), addr = 0;
    uint8_t page[PAGE_BYTES];
    size_t found = 0;
    *bias = 0;
    if (!e->pie)
        return true;
    if (memory->read(memory->context, start, page, sizeof(page)) != 0)
        return false;
    for (size_t i = 0; i < e->nsegments; i++)
        if (e->segments[i].type == PT_LOAD && (e->segments[i].flags & PF_X))
            segment_search(&e->segments[i], page, &found, &addr);
    if (found == 1)
        *bias = start - addr;
    return found == 1;
}
