/* SPDX-License-Identifier: Apache-2.0 */
/* Stack switches for the sanitizers. Only linked into builds with GORT_SAN. */
#include "gort/san.h"

#include <sanitizer/common_interface_defs.h>

/* g0's stack bounds are learnt at the first switch away from it: the sanitizer knows the thread's
 * stack. */
void san_leave(struct g *from, struct g *to)
{
    __sanitizer_start_switch_fiber(&from->san_stack, (void *)to->stack_lo,
                                   to->stack_hi - to->stack_lo);
}

void san_end(struct g *gone, struct g *to)
{
    (void)gone;
    __sanitizer_start_switch_fiber(NULL, (void *)to->stack_lo, to->stack_hi - to->stack_lo);
}

void san_arrive(struct g *now)
{
    const void *lo;
    size_t size;
    __sanitizer_finish_switch_fiber(now->san_stack, &lo, &size);
    struct g *g0 = now->m ? &now->m->g0 : NULL;
    if (g0 && now != g0 && g0->stack_hi == 0) {
        g0->stack_lo = (uintptr_t)lo;
        g0->stack_hi = (uintptr_t)lo + size;
    }
}
