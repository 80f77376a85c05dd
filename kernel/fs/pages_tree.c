/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes hold children or, at the lowest level, physical addresses of pages; empty nodes are freed
 * on removal. */
#include "kernel/fs/pages_tree.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"

#define BITS  6
#define SLOTS (1u << BITS)

struct node {
    void *slot[SLOTS];
};

static void *from_page(paddr_t pa)
{
    return (void *)(uintptr_t)pa;
}

static paddr_t to_page(void *slot)
{
    return (paddr_t)(uintptr_t)slot;
}

/* Does a tree of this height reach the index? */
static bool covers(uint32_t height, uint64_t index)
{
    return height * BITS >= 64 || !(index >> (height * BITS));
}

static void **slot_of(struct node *n, uint64_t index, uint32_t level)
{
    return &n->slot[index >> (level * BITS) & (SLOTS - 1)];
}

paddr_t pages_tree_find(const struct pages *p, uint64_t index)
{
    void *at = p->root;
    if (!covers(p->height, index))
        return PAGE_NONE;
    for (uint32_t level = p->height; at && level--;)
        at = *slot_of(at, index, level);
    return to_page(at);
}

static int grow(struct pages *p, uint64_t index)
{
    while (!covers(p->height, index)) {
        if (p->root) {
            struct node *n = kzalloc(sizeof(*n));
            if (!n)
                return -ENOMEM;
            n->slot[0] = p->root;
            p->root = n;
        }
        p->height++;
    }
    return 0;
}

int pages_tree_insert(struct pages *p, uint64_t index, paddr_t page)
{
    if (grow(p, index))
        return -ENOMEM;
    void **at = &p->root;
    for (uint32_t level = p->height; level--;) {
        if (!*at)
            *at = kzalloc(sizeof(struct node));
        if (!*at)
            return -ENOMEM;
        at = slot_of(*at, index, level);
    }
    *at = from_page(page);
    p->count++;
    return 0;
}

/* Remove [first, end) below *at, which covers 2^(level * BITS) indices from `base` on. Recurses at
 * most 11 deep. */
static void remove_below(struct pages *p, void **at, uint32_t level, uint64_t base, uint64_t first,
                         uint64_t end)
{
    if (!*at)
        return;
    if (!level) {
        page_put(to_page(*at));
        p->count--;
        *at = NULL;
        return;
    }
    struct node *n = *at;
    uint32_t shift = (level - 1) * BITS;
    bool empty = true;
    for (unsigned i = 0; i < SLOTS; i++) {
        uint64_t from = base + ((uint64_t)i << shift);
        uint64_t last = from + ((UINT64_C(1) << shift) - 1);
        if (last >= first && from < end)
            remove_below(p, &n->slot[i], level - 1, from, first, end);
        empty = empty && !n->slot[i];
    }
    if (empty) {
        kfree(n);
        *at = NULL;
    }
}

void pages_tree_remove(struct pages *p, uint64_t first, uint64_t end)
{
    if (p->height || !first)
        remove_below(p, &p->root, p->height, 0, first, end);
    if (!p->root)
        p->height = 0;
}

static bool drop_idle_below(struct pages *p, void **at, uint32_t level)
{
    bool any = false;
    if (!*at)
        return false;
    if (!level) {
        if (page_refs(to_page(*at)) > 1)
            return false;
        page_put(to_page(*at));
        p->count--;
        *at = NULL;
        return true;
    }
    struct node *n = *at;
    for (unsigned i = 0; i < SLOTS; i++)
        any |= drop_idle_below(p, &n->slot[i], level - 1);
    return any;
}

bool pages_tree_drop_idle(struct pages *p)
{
    return drop_idle_below(p, &p->root, p->height);
}

static uint64_t next_below(void *at, uint32_t level, uint64_t base, uint64_t from)
{
    if (!at)
        return UINT64_MAX;
    if (!level)
        return base;
    struct node *n = at;
    uint32_t shift = (level - 1) * BITS;
    for (unsigned i = 0; i < SLOTS; i++) {
        uint64_t start = base + ((uint64_t)i << shift);
        if (start + ((UINT64_C(1) << shift) - 1) < from)
            continue;
        uint64_t found = next_below(n->slot[i], level - 1, start, from);
        if (found != UINT64_MAX)
            return found;
    }
    return UINT64_MAX;
}

uint64_t pages_tree_next(const struct pages *p, uint64_t from)
{
    if (!covers(p->height, from))
        return UINT64_MAX;
    return next_below(p->root, p->height, 0, from);
}
