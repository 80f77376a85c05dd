/* SPDX-License-Identifier: Apache-2.0 */
/* Functions to machine code, the part that is the same on all machines: frames, operands in memory,
 * parallel moves, the order of blocks and the reach of branches. Bodies of blocks do not depend on
 * where they are, so they are emitted first; then the branches between them grow until all reach;
 * then everything is put together. */
#include "rtgc/code.h"

#include <string.h>

#define MAX_MOVES 8

struct move {
    int dst;
    struct opnd src;
};

/* One end of a block: a branch, placed behind the body. */
struct tail {
    struct branch branch;
    int32_t to;
    int reach; /* see target.h */
};

struct body {
    size_t start, end; /* in the bodies' code */
    size_t first_line, end_line, first_reloc, end_reloc;
    struct tail tails[2];
    int ntails;
    size_t at; /* in the finished function */
};

static bool in_memory(const struct emit *e, struct opnd o)
{
    return o.kind == OPND_TEMP && e->func->reg[o.id] < 0;
}

static int64_t spill_at(const struct emit *e, int32_t temp)
{
    int32_t slot = e->func->spill[temp];
    return slot >= 0 ? e->slot_at[slot] : 0;
}

int emit_operand(struct emit *e, struct opnd o, int n)
{
    if (o.kind != OPND_TEMP)
        return e->target->zero;
    if (!in_memory(e, o))
        return e->func->reg[o.id];
    e->target->slot_load(e->code, e->target->scratch[n], spill_at(e, o.id));
    return e->target->scratch[n];
}

int emit_result(struct emit *e, int32_t temp, int n)
{
    return temp >= 0 && e->func->reg[temp] >= 0 ? e->func->reg[temp] : e->target->scratch[n];
}

void emit_result_done(struct emit *e, int32_t temp, int reg)
{
    if (temp >= 0 && e->func->reg[temp] == -1)
        e->target->slot_store(e->code, reg, spill_at(e, temp));
}

int emit_base(struct emit *e, const struct ins *i, int64_t *disp)
{
    *disp = i->disp;
    if (i->a.kind == OPND_SLOT) {
        *disp += e->slot_at[i->a.id] + i->a.val;
        return e->target->stack;
    }
    return emit_operand(e, i->a, 0);
}

void emit_into(struct emit *e, int reg, struct opnd o)
{
    const struct target *t = e->target;
    switch (o.kind) {
    case OPND_TEMP:
        if (in_memory(e, o))
            t->slot_load(e->code, reg, spill_at(e, o.id));
        else if (e->func->reg[o.id] != reg)
            t->move(e->code, reg, e->func->reg[o.id]);
        break;
    case OPND_SYM:
        t->address(e->code, reg, o.id, o.val);
        break;
    case OPND_SLOT:
        t->slot_address(e->code, reg, e->slot_at[o.id] + o.val);
        break;
    default:
        t->constant(e->code, reg, o.val);
    }
}

/* Whether some other pending move still reads register r. */
static bool is_source(const struct emit *e, const struct move *m, int n, int r, int except)
{
    for (int i = 0; i < n; i++)
        if (i != except && m[i].src.kind == OPND_TEMP && e->func->reg[m[i].src.id] == r)
            return true;
    return false;
}

static void drop_move(struct move *m, int *n, int i)
{
    m[i] = m[--*n];
}

/* Register to register moves as if all at once; what is left in m afterwards reads no register. */
static void register_moves(struct emit *e, struct move *m, int *n)
{
    int8_t *reg = e->func->reg;
    for (;;) {
        int any = -1, free = -1;
        for (int i = 0; i < *n && free < 0; i++) {
            if (m[i].src.kind != OPND_TEMP || reg[m[i].src.id] < 0)
                continue;
            any = i;
            if (reg[m[i].src.id] == m[i].dst || !is_source(e, m, *n, m[i].dst, i))
                free = i;
        }
        if (any < 0)
            return;
        if (free < 0)
            break;
        if (reg[m[free].src.id] != m[free].dst)
            e->target->move(e->code, m[free].dst, reg[m[free].src.id]);
        drop_move(m, n, free);
    }
    /* Only cycles are left: registers in a ring, each read once. */
    int src[MAX_MOVES], dst[MAX_MOVES], count = 0;
    for (int i = *n; i-- > 0;) {
        if (m[i].src.kind != OPND_TEMP || reg[m[i].src.id] < 0)
            continue;
        src[count] = reg[m[i].src.id];
        dst[count++] = m[i].dst;
        drop_move(m, n, i);
    }
    for (int i = 0; i < count; i++) {
        if (src[i] == dst[i])
            continue;
        e->target->swap(e->code, dst[i], src[i]);
        for (int k = i + 1; k < count; k++) /* what was in dst[i] is in src[i] now */
            src[k] = src[k] == dst[i] ? src[i] : src[k];
    }
}

static void parallel_moves(struct emit *e, struct move *m, int n)
{
    register_moves(e, m, &n);
    for (int i = 0; i < n; i++)
        emit_into(e, m[i].dst, m[i].src);
}

/* Arguments into their registers, the call, the result to where it belongs. */
static void emit_call(struct emit *e, const struct ins *i)
{
    const struct target *t = e->target;
    bool system = i->op == OP_SYSCALL;
    struct move moves[MAX_MOVES];
    int n = 0;
    for (int k = 0; k < i->nargs; k++)
        moves[n++] = (struct move){system ? t->syscall_args[k] : t->args[k], i->args[k]};
    if (system)
        moves[n++] = (struct move){t->syscall_number, i->a};
    parallel_moves(e, moves, n);
    t->call(e, i);
    if (i->dst < 0)
        return;
    int8_t reg = e->func->reg[i->dst];
    if (reg >= 0 && reg != t->result)
        t->move(e->code, reg, t->result);
    emit_result_done(e, i->dst, t->result);
}

static void emit_move(struct emit *e, const struct ins *i)
{
    int d = emit_result(e, i->dst, 0);
    if (e->func->reg[i->dst] == -1 && i->a.kind == OPND_TEMP)
        d = emit_operand(e, i->a, 0);
    else
        emit_into(e, d, i->a);
    emit_result_done(e, i->dst, d);
}

static void emit_ins(struct emit *e, const struct ins *i)
{
    e->code->pos = i->pos;
    if (i->op == OP_CALL || i->op == OP_CALLI || i->op == OP_SYSCALL)
        emit_call(e, i);
    else if (i->op == OP_MOV)
        emit_move(e, i);
    else
        e->target->ins(e, i);
}

/* Parameters from their registers to where the function wants them. */
static void emit_params(struct emit *e)
{
    struct func *f = e->func;
    struct move moves[MAX_MOVES];
    int8_t in_reg[6];
    int n = 0;
    for (size_t i = 0; i < f->params.n; i++) {
        int8_t to = f->reg[f->params.at[i]];
        if (to == -1)
            e->target->slot_store(e->code, e->target->args[i], spill_at(e, f->params.at[i]));
        if (to >= 0)
            moves[n++] = (struct move){to, opnd_temp(f->params.at[i])};
        in_reg[i] = to;
    }
    for (size_t i = 0; i < f->params.n;
         i++) /* for the moves the parameters are still in the argument registers */
        if (in_reg[i] >= 0)
            f->reg[f->params.at[i]] = (int8_t)e->target->args[i];
    parallel_moves(e, moves, n);
    for (size_t i = 0; i < f->params.n; i++)
        f->reg[f->params.at[i]] = in_reg[i];
}

static bool makes_calls(const struct func *f)
{
    for (size_t k = 0; k < f->order.n; k++) {
        const struct block *b = f->blocks.at[f->order.at[k]];
        for (size_t i = 0; i < b->ins.n; i++)
            if (b->ins.at[i].op == OP_CALL || b->ins.at[i].op == OP_CALLI)
                return true;
    }
    return false;
}

static void layout_frame(struct emit *e)
{
    struct func *f = e->func;
    e->calls = makes_calls(f);
    e->saved = f->no_return ? 0 : f->used_regs & e->target->callee_saved;
    e->saved_bytes = f->no_return ? 0 : e->target->saved_bytes(e);
    int64_t at = e->saved_bytes;
    e->slot_at = arena_alloc(&e->unit->arena, (f->slots.n + 1) * sizeof *e->slot_at);
    for (int small = 1; small >= 0; small--) /* small ones first: short displacements reach them */
        for (size_t i = 0; i < f->slots.n; i++) {
            const struct slot *s = &f->slots.at[i];
            if ((s->size_bytes <= 64) != small)
                continue;
            at = ALIGN_UP(at, s->align);
            e->slot_at[i] = at;
            at += s->size_bytes;
        }
    e->frame_bytes = ALIGN_UP(at, 16);
    if (at > MAX_FRAME)
        unit_error(e->unit, f->pos, "the variables of %s take %lld bytes, the limit is %d", f->name,
                   (long long)at, MAX_FRAME);
}

/* The branches at a block's end, given the block that comes next. */
static void choose_tails(struct emit *e, struct body *body, const struct term *t, int32_t next)
{
    struct branch always = {.kind = BRANCH_ALWAYS}, b = {0};
    if (t->kind == TERM_JMP && t->to[0] != next)
        body->tails[body->ntails++] = (struct tail){.branch = always, .to = t->to[0]};
    if (t->kind != TERM_BR)
        return;
    e->target->compare(e, t, &b);
    if (t->to[0] == next) {
        b.cc ^= 1u;
        body->tails[body->ntails++] = (struct tail){.branch = b, .to = t->to[1]};
        return;
    }
    body->tails[body->ntails++] = (struct tail){.branch = b, .to = t->to[0]};
    if (t->to[1] != next)
        body->tails[body->ntails++] = (struct tail){.branch = always, .to = t->to[1]};
}

static void emit_body(struct emit *e, struct body *body, size_t k)
{
    struct func *f = e->func;
    const struct block *b = f->blocks.at[f->order.at[k]];
    struct code *c = e->code;
    body->start = c->bytes.n;
    body->first_line = c->lines.n;
    body->first_reloc = c->relocs.n;
    if (k == 0) {
        c->pos = f->pos;
        if (!f->no_return || e->frame_bytes)
            e->target->prologue(e);
        emit_params(e);
    }
    for (size_t i = 0; i < b->ins.n; i++)
        emit_ins(e, &b->ins.at[i]);
    c->pos = b->term.pos;
    if (b->term.kind == TERM_RET) {
        if (b->term.a.kind != OPND_NONE)
            emit_into(e, e->target->result, b->term.a);
        e->target->epilogue(e);
    } else if (b->term.kind == TERM_STOP) {
        e->target->stop(c);
    }
    choose_tails(e, body, &b->term, k + 1 < f->order.n ? f->order.at[k + 1] : -1);
    body->end = c->bytes.n;
    body->end_line = c->lines.n;
    body->end_reloc = c->relocs.n;
}

static size_t tails_bytes(const struct target *t, const struct body *b)
{
    size_t n = 0;
    for (int i = 0; i < b->ntails; i++)
        n += t->branch_bytes(&b->tails[i].branch, b->tails[i].reach);
    return n;
}

static void place_bodies(const struct emit *e, struct body *bodies, size_t n)
{
    size_t at = 0;
    for (size_t k = 0; k < n; k++) {
        bodies[k].at = at;
        at += bodies[k].end - bodies[k].start + tails_bytes(e->target, &bodies[k]);
    }
}

static int64_t tail_distance(const struct emit *e, const struct body *bodies, size_t k, int tail)
{
    const struct body *b = &bodies[k];
    size_t at = b->at + b->end - b->start;
    for (int i = 0; i < tail; i++)
        at += e->target->branch_bytes(&b->tails[i].branch, b->tails[i].reach);
    return (int64_t)bodies[e->func->blocks.at[b->tails[tail].to]->order].at - (int64_t)at;
}

/* Branches start short; those that do not reach grow, which may push others out of reach. */
static void relax(const struct emit *e, struct body *bodies, size_t n)
{
    for (bool changed = true; changed;) {
        changed = false;
        place_bodies(e, bodies, n);
        for (size_t k = 0; k < n; k++)
            for (int i = 0; i < bodies[k].ntails; i++) {
                struct tail *t = &bodies[k].tails[i];
                if (e->target->branch_reaches(&t->branch, t->reach, tail_distance(e, bodies, k, i)))
                    continue;
                t->reach++;
                changed = true;
            }
    }
}

static const char *block_label(const struct emit *e, int32_t block)
{
    return e->code->want_text ? arena_printf(&e->unit->arena, ".L%s.%d", e->func->name, block) : "";
}

/* Copies a finished body with its lines and relocations to the end of c. */
static void copy_body(struct code *c, const struct code *from, const struct body *b)
{
    size_t at = c->bytes.n;
    for (size_t i = b->first_line; i < b->end_line; i++) {
        struct line line = from->lines.at[i];
        line.at = line.at - b->start + at;
        vec_push(&c->unit->arena, &c->lines, line);
    }
    for (size_t i = b->first_reloc; i < b->end_reloc; i++) {
        struct reloc r = from->relocs.at[i];
        r.at = r.at - b->start + at;
        vec_push(&c->unit->arena, &c->relocs, r);
    }
    for (size_t i = b->start; i < b->end; i++)
        vec_push(&c->unit->arena, &c->bytes, from->bytes.at[i]);
}

static void join_bodies(struct emit *e, struct code *c, struct body *bodies, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        struct body *b = &bodies[k];
        if (k && c->want_text)
            code_label(c, block_label(e, e->func->order.at[k]));
        copy_body(c, e->code, b);
        c->pos = e->func->blocks.at[e->func->order.at[k]]->term.pos;
        for (int i = 0; i < b->ntails; i++)
            e->target->branch(c, &b->tails[i].branch, b->tails[i].reach,
                              tail_distance(e, bodies, k, i), block_label(e, b->tails[i].to));
    }
}

void emit_func(struct code *c, struct func *f, size_t *start)
{
    struct code bodies_code = {.unit = c->unit,
                               .ir = c->ir,
                               .want_text = c->want_text,
                               .far = c->far,
                               .fixed_base = c->fixed_base};
    struct emit e = {
        .unit = c->unit, .ir = c->ir, .target = c->unit->target, .func = f, .code = &bodies_code};
    struct body *bodies = arena_alloc(&c->unit->arena, (f->order.n + 1) * sizeof *bodies);
    for (size_t k = 0; k < f->order.n; k++)
        f->blocks.at[f->order.at[k]]->order = (int)k;
    layout_frame(&e);
    for (size_t k = 0; k < f->order.n; k++)
        emit_body(&e, &bodies[k], k);
    relax(&e, bodies, f->order.n);
    *start = c->bytes.n;
    code_label(c, c->want_text ? f->name : "");
    join_bodies(&e, c, bodies, f->order.n);
}
