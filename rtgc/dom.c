/* SPDX-License-Identifier: Apache-2.0 */
/* Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm". */
#include "rtgc/dom.h"

#include <string.h>

/* Blocks in postorder, by a stack of (block, next successor). */
static int32_t *postorder(struct unit *u, const struct func *f, struct dom *d, int32_t *count)
{
    size_t n = f->blocks.n;
    int32_t *out = arena_alloc(&u->arena, (n + 1) * 4),
            *stack = arena_alloc(&u->arena, (n + 1) * 4);
    uint8_t *next = arena_alloc(&u->arena, n + 1);
    int32_t top = 0, done = 0;
    stack[top++] = f->order.at[0];
    d->number[f->order.at[0]] = 0;
    while (top) {
        const struct term *t = &f->blocks.at[stack[top - 1]]->term;
        int succs = t->kind == TERM_BR ? 2 : t->kind == TERM_JMP ? 1 : 0;
        uint8_t *k = &next[stack[top - 1]];
        if (*k == succs) {
            out[done++] = stack[--top];
            continue;
        }
        int32_t to = t->to[(*k)++];
        if (d->number[to] >= 0)
            continue;
        d->number[to] = 0;
        stack[top++] = to;
    }
    for (int32_t i = 0; i < done; i++)
        d->number[out[i]] = done - 1 - i;
    *count = done;
    return out;
}

static int32_t intersect(const struct dom *d, int32_t a, int32_t b)
{
    while (a != b) {
        if (d->number[a] > d->number[b])
            a = d->parent[a];
        else
            b = d->parent[b];
    }
    return a;
}

static bool update(struct dom *d, int32_t b)
{
    const struct block *block = d->func->blocks.at[b];
    int32_t best = -1;
    for (size_t k = 0; k < block->preds.n; k++) {
        int32_t p = block->preds.at[k];
        if (d->parent[p] >= 0)
            best = best < 0 ? p : intersect(d, best, p);
    }
    bool changed = best != d->parent[b];
    d->parent[b] = best;
    return changed;
}

void dom_fill(struct unit *u, const struct func *f, struct dom *d)
{
    int32_t count;
    d->func = f;
    d->parent = arena_alloc(&u->arena, (f->blocks.n + 1) * 4);
    d->number = arena_alloc(&u->arena, (f->blocks.n + 1) * 4);
    memset(d->parent, 0xff, f->blocks.n * 4);
    memset(d->number, 0xff, f->blocks.n * 4);
    int32_t *order = postorder(u, f, d, &count);
    d->parent[f->order.at[0]] = f->order.at[0];
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t i = count - 1; i-- > 0;)
            changed |= update(d, order[i]);
    }
}

bool dom_over(const struct dom *d, int32_t a, int32_t b)
{
    while (d->number[b] > d->number[a])
        b = d->parent[b];
    return a == b;
}
