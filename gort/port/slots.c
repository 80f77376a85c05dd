/* SPDX-License-Identifier: Apache-2.0 */
/* The slots that no P keeps, of all ports: free ones in a list, then fresh ones. */
#include "gort/port/os.h"

static struct {
    struct spin lock;
    struct g *free; /* by schedlink */
} slots;

void slots_forget(void)
{
    slots.free = NULL;
}

static struct hg *take_locked(void)
{
    struct g *gp = slots.free;
    if (!gp)
        return arena_fresh_locked();
    slots.free = gp->schedlink;
    gp->schedlink = NULL;
    return hg_of(gp);
}

struct hg *arena_get_slow(struct p *pp)
{
    gspin_lock(&slots.lock);
    struct hg *hg = take_locked();
    while (pp && pp->ngfree < GFREE_MAX / 2 && slots.free)
        gfree_put(pp, &take_locked()->g);
    gspin_unlock(&slots.lock);
    return hg;
}

static void give_locked(struct g *gp)
{
    gp->schedlink = slots.free;
    slots.free = gp;
}

void arena_put_slow(struct p *pp, struct hg *hg)
{
    gspin_lock(&slots.lock);
    give_locked(&hg->g);
    while (pp && pp->ngfree > GFREE_MAX / 2)
        give_locked(gfree_get(pp));
    gspin_unlock(&slots.lock);
}
