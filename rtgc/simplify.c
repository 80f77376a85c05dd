/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the code forwards knowing how temps got their values: operands that are copies are replaced
 * by what they copy, instructions on constants are folded, sums go into addresses, branches on
 * comparisons take the comparison.
 *
 * A definition counts as known at a use (1) in the same stretch of blocks, each the only way to the
 * next, while neither it nor its operands were assigned again: by version numbers; or (2) anywhere
 * it dominates, if it and its operands are assigned once in the whole function. */
#include "rtgc/dom.h"
#include "rtgc/fold.h"
#include "rtgc/passes.h"

struct def {
    struct ins ins;
    uint32_t stretch, version_a, version_b;
};

#define EXPRESSIONS 256 /* a power of two; one that is pushed out is computed again */

/* A value that was computed in this stretch: the instruction, and the versions of its temps then.
 */
struct expression {
    struct ins ins;
    uint32_t stretch, version_dst, version_a, version_b;
};

struct simplifier {
    struct func *func;
    struct expression expressions[EXPRESSIONS];
    struct dom dom;
    struct def *local; /* by temp: its last definition in this stretch */
    uint32_t *version; /* by temp: counts assignments met so far */
    struct ins **only; /* by temp: its only assignment, NULL when there are more */
    int32_t *only_block;
    uint32_t *assignments; /* by temp: how many */
    uint32_t stretch;
    int32_t block; /* being walked */
};

static bool once(const struct simplifier *s, struct opnd o)
{
    return o.kind != OPND_TEMP || s->assignments[o.id] == 1;
}

static bool version_is(const struct simplifier *s, struct opnd o, uint32_t v)
{
    return o.kind != OPND_TEMP || s->version[o.id] == v;
}

/* The instruction whose value temp t has here, with operands that are still what they were; NULL:
 * unknown. */
static const struct ins *known(const struct simplifier *s, int32_t t)
{
    const struct def *d = &s->local[t];
    if (d->stretch == s->stretch && version_is(s, d->ins.a, d->version_a) &&
        version_is(s, d->ins.b, d->version_b))
        return &d->ins;
    const struct ins *i = s->only[t];
    if (!i || !once(s, i->a) || !once(s, i->b) || s->only_block[t] == s->block)
        return NULL;
    return dom_over(&s->dom, s->only_block[t], s->block) ? i : NULL;
}

static bool forward(const struct simplifier *s, struct opnd *o)
{
    bool changed = false;
    for (int i = 0; i < 8 && o->kind == OPND_TEMP; i++) {
        const struct ins *d = known(s, o->id);
        if (!d || d->op != OP_MOV || opnd_same(d->a, *o))
            break;
        *o = d->a;
        changed = true;
    }
    return changed;
}

/* The most low bits that t's value can have set; 64 when nothing is known. */
static int width(const struct simplifier *s, struct opnd o)
{
    const struct ins *d = o.kind == OPND_TEMP ? known(s, o.id) : NULL;
    if (!d)
        return 64;
    switch (d->op) {
    case OP_LOAD:
    case OP_ZX:
        return d->bits;
    case OP_SET:
        return 1;
    case OP_AND:
        return d->b.kind == OPND_INT && d->b.val >= 0 ? 64 - __builtin_clzll((uint64_t)d->b.val | 1)
                                                      : 64;
    default:
        return 64;
    }
}

/* x + c1 + c2, and the same for and, or, xor. */
static bool combine(const struct simplifier *s, struct ins *i)
{
    bool associative = i->op == OP_ADD || i->op == OP_AND || i->op == OP_OR || i->op == OP_XOR;
    const struct ins *d = i->a.kind == OPND_TEMP ? known(s, i->a.id) : NULL;
    if (!associative || i->b.kind != OPND_INT || !d || d->op != i->op || d->b.kind != OPND_INT ||
        d->a.kind != OPND_TEMP)
        return false;
    i->b = opnd_int(fold_value(i->op, d->b.val, i->b.val));
    i->a = d->a;
    return true;
}

/* A memory operand takes the sum that is its address. */
static bool address(const struct simplifier *s, struct ins *i)
{
    if (i->op != OP_LOAD && i->op != OP_STORE)
        return false;
    if (i->a.kind == OPND_SLOT || i->a.kind == OPND_SYM) {
        i->a.val += i->disp;
        i->disp = 0;
        return false;
    }
    const struct ins *d = i->a.kind == OPND_TEMP ? known(s, i->a.id) : NULL;
    if (!d || d->op != OP_ADD || d->b.kind != OPND_INT || d->a.kind != OPND_TEMP)
        return false;
    int64_t sum = 0;
    if (__builtin_add_overflow(d->b.val, (int64_t)i->disp, &sum) || sum < -2048 || sum > 2047)
        return false;
    i->disp = (int32_t)sum;
    i->a = d->a;
    return true;
}

/* An extension of what is narrow already, or a store's value that an extension does not change. */
static bool extension(const struct simplifier *s, struct ins *i)
{
    if (i->op == OP_ZX && width(s, i->a) <= i->bits) {
        i->op = OP_MOV;
        i->bits = 0;
        return true;
    }
    const struct ins *d = i->op == OP_STORE && i->b.kind == OPND_TEMP ? known(s, i->b.id) : NULL;
    if (!d || (d->op != OP_ZX && d->op != OP_SX) || d->bits < i->bits || d->a.kind != OPND_TEMP)
        return false;
    i->b = d->a;
    return true;
}

/* A bool tested against 0 is the comparison it came from. */
static bool comparison(const struct simplifier *s, enum cc *cc, struct opnd *a, struct opnd *b)
{
    const struct ins *d = a->kind == OPND_TEMP && opnd_is_int(*b, 0) ? known(s, a->id) : NULL;
    if (!d || d->op != OP_SET || (*cc != CC_NE && *cc != CC_EQ))
        return false;
    *cc = *cc == CC_NE ? d->cc : d->cc ^ 1u;
    *a = d->a;
    *b = d->b;
    return true;
}

static void simplify_ins(struct simplifier *s, struct ins *i)
{
    struct opnd *o;
    for (int k = 0; (o = ins_operand(i, k)); k++)
        forward(s, o);
    for (int round = 0; round < 4; round++) {
        enum cc cc = i->cc;
        bool changed = fold_ins(i) || combine(s, i) || address(s, i) || extension(s, i);
        if (i->op == OP_SET && comparison(s, &cc, &i->a, &i->b)) {
            i->cc = (uint8_t)cc;
            changed = true;
        }
        if (!changed)
            break;
    }
}

static uint32_t operand_hash(struct opnd o)
{
    uint64_t v = (uint64_t)o.val * 31 + (uint64_t)(uint32_t)o.id * 7 + o.kind;
    return (uint32_t)(v ^ v >> 32);
}

static struct expression *expression_place(struct simplifier *s, const struct ins *i)
{
    uint32_t h =
        operand_hash(i->a) * 0x9e3779b1u ^ operand_hash(i->b) * 0x85ebca6bu ^ i->op * 0xc2b2ae35u;
    return &s->expressions[(h ^ h >> 15) & (EXPRESSIONS - 1)];
}

static bool expression_same(const struct simplifier *s, const struct expression *e,
                            const struct ins *i)
{
    return e->stretch == s->stretch && e->ins.op == i->op && e->ins.cc == i->cc &&
           e->ins.bits == i->bits && opnd_same(e->ins.a, i->a) && opnd_same(e->ins.b, i->b) &&
           s->version[e->ins.dst] == e->version_dst && version_is(s, i->a, e->version_a) &&
           version_is(s, i->b, e->version_b);
}

/* A value that is still in a temp is not computed again. */
static void reuse(struct simplifier *s, struct ins *i)
{
    if (!(ir_ops[i->op].flags & OP_IS_P) || i->op == OP_MOV || i->a.kind != OPND_TEMP)
        return;
    const struct expression *e = expression_place(s, i);
    if (!expression_same(s, e, i))
        return;
    i->op = OP_MOV;
    i->bits = i->cc = 0;
    i->a = opnd_temp(e->ins.dst);
    i->b = (struct opnd){0};
}

static void remember(struct simplifier *s, const struct ins *i)
{
    struct expression *e = expression_place(s, i);
    *e = (struct expression){.ins = *i, .stretch = s->stretch, .version_dst = s->version[i->dst]};
    e->version_a = i->a.kind == OPND_TEMP ? s->version[i->a.id] : 0;
    e->version_b = i->b.kind == OPND_TEMP ? s->version[i->b.id] : 0;
}

static void define(struct simplifier *s, const struct ins *i)
{
    if (i->dst < 0)
        return;
    s->version[i->dst]++;
    struct def *d = &s->local[i->dst];
    bool self = (i->a.kind == OPND_TEMP && i->a.id == i->dst) ||
                (i->b.kind == OPND_TEMP && i->b.id == i->dst);
    bool usable = !self && (ir_ops[i->op].flags & OP_IS_P || i->op == OP_LOAD);
    d->stretch = usable ? s->stretch : 0;
    d->ins = *i;
    d->version_a = i->a.kind == OPND_TEMP ? s->version[i->a.id] : 0;
    d->version_b = i->b.kind == OPND_TEMP ? s->version[i->b.id] : 0;
    if (usable && i->op != OP_MOV && i->op != OP_LOAD)
        remember(s, i);
}

static void simplify_term(struct simplifier *s, struct term *t)
{
    forward(s, &t->a);
    forward(s, &t->b);
    if (t->kind != TERM_BR)
        return;
    for (int i = 0; i < 4 && comparison(s, &t->cc, &t->a, &t->b); i++)
        ;
    if (t->a.kind != OPND_TEMP && t->b.kind == OPND_TEMP) {
        struct opnd a = t->a;
        t->a = t->b;
        t->b = a;
        t->cc = cc_swap(t->cc);
    }
    if (t->a.kind == OPND_TEMP && opnd_same(t->a, t->b)) {
        t->a = t->b = opnd_int(0);
    }
}

/* For each temp its only assignment. Parameters have one that is nowhere in the code. */
static void find_only(struct simplifier *s)
{
    struct func *f = s->func;
    for (size_t i = 0; i < f->params.n; i++)
        s->assignments[f->params.at[i]]++;
    for (size_t k = 0; k < f->order.n; k++) {
        struct block *b = f->blocks.at[f->order.at[k]];
        for (size_t i = 0; i < b->ins.n; i++) {
            struct ins *ins = &b->ins.at[i];
            if (ins->dst < 0)
                continue;
            bool usable = ++s->assignments[ins->dst] == 1 && (ir_ops[ins->op].flags & OP_IS_P);
            s->only[ins->dst] = usable ? ins : NULL;
            s->only_block[ins->dst] = f->order.at[k];
        }
    }
}

void pass_simplify(struct unit *u, struct func *f)
{
    struct simplifier *s = arena_alloc(&u->arena, sizeof *s);
    size_t n = f->temps.n + 1;
    s->func = f;
    s->local = arena_alloc(&u->arena, n * sizeof *s->local);
    s->version = arena_alloc(&u->arena, n * sizeof *s->version);
    s->only = arena_alloc(&u->arena, n * sizeof(struct ins *));
    s->only_block = arena_alloc(&u->arena, n * sizeof *s->only_block);
    s->assignments = arena_alloc(&u->arena, n * sizeof *s->assignments);
    dom_fill(u, f, &s->dom);
    find_only(s);
    for (size_t k = 0; k < f->order.n; k++) {
        struct block *b = f->blocks.at[f->order.at[k]];
        bool continues = k && b->preds.n == 1 && b->preds.at[0] == s->block;
        s->stretch += !continues;
        s->block = f->order.at[k];
        for (size_t i = 0; i < b->ins.n; i++) {
            simplify_ins(s, &b->ins.at[i]);
            reuse(s, &b->ins.at[i]);
            define(s, &b->ins.at[i]);
        }
        simplify_term(s, &b->term);
    }
}
