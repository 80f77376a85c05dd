/* SPDX-License-Identifier: Apache-2.0 */
/* The posix port's part of a switch, for gort/port.h. */
#ifndef GORT_PORT_POSIX_INLINE_H
#define GORT_PORT_POSIX_INLINE_H

#include "gort/asm/tls.h"
#include "gort/g.h"

static inline struct g *port_getg(void)
{
    return tls_getg();
}

static inline void port_setg(struct g *gp)
{
    tls_setg(gp);
}

static inline struct m *port_getm(void)
{
    struct g *gp = tls_getg();
    return gp ? gp->m : NULL;
}

#define PORT_COARSE_CLOCK 0
static inline int64_t port_coarse_ns(void)
{
    return 0;
}

static inline void port_execute(struct g *gp)
{
    (void)gp;
}

#endif
