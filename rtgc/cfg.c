/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/passes.h"

#define MAX_THREAD \
    64 /* jumps to jumps that are followed: a cycle of empty blocks is a loop of the program */

static void decide(struct term *t)
{
    if (t->kind != TERM_BR)
        return;
    bool known = t->a.kind == OPND_INT && t->b.kind == OPND_INT;
    if (!known && t->to[0] != t->to[1])
        return;
    if (known && !cc_holds(t->cc, t->a.val, t->b.val))
        t->to[0] = t->to[1];
    t->kind = TERM_JMP;
    t->to[1] = t->to[0];
}

static int32_t thread(const struct func *f, int32_t to)
{
    for (int i = 0; i < MAX_THREAD; i++) {
        const struct block *b = f->blocks.at[to];
        if (b->ins.n || b->term.kind != TERM_JMP || b->term.to[0] == to)
            break;
        to = b->term.to[0];
    }
    return to;
}

static int successors(const struct term *t)
{
    return t->kind == TERM_BR ? 2 : t->kind == TERM_JMP ? 1 : 0;
}

/* Marks what the entry reaches (order >= 0) with a stack of its own: hostile functions have deep
 * graphs. */
static void mark_reachable(struct unit *u, struct func *f)
{
    int32_t *stack = arena_alloc(&u->arena, (f->blocks.n + 1) * sizeof *stack);
    size_t n = 0;
    for (size_t i = 0; i < f->blocks.n; i++) {
        f->blocks.at[i]->order = -1;
        f->blocks.at[i]->preds.n = 0;
    }
    stack[n++] = f->order.at[0];
    f->blocks.at[f->order.at[0]]->order = 0;
    while (n) {
        struct block *b = f->blocks.at[stack[--n]];
        decide(&b->term);
        for (int k = 0; k < successors(&b->term); k++) {
            b->term.to[k] = thread(f, b->term.to[k]);
            struct block *to = f->blocks.at[b->term.to[k]];
            if (to->order >= 0)
                continue;
            to->order = 0;
            stack[n++] = b->term.to[k];
        }
        decide(&b->term);
    }
}

static void fill_preds(struct unit *u, struct func *f)
{
    for (size_t i = 0; i < f->order.n; i++)
        f->blocks.at[f->order.at[i]]->preds.n = 0;
    for (size_t i = 0; i < f->order.n; i++) {
        struct block *b = f->blocks.at[f->order.at[i]];
        for (int k = 0; k < successors(&b->term); k++)
            vec_push(&u->arena, &f->blocks.at[b->term.to[k]]->preds, f->order.at[i]);
    }
}

static void drop_unreachable(struct func *f)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->order.n; i++)
        if (f->blocks.at[f->order.at[i]]->order >= 0)
            f->order.at[kept++] = f->order.at[i];
    f->order.n = kept;
}

/* Appends to b the block that it alone jumps to, as long as there is one. */
static void join(struct unit *u, struct func *f, int32_t id)
{
    struct block *b = f->blocks.at[id];
    while (b->term.kind == TERM_JMP) {
        struct block *next = f->blocks.at[b->term.to[0]];
        if (next == b || next->preds.n != 1 || b->term.to[0] == f->order.at[0])
            return;
        for (size_t i = 0; i < next->ins.n; i++)
            vec_push(&u->arena, &b->ins, next->ins.at[i]);
        b->term = next->term;
        next->order = -1;
        next->ins.n = 0;
        next->term = (struct term){.kind = TERM_STOP};
    }
}

/* A loop is what lies between a block and the later one that jumps back to it. */
static void fill_loops(struct func *f)
{
    for (size_t i = 0; i < f->order.n; i++) {
        f->blocks.at[f->order.at[i]]->order = (int)i;
        f->blocks.at[f->order.at[i]]->loop_depth = 0;
    }
    for (size_t i = 0; i < f->order.n; i++) {
        const struct block *b = f->blocks.at[f->order.at[i]];
        int first = (int)i + 1;
        for (int k = 0; k < successors(&b->term); k++)
            first = MIN(first, f->blocks.at[b->term.to[k]]->order);
        for (int k = first; k <= (int)i; k++)
            f->blocks.at[f->order.at[k]]->loop_depth++;
    }
}

void pass_cfg(struct unit *u, struct func *f)
{
    mark_reachable(u, f);
    drop_unreachable(f);
    fill_preds(u, f);
    for (size_t i = 0; i < f->order.n; i++)
        if (f->blocks.at[f->order.at[i]]->order >= 0)
            join(u, f, f->order.at[i]);
    drop_unreachable(f);
    fill_preds(u, f);
    fill_loops(f);
}
