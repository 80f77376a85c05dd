/* SPDX-License-Identifier: Apache-2.0 */
/* Address spaces as others see them, whose owners may be about to give them up. */
#include "abi/errno.h"
#include "kernel/core/aspace.h"
#include "kernel/core/refs.h"
#include "kernel/arch/mmu.h"
#include "lib/str.h"

struct aspace *aspace_get_live(struct aspace *as)
{
    return refs_get_live(&as->refs) ? as : NULL;
}

/* What is left of one page, while nobody can take it away. */
static bool read_page(struct aspace *as, vaddr_t addr, void *dst, size_t n)
{
    struct pgtable_entry e;
    spin_lock(&as->lock);
    bool there = pgtable_query(&as->pgtable, addr, &e);
    if (there)
        memcpy(dst, (const char *)phys_to_virt(e.pa) + addr % PAGE_SIZE, n);
    spin_unlock(&as->lock);
    return there;
}

int aspace_read(struct aspace *as, vaddr_t addr, void *dst, size_t size_bytes)
{
    for (char *to = dst; size_bytes;) {
        size_t n = MIN(size_bytes, PAGE_SIZE - addr % PAGE_SIZE);
        if (aspace_fault(as, addr, ASPACE_READ) != ASPACE_FAULT_NONE || !read_page(as, addr, to, n))
            return -EFAULT;
        to += n;
        addr += n;
        size_bytes -= n;
    }
    return 0;
}
