/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling AddressSanitizer and ThreadSanitizer about stack switches. Empty unless built with GORT_SAN defined, which the sanitized
 * builds do. san_leave (or san_end, when `from` never comes back) comes right before a switch, san_arrive right after it.
 */
#ifndef GORT_SAN_H
#define GORT_SAN_H

#include "gort/sched.h"

#ifdef GORT_SAN
void san_leave(struct g *from, struct g *to);
void san_end(struct g *from, struct g *to);
void san_arrive(struct g *now);
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
#endif

#endif
