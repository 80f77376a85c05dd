/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling AddressSanitizer and ThreadSanitizer about stack switches. Empty unless built with
 * GORT_SAN defined, which the sanitized builds do. san_leave (or san_end, when `from` never comes
 * back) comes right before a switch, san_arrive right after it. san_stack_new: this memory becomes
 * a new stack; what the sanitizer remembers of it is void.
 */
#ifndef GORT_SAN_H
#define GORT_SAN_H

#include "gort/sched.h"

#ifdef GORT_SAN
void san_leave(struct g *from, struct g *to);
void san_end(struct g *from, struct g *to);
void san_arrive(struct g *now);
void san_stack_new(void *lo, void *hi);
static inline void san_new(struct g *gp)
{
    gp->san_fiber = NULL;
}
#else
static inline void san_leave(struct g *from, struct g *to)
{
    (void)from;
    (void)to;
}
static inline void san_end(struct g *from, struct g *to)
{
    (void)from;
    (void)to;
}
static inline void san_arrive(struct g *now)
{
    (void)now;
}
static inline void san_new(struct g *gp)
{
    (void)gp;
}
static inline void san_stack_new(void *lo, void *hi)
{
    (void)lo;
    (void)hi;
}
#endif

#endif
