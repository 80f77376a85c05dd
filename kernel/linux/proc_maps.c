/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID/maps: a line a region, names in column 73 as Linux pads them. */
#include "kernel/linux/process.h"
#include "kernel/linux/proc_process.h"

#define NAME_COLUMN 73u

static void add_region(struct text *t, const struct aspace_info *i)
{
    size_t start = t->used;
    text_add(t, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu", (unsigned long)i->start,
             (unsigned long)i->end, i->prot & ASPACE_READ ? 'r' : '-',
             i->prot & ASPACE_WRITE ? 'w' : '-', i->prot & ASPACE_EXEC ? 'x' : '-',
             i->flags & ASPACE_SHARED ? 's' : 'p', (unsigned long)i->offset, DEV_MAJOR(i->device),
             DEV_MINOR(i->device), (unsigned long)i->inode);
    while (*i->name && t->used - start < NAME_COLUMN && !t->err)
        text_add(t, " ");
    text_add(t, "%s\n", i->name);
}

static void add_regions(struct text *t, struct aspace *as)
{
    struct aspace_info i;
    vaddr_t at = 0;
    while (!t->err && aspace_next(as, at, &i)) {
        add_region(t, &i);
        at = i.end;
    }
}

void proc_show_maps(struct text *t, uint64_t arg)
{
    struct process *p = proc_subject(arg, true, &t->err);
    if (!p)
        return;
    struct aspace *as = proc_memory(p);
    if (as)
        add_regions(t, as);
    proc_memory_done(as);
    proc_done(p);
}
