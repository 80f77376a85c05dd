/* SPDX-License-Identifier: Apache-2.0 */
/* Source: Arm DDI 0487 D8, stage 1 translation, 4 KiB granule, 48 bits. */
#include "vmm/debug.h"

#include <errno.h>
#include <string.h>

enum {
    CHUNK_BYTES = 2048, /* of memory in one answer: QEMU's packets are of 4,096 digits */
    LEVELS = 4,
    LEVEL_BITS = 9,
    PAGE_SHIFT = 12,
};

#define ENTRY_ADDRESS UINT64_C(0x0000fffffffff000)

static int page_load(struct debug *d, paddr_t page, uint8_t *out)
{
    for (size_t at = 0; at < DEBUG_PAGE_BYTES; at += CHUNK_BYTES) {
        int rc = gdb_read(&d->gdb, page + at, out + at, CHUNK_BYTES);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int debug_physical(struct debug *d, paddr_t addr, void *out, size_t size)
{
    paddr_t page = ALIGN_DOWN(addr, DEBUG_PAGE_BYTES);
    size_t slot = (page >> PAGE_SHIFT) % DEBUG_PAGES;
    if (d->pages[slot].addr != page) {
        d->pages[slot].addr = 0;
        if (page_load(d, page, d->pages[slot].bytes) != 0)
            return -EFAULT;
        d->pages[slot].addr = page;
    }
    memcpy(out, d->pages[slot].bytes + (addr - page), size);
    return 0;
}

/* Bits 1 and 0 of an entry: 0b11 is a table, or a page at the last level; 0b01 a block. */
static int translate(struct debug *d, vaddr_t addr, paddr_t *out)
{
    paddr_t table = addr >> 63 ? d->kernel_table : d->user_table;
    if (addr >> 63 ? addr < -(UINT64_C(1) << 48) : addr >= UINT64_C(1) << 48)
        return -EFAULT;
    for (unsigned level = 0; level < LEVELS; level++) {
        unsigned shift = PAGE_SHIFT + LEVEL_BITS * (LEVELS - 1 - level);
        uint64_t entry, offset = addr & ((UINT64_C(1) << shift) - 1);
        paddr_t at = table + (addr >> shift) % (1 << LEVEL_BITS) * sizeof(entry);
        if (debug_physical(d, at, &entry, sizeof(entry)) != 0 || !(entry & 1))
            return -EFAULT;
        paddr_t base = entry & ENTRY_ADDRESS;
        if (level == LEVELS - 1 || !(entry & 2)) {
            *out = ALIGN_DOWN(base, UINT64_C(1) << shift) + offset;
            return level == 0 || (level == LEVELS - 1 && !(entry & 2)) ? -EFAULT : 0;
        }
        table = base;
    }
    return -EFAULT;
}

int debug_read(struct debug *d, vaddr_t addr, void *out, size_t size_bytes)
{
    uint8_t *to = out;
    while (size_bytes > 0) {
        size_t n = MIN(size_bytes, DEBUG_PAGE_BYTES - addr % DEBUG_PAGE_BYTES);
        paddr_t at;
        if (translate(d, addr, &at) != 0 || debug_physical(d, at, to, n) != 0)
            return -EFAULT;
        to += n;
        addr += n;
        size_bytes -= n;
    }
    return 0;
}
