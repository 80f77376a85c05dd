/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/slabinfo: what kmalloc has handed out, by size. */
#include "kernel/core/slab.h"
#include "kernel/linux/proc.h"

/* Columns as in slabinfo(5); no caches are kept beyond what is counted, so total is active. */
void proc_show_slabinfo(struct text *t, uint64_t arg)
{
    struct slab_use u;
    (void)arg;
    text_add(t, "slabinfo - version: 2.1\n"
                "# name <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>\n");
    for (unsigned i = 0; slab_use(i, &u); i++)
        text_add(t, "kmalloc-%u %u %u %u %u 1\n", u.object_bytes, u.in_use, u.in_use,
                 u.object_bytes, MAX(4064 / u.object_bytes, 1u));
}
