/* SPDX-License-Identifier: Apache-2.0 */
/* Registers. Every temp has exact live ranges, with holes; each register has a bitmap of the points
 * where it is taken. Temps choose in the order of what their staying in memory would cost: a
 * register free over all their ranges, best one that a move or call would like. Who finds none
 * lives in the frame.
 *
 * Points: an instruction has three. At +0 it reads, at +1 it destroys what it clobbers, at +2 it
 * writes. */
#include "rtgc/passes.h"

#include <stdlib.h>
#include <string.h>

#define POINTS 3
#define NREGS  32

struct range {
    int32_t from, to;
    struct range *next;
};

struct hint {
    int32_t reg;   /* or -1 */
    int32_t other; /* temp */
    int32_t weight;
    struct hint *next;
};

struct interval {
    int32_t temp;
    int64_t weight, length;
    struct range *ranges;
    struct hint *hints;
};

struct allocator {
    struct unit *unit;
    struct func *func;
    const struct target *target;
    struct interval *intervals; /* by temp */
    uint64_t *taken[NREGS];
    size_t words;
    bool spilled;
};

static void range_add(struct allocator *a, int32_t t, int32_t from, int32_t to)
{
    struct interval *v = &a->intervals[t];
    if (v->ranges && to + 1 >= v->ranges->from) {
        v->ranges->from = MIN(v->ranges->from, from);
        v->ranges->to = MAX(v->ranges->to, to);
        return;
    }
    struct range *r = arena_alloc(&a->unit->arena, sizeof *r);
    *r = (struct range){.from = from, .to = to, .next = v->ranges};
    v->ranges = r;
}

static void hint_add(struct allocator *a, int32_t t, int32_t reg, int32_t other, int32_t weight)
{
    struct hint *h = arena_alloc(&a->unit->arena, sizeof *h);
    *h = (struct hint){.reg = reg, .other = other, .weight = weight, .next = a->intervals[t].hints};
    a->intervals[t].hints = h;
}

static void hint_pair(struct allocator *a, struct opnd x, int32_t y, int32_t weight)
{
    if (x.kind != OPND_TEMP || y < 0)
        return;
    hint_add(a, x.id, -1, y, weight);
    hint_add(a, y, -1, x.id, weight);
}

static void hint_args(struct allocator *a, const struct ins *i, const uint8_t *regs, int32_t weight)
{
    for (int k = 0; k < i->nargs; k++)
        if (i->args[k].kind == OPND_TEMP)
            hint_add(a, i->args[k].id, regs[k], -1, weight);
    if (i->dst >= 0)
        hint_add(a, i->dst, a->target->result, -1, weight);
}

static void ins_hints(struct allocator *a, const struct ins *i, int32_t weight)
{
    if (i->op == OP_MOV) {
        hint_pair(a, i->a, i->dst, 2 * weight);
    } else if (i->op == OP_SYSCALL) {
        hint_args(a, i, a->target->syscall_args, 2 * weight);
    } else if (i->op == OP_CALL || i->op == OP_CALLI) {
        hint_args(a, i, a->target->args, 2 * weight);
    } else if (a->target->two_address && i->dst >= 0) {
        hint_pair(a, i->a, i->dst, weight);
        if (ir_ops[i->op].flags & OP_IS_C)
            hint_pair(a, i->b, i->dst, weight);
    }
}

static void take(struct allocator *a, uint32_t regs, int32_t point)
{
    for (int r = 0; r < NREGS; r++)
        if (regs >> r & 1)
            a->taken[r][point / 64] |= (uint64_t)1 << (point % 64);
}

static void use_operand(struct allocator *a, struct opnd o, int32_t block_start, int32_t to,
                        int32_t weight)
{
    if (o.kind != OPND_TEMP)
        return;
    range_add(a, o.id, block_start, to);
    a->intervals[o.id].weight += weight;
}

static void define(struct allocator *a, int32_t t, int32_t point, int32_t weight)
{
    struct interval *v = &a->intervals[t];
    if (v->ranges && v->ranges->from <= point)
        v->ranges->from = point;
    else
        range_add(a, t, point, point);
    v->weight += weight;
}

static void ins_ranges(struct allocator *a, struct ins *i, int32_t block_start, int32_t point,
                       int32_t weight)
{
    const struct target *t = a->target;
    ins_hints(a, i, weight);
    take(a, t->clobbers(i), point + 1);
    if (i->dst >= 0) {
        take(a, t->avoid_result(i), point + 2);
        define(a, i->dst, point + 2, weight);
    }
    struct opnd *o;
    for (int k = 0; (o = ins_operand(i, k)); k++)
        use_operand(a, *o, block_start, point + t->late(i, k), weight);
}

static int32_t block_weight(const struct block *b)
{
    int32_t w = 1;
    for (int i = 0; i < MIN(b->loop_depth, 4); i++)
        w *= 10;
    return w;
}

static void block_ranges(struct allocator *a, struct block *b, int32_t start, int32_t end)
{
    int32_t w = block_weight(b), point = end - POINTS + 1;
    for (size_t t = 0; t < a->func->temps.n; t++) {
        if (!b->live_out[t / 64]) {
            t |= 63;
            continue;
        }
        if (live_has(b->live_out, (int32_t)t))
            range_add(a, (int32_t)t, start, end);
    }
    use_operand(a, b->term.a, start, point, w);
    use_operand(a, b->term.b, start, point, w);
    if (b->term.kind == TERM_RET && b->term.a.kind == OPND_TEMP)
        hint_add(a, b->term.a.id, a->target->result, -1, 2 * w);
    for (size_t i = b->ins.n; i-- > 0;) {
        point -= POINTS;
        ins_ranges(a, &b->ins.at[i], start, point, w);
    }
}

/* The first point after the entry's parameters; every block ends with the points of its branch. */
static int32_t count_points(const struct func *f)
{
    int32_t n = POINTS;
    for (size_t k = 0; k < f->order.n; k++)
        n += POINTS * ((int32_t)f->blocks.at[f->order.at[k]]->ins.n + 1);
    return n;
}

static void build(struct allocator *a)
{
    struct func *f = a->func;
    int32_t end = count_points(f) - 1;
    a->words = (size_t)end / 64 + 2;
    for (int r = 0; r < NREGS; r++)
        a->taken[r] = arena_alloc(&a->unit->arena, a->words * 8);
    a->intervals = arena_alloc(&a->unit->arena, (f->temps.n + 1) * sizeof *a->intervals);
    for (size_t t = 0; t < f->temps.n; t++)
        a->intervals[t].temp = (int32_t)t;
    for (size_t k = f->order.n; k-- > 0;) {
        struct block *b = f->blocks.at[f->order.at[k]];
        int32_t start = end - POINTS * ((int32_t)b->ins.n + 1) + 1;
        block_ranges(a, b, k ? start : 0, end);
        end = start - 1;
    }
    for (size_t i = 0; i < f->params.n; i++) {
        int32_t t = f->params.at[i];
        if (a->intervals[t].ranges)
            range_add(a, t, 0, 0);
        hint_add(a, t, a->target->args[i], -1, 2);
    }
    for (size_t t = 0; t < f->temps.n; t++)
        for (struct range *r = a->intervals[t].ranges; r; r = r->next)
            a->intervals[t].length += r->to - r->from + 1;
}

static uint64_t word_mask(int32_t from, int32_t to, size_t word)
{
    uint64_t m = ~(uint64_t)0;
    if ((size_t)from / 64 == word)
        m &= ~(uint64_t)0 << (from % 64);
    if ((size_t)to / 64 == word)
        m &= ~(uint64_t)0 >> (63 - to % 64);
    return m;
}

static bool is_free(const struct allocator *a, int reg, const struct interval *v)
{
    for (const struct range *r = v->ranges; r; r = r->next)
        for (size_t w = (size_t)r->from / 64; w <= (size_t)r->to / 64; w++)
            if (a->taken[reg][w] & word_mask(r->from, r->to, w))
                return false;
    return true;
}

static void occupy(struct allocator *a, int reg, const struct interval *v)
{
    for (const struct range *r = v->ranges; r; r = r->next)
        for (size_t w = (size_t)r->from / 64; w <= (size_t)r->to / 64; w++)
            a->taken[reg][w] |= word_mask(r->from, r->to, w);
    a->func->used_regs |= (uint32_t)1 << reg;
}

static int64_t liking(const struct allocator *a, int reg, const struct interval *v)
{
    int64_t score = 0;
    for (const struct hint *h = v->hints; h; h = h->next)
        if (h->reg == reg || (h->other >= 0 && a->func->reg[h->other] == reg))
            score += h->weight;
    bool new_save = (a->target->callee_saved & ~a->func->used_regs) >> reg & 1;
    return 4 * score - (new_save && !a->func->no_return ? 6 : 0);
}

static int choose(const struct allocator *a, const struct interval *v, uint32_t allowed)
{
    int best = -1;
    int64_t best_score = 0;
    for (const uint8_t *r = a->target->order; *r != 0xff; r++) {
        if (!(allowed >> *r & 1) || !is_free(a, *r, v))
            continue;
        int64_t score = liking(a, *r, v);
        if (best < 0 || score > best_score) {
            best = *r;
            best_score = score;
        }
    }
    return best;
}

static int by_weight(const void *x, const void *y)
{
    const struct interval *a = *(struct interval *const *)x, *b = *(struct interval *const *)y;
    __int128 wa = (__int128)a->weight * b->length, wb = (__int128)b->weight * a->length;
    if (wa != wb)
        return wa > wb ? -1 : 1;
    return a->temp < b->temp ? -1 : 1;
}

static void assign(struct allocator *a, struct interval *v, uint32_t allowed)
{
    int reg = choose(a, v, allowed);
    a->func->reg[v->temp] = (int8_t)reg;
    if (reg >= 0) {
        occupy(a, reg, v);
        return;
    }
    a->spilled = true;
    if (a->func->spill[v->temp] < 0)
        a->func->spill[v->temp] = func_slot(a->unit, a->func, 8, 8);
}

static void try_alloc(struct allocator *a, uint32_t allowed)
{
    struct func *f = a->func;
    struct interval **sorted = arena_alloc(&a->unit->arena, (f->temps.n + 1) * sizeof *sorted);
    size_t n = 0;
    build(a);
    memset(f->reg, -2, f->temps.n);
    f->used_regs = 0;
    a->spilled = false;
    for (size_t t = 0; t < f->temps.n; t++)
        if (a->intervals[t].ranges)
            sorted[n++] = &a->intervals[t];
    qsort(sorted, n, sizeof *sorted, by_weight);
    for (size_t i = 0; i < n; i++)
        assign(a, sorted[i], allowed);
}

void pass_alloc(struct unit *u, struct func *f)
{
    const struct target *t = u->target;
    struct allocator a = {.unit = u, .func = f, .target = t};
    f->reg = arena_alloc(&u->arena, f->temps.n + 1);
    f->spill = arena_alloc(&u->arena, (f->temps.n + 1) * sizeof *f->spill);
    memset(f->spill, 0xff, f->temps.n * sizeof *f->spill);
    try_alloc(&a, t->allocatable);
    if (a.spilled && (t->spill_reserved & t->allocatable)) {
        memset(f->spill, 0xff, f->temps.n * sizeof *f->spill);
        try_alloc(&a, t->allocatable & ~t->spill_reserved);
    }
}
