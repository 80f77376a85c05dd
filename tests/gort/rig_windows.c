/* SPDX-License-Identifier: Apache-2.0 */
/* rig.c for Windows: the calling thread waits, every M has a thread of its own. */
#include "tests/gort/rig.h"

#include <stdlib.h>

#include "gort/port/windows/m.h"

#define STACK (64 * 1024)

static struct windows_m ms[16];
static _Atomic bool stopping;
static _Atomic(struct g *) graveyard;

bool port_poll(void)
{
    if (atomic_load(&stopping))
        m_stop(port_getm());
    return false;
}

void port_g_dead(struct m *mp, struct g *gp)
{
    (void)mp;
    struct g *top = atomic_load(&graveyard);
    do
        gp->schedlink = top;
    while (!atomic_compare_exchange_weak(&graveyard, &top, gp));
}

struct g *rig_new(void (*fn)(void *), void *arg)
{
    struct g *gp = malloc(sizeof(*gp));
    char *stack = windows_stack_new(STACK);
    g_init(gp, stack, stack + STACK, fn, arg);
    return gp;
}

struct g *rig_go(void (*fn)(void *), void *arg)
{
    struct g *gp = rig_new(fn, arg);
    g_start(gp);
    return gp;
}

struct start {
    void (*fn)(void *);
    void *arg;
    unsigned nprocs;
};

static void first(void *arg)
{
    struct start *s = arg;
    s->fn(s->arg);
    atomic_store(&stopping, true);
    for (unsigned i = 0; i < s->nprocs; i++)
        port_m_wake(&ms[i].m);
}

void rig_run(unsigned nprocs, void (*fn)(void *), void *arg)
{
    struct start s = {fn, arg, nprocs};
    atomic_store(&stopping, false);
    for (unsigned i = 0; i < nprocs; i++) {
        ms[i] = (struct windows_m){.thread = NULL};
        windows_m_init(&ms[i]);
    }
    sched_init(nprocs, &ms[0].m);
    for (unsigned i = 1; i < nprocs; i++)
        m_bind(&ms[i].m, i);
    rig_go(first, &s);
    for (unsigned i = 0; i < nprocs; i++)
        port_m_start(&ms[i].m);
    for (unsigned i = 0; i < nprocs; i++)
        windows_m_join(&ms[i]);
    for (struct g *gp = atomic_exchange(&graveyard, NULL), *next; gp; gp = next) {
        next = gp->schedlink;
        windows_stack_free((void *)gp->stack_lo);
        free(gp);
    }
}
