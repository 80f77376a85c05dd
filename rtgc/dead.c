/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/passes.h"

#include <string.h>

static bool removable(const struct ins *i)
{
    return ir_ops[i->op].flags & OP_IS_P;
}

/* Whether nothing changes when i runs or not: `x = x`. */
static bool no_op(const struct ins *i)
{
    return i->op == OP_MOV && i->a.kind == OPND_TEMP && i->a.id == i->dst;
}

/* Whether the machine reads one of i's operands, the temp t, after it began to write the result. */
static bool reads_late(const struct unit *u, const struct ins *i, int32_t t)
{
    for (int n = 0; n < 2; n++) {
        struct opnd o = n ? i->b : i->a;
        if (o.kind == OPND_TEMP && o.id == t && u->target->late(i, n) == 2)
            return true;
    }
    return false;
}

/* `t = op ...` and then `v = t`, t's only use: op can give v itself. */
static bool absorbs(const struct unit *u, const struct block *b, size_t n, const uint64_t *live)
{
    const struct ins *i = &b->ins.at[n];
    if (i->op != OP_MOV || i->a.kind != OPND_TEMP || n == 0 || live_has(live, i->a.id))
        return false;
    return b->ins.at[n - 1].dst == i->a.id && !reads_late(u, &b->ins.at[n - 1], i->dst);
}

static void sweep(const struct unit *u, struct block *b, uint64_t *live)
{
    size_t kept = b->ins.n;
    for (int k = 0; k < 2; k++) {
        struct opnd o = k ? b->term.b : b->term.a;
        if (o.kind == OPND_TEMP)
            live[o.id / 64] |= (uint64_t)1 << (o.id % 64);
    }
    for (size_t n = b->ins.n; n-- > 0;) {
        struct ins *i = &b->ins.at[n];
        bool unused = i->dst >= 0 && !live_has(live, i->dst);
        if (no_op(i) || (unused && removable(i)))
            continue;
        if (absorbs(u, b, n, live)) {
            b->ins.at[n - 1].dst = i->dst;
            continue;
        }
        if (unused && (i->op == OP_CALL || i->op == OP_CALLI || i->op == OP_SYSCALL))
            i->dst = -1;
        if (i->dst >= 0)
            live[i->dst / 64] &= ~((uint64_t)1 << (i->dst % 64));
        struct opnd *o;
        for (int k = 0; (o = ins_operand(i, k)); k++)
            if (o->kind == OPND_TEMP)
                live[o->id / 64] |= (uint64_t)1 << (o->id % 64);
        b->ins.at[--kept] = *i;
    }
    b->ins.n -= kept;
    memmove(b->ins.at, b->ins.at + kept, b->ins.n * sizeof *b->ins.at);
}

void pass_dead(struct unit *u, struct func *f)
{
    size_t words = f->temps.n / 64 + 1;
    uint64_t *live = arena_alloc(&u->arena, words * 8);
    for (size_t i = 0; i < f->order.n; i++) {
        struct block *b = f->blocks.at[f->order.at[i]];
        memcpy(live, b->live_out, words * 8);
        if (b->ins.n)
            sweep(u, b, live);
    }
}
