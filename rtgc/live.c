/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/passes.h"

#include <string.h>

static void set(uint64_t *s, int32_t t)
{
    s[t / 64] |= (uint64_t)1 << (t % 64);
}

static void clear(uint64_t *s, int32_t t)
{
    s[t / 64] &= ~((uint64_t)1 << (t % 64));
}

static void use(uint64_t *live, struct opnd o)
{
    if (o.kind == OPND_TEMP)
        set(live, o.id);
}

/* live at the end of b becomes live at its start. */
static void backwards(struct block *b, uint64_t *live)
{
    use(live, b->term.a);
    use(live, b->term.b);
    for (size_t i = b->ins.n; i-- > 0;) {
        struct ins *ins = &b->ins.at[i];
        if (ins->dst >= 0)
            clear(live, ins->dst);
        struct opnd *o;
        for (int k = 0; (o = ins_operand(ins, k)); k++)
            use(live, *o);
    }
}

static bool flow(struct func *f, struct block *b, uint64_t *work, size_t words)
{
    memset(b->live_out, 0, words * 8);
    int n = b->term.kind == TERM_BR ? 2 : b->term.kind == TERM_JMP ? 1 : 0;
    for (int k = 0; k < n; k++)
        for (size_t w = 0; w < words; w++)
            b->live_out[w] |= f->blocks.at[b->term.to[k]]->live_in[w];
    memcpy(work, b->live_out, words * 8);
    backwards(b, work);
    if (memcmp(work, b->live_in, words * 8) == 0)
        return false;
    memcpy(b->live_in, work, words * 8);
    return true;
}

void pass_live(struct unit *u, struct func *f)
{
    size_t words = f->temps.n / 64 + 1;
    uint64_t *all = arena_alloc(&u->arena, (f->order.n * 2 + 1) * words * 8), *work = all;
    for (size_t i = 0; i < f->order.n; i++) {
        f->blocks.at[f->order.at[i]]->live_in = all += words;
        f->blocks.at[f->order.at[i]]->live_out = all += words;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = f->order.n; i-- > 0;)
            changed |= flow(f, f->blocks.at[f->order.at[i]], work, words);
    }
}
