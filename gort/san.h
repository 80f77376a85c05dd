/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling AddressSanitizer and ThreadSanitizer about stack switches. Empty unless built with one of
 * them, which defines GORT_SAN (mod.mk does). san_leave(from, to_lo, to_size) comes right before a
 * switch, san_arrive right after it.
 */
#ifndef GORT_SAN_H
#define GORT_SAN_H

#include "gort/sched.h"

#ifdef GORT_SAN
void san_leave(struct g *from, struct g *to);
void san_arrive(struct g *now);
void san_end(struct g *gone, struct g *to);
#else
static inline void san_leave(struct g *from, struct g *to)
{
    (void)from;
    (void)to;
}
static inline void san_arrive(struct g *now)
{
    (void)now;
}
static inline void san_end(struct g *gone, struct g *to)
{
    (void)gone;
    (void)to;
}
#endif

#endif
