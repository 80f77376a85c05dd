/* SPDX-License-Identifier: Apache-2.0 */
/* Stack switches for the sanitizers. Linked only into builds with GORT_SAN. */
#include "gort/san.h"

#if __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>

static void *fiber_of(struct g *gp)
{
    if (!gp->san_fiber)
        gp->san_fiber = __tsan_create_fiber(0);
    return gp->san_fiber;
}

void san_leave(struct g *from, struct g *to)
{
    if (!from->san_fiber)
        from->san_fiber = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(fiber_of(to), 0);
}

static void destroy_ended(struct m *mp)
{
    if (mp->san_fiber)
        __tsan_destroy_fiber(mp->san_fiber);
    mp->san_fiber = NULL;
}

/* A fiber can't destroy itself: its M does, on the next switch to g0 or away from one that ended
 * too. */
void san_end(struct g *from, struct g *to)
{
    destroy_ended(to->m);
    to->m->san_fiber = from->san_fiber;
    from->san_fiber = NULL;
    __tsan_switch_to_fiber(fiber_of(to), 0);
}

void san_arrive(struct g *now)
{
    if (now == &now->m->g0)
        destroy_ended(now->m);
}

void san_stack_new(void *lo, void *hi)
{
    (void)lo;
    (void)hi;
}

#else
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

void san_leave(struct g *from, struct g *to)
{
    __sanitizer_start_switch_fiber(&from->san_fiber, (void *)to->stack_lo,
                                   to->stack_hi - to->stack_lo);
}

void san_end(struct g *from, struct g *to)
{
    (void)from;
    __sanitizer_start_switch_fiber(NULL, (void *)to->stack_lo, to->stack_hi - to->stack_lo);
}

void san_arrive(struct g *now)
{
    __sanitizer_finish_switch_fiber(now->san_fiber, NULL, NULL);
}

void san_stack_new(void *lo, void *hi)
{
    __asan_unpoison_memory_region(lo, (size_t)((char *)hi - (char *)lo));
}

#endif
