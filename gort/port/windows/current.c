/* SPDX-License-Identifier: Apache-2.0 */
/* Which G runs on this thread. */
#include <windows.h>

#include "gort/port/os.h"

static DWORD current = TLS_OUT_OF_INDEXES;

void os_current_init(void)
{
    if (current == TLS_OUT_OF_INDEXES)
        current = TlsAlloc();
    if (current == TLS_OUT_OF_INDEXES)
        port_fatal("gort: no thread-local slot is free");
}

struct g *port_getg(void)
{
    return TlsGetValue(current);
}

void port_setg(struct g *gp)
{
    TlsSetValue(current, gp);
}

struct m *port_getm(void)
{
    struct g *gp = port_getg();
    return gp ? gp->m : NULL;
}

int64_t port_coarse_ns(void)
{
    return 0;
}

void port_execute(struct g *gp)
{
    (void)gp;
}
