/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/origin.h"

#include <errno.h>
#include <stdlib.h>

enum { STEPS_MAX = 4096, WORD = 8 };

struct visit {
    uint32_t index; /* the value is wanted before this instruction */
    struct place place;
};

struct search {
    struct origins *out;
    struct origin_code *code;
    struct visit all[STEPS_MAX]; /* those that were begun, then those that wait */
    size_t begun, n;
};

static int room_make(struct origin_code *c, size_t bytes)
{
    if (bytes <= c->room)
        return 0;
    struct origin_insn *grown = reallocarray(c->insns, bytes, sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    c->insns = grown;
    c->room = bytes;
    return 0;
}

size_t origin_index(const struct origin_code *c, vaddr_t pc)
{
    size_t low = 0, high = c->n;
    vaddr_t at = pc - c->func.entry;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->insns[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->n && c->insns[low].at == at ? low : c->n;
}

static void targets_mark(struct origin_code *c)
{
    for (size_t k = 0; k < c->n; k++) {
        const struct insn *i = &c->insns[k].insn;
        if (i->kind != INSN_BRANCH && i->kind != INSN_JUMP)
            continue;
        c->wild |= i->kind == INSN_JUMP && !i->imm;
        size_t target = origin_index(c, (vaddr_t)i->imm);
        if (target < c->n)
            c->insns[target].is_target = true;
    }
}

bool origin_slot(const struct origin_code *c, size_t index, int64_t offset, struct place *out)
{
    int32_t frame;
    vaddr_t pc = c->func.entry + c->insns[index].at;
    if (pclntab_frame_size(&c->bin->pclntab, &c->func, pc, &frame) != 0 || frame < 0 ||
        offset != (int32_t)offset)
        return false;
    *out = (struct place){
        .on_stack = true, .reg = REG_NONE, .at = (int32_t)((uint32_t)offset - (uint32_t)frame)};
    return true;
}

/* From which word of the stack on somebody may hold an address: of it, or of what it is part of. */
static int32_t exposed_from(const struct origin_code *c)
{
    int32_t lowest = INT32_MAX;
    struct place at;
    for (size_t k = 0; k < c->n; k++) {
        const struct insn *i = &c->insns[k].insn;
        if (i->rn != c->isa->sp || i->rd == c->isa->sp ||
            (i->kind != INSN_ADD && i->kind != INSN_MOVE))
            continue;
        if (i->imm < 0 && i->kind == INSN_ADD) /* the frame pointer: nothing is below sp */
            continue;
        lowest = origin_slot(c, k, i->imm, &at) ? MIN(lowest, at.at) : INT32_MIN;
        if (lowest == INT32_MIN)
            break;
    }
    return lowest;
}

int origin_decode(struct origin_code *c, const struct gobin *bin, const struct gofunc *f)
{
    struct span text = gobin_text(bin);
    if (f->entry < bin->module.text || f->end <= f->entry)
        return -ENOENT;
    c->isa = isa_of(bin->elf.machine);
    c->bin = bin;
    c->func = *f;
    c->bytes = span_from(text, f->entry - bin->module.text);
    c->bytes.size = MIN(c->bytes.size, f->end - f->entry);
    c->n = 0;
    c->wild = false;
    if (room_make(c, c->bytes.size / 2 + 1) != 0)
        return -ENOMEM;
    for (size_t at = 0; at < c->bytes.size; at += MAX(c->insns[c->n - 1].insn.size_bytes, 2)) {
        struct origin_insn *o = &c->insns[c->n++];
        *o = (struct origin_insn){.at = (uint32_t)at};
        c->isa->decode(span_from(c->bytes, at), f->entry + at, &o->insn);
    }
    targets_mark(c);
    c->work += c->n;
    c->exposed = exposed_from(c);
    return 0;
}

void origin_free(struct origin_code *c)
{
    free(c->insns);
    *c = (struct origin_code){0};
}

static bool place_equal(struct place a, struct place b)
{
    return a.on_stack == b.on_stack && a.reg == b.reg && a.at == b.at;
}

static void want(struct search *s, size_t index, struct place place)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->all[i].index == index && place_equal(s->all[i].place, place))
            return;
    if (s->n == STEPS_MAX)
        s->out->unknown = true;
    else
        s->all[s->n++] = (struct visit){(uint32_t)index, place};
}

static void value_add(struct origins *o, int64_t value)
{
    for (size_t i = 0; i < o->nvalues; i++)
        if (o->values[i] == value)
            return;
    if (o->nvalues == ORIGIN_VALUES_MAX)
        o->unknown = true;
    else
        o->values[o->nvalues++] = value;
}

static void at_entry(const struct search *s, struct place place)
{
    const struct isa *isa = s->code->isa;
    struct origins *o = s->out;
    if (place.on_stack && place.at == (isa->link_register ? WORD : 0))
        o->argument_stack = true;
    else if (!place.on_stack && place.reg == isa->argument)
        o->argument = true;
    else
        o->unknown = true;
}

/* The value was in a register that index read. */
static void follow(struct search *s, size_t index, uint8_t reg)
{
    if (reg == REG_ZERO)
        value_add(s->out, 0);
    else if (reg >= REG_COUNT || reg == s->code->isa->sp || reg == REG_PC)
        s->out->unknown = true;
    else
        want(s, index, (struct place){.reg = reg});
}

/* Whether instruction number index may change reg. */
static bool changes(const struct origin_code *c, size_t index, uint8_t reg)
{
    const struct insn *i = &c->insns[index].insn;
    switch (i->kind) {
    case INSN_OTHER:
        return c->isa->may_change(span_from(c->bytes, c->insns[index].at), reg);
    case INSN_CALL:
    case INSN_SYSCALL:
        return i->kind == INSN_CALL || reg != c->isa->syscall_number;
    case INSN_STORE:
        return i->writeback && i->rn == reg;
    case INSN_BRANCH:
    case INSN_JUMP:
    case INSN_RETURN:
    case INSN_TEST:
        return false;
    default:
        return i->rd == reg || i->rd2 == reg || (i->writeback && i->rn == reg);
    }
}

/* What the load number index finds in the file, when its address is worked out just before it. */
static bool variable_value(const struct origin_code *c, size_t index, int64_t *out)
{
    enum { FAR = 6 };
    const struct insn *load = &c->insns[index].insn, *i;
    uint8_t reg = load->rn;
    vaddr_t offset = (vaddr_t)load->imm;
    if (load->writeback || load->indexed)
        return false;
    for (size_t k = index; k > 0 && index - k < FAR && !c->insns[k].is_target; k--) {
        i = &c->insns[k - 1].insn;
        if (!changes(c, k - 1, reg))
            continue;
        offset += (vaddr_t)i->imm;
        reg = i->rn;
        if (i->kind == INSN_ADDRESS)
            return span_u64(elf_bytes(&c->bin->elf, offset), 0, (uint64_t *)out);
        if (i->kind != INSN_ADD)
            return false;
    }
    return false;
}

static void register_set(struct search *s, size_t index, uint8_t reg)
{
    const struct insn *i = &s->code->insns[index].insn;
    struct place from;
    int64_t value;
    if (i->kind == INSN_SET)
        value_add(s->out, i->imm);
    else if (i->kind == INSN_MOVE)
        follow(s, index, i->rn);
    else if (i->kind == INSN_LOAD && i->width_bytes == WORD && i->rd == reg &&
             variable_value(s->code, index, &value))
        value_add(s->out, value), s->out->variable = true;
    else if (i->kind == INSN_LOAD && i->rn == s->code->isa->sp && i->rd == reg && !i->writeback &&
             !i->indexed && i->width_bytes == WORD && origin_slot(s->code, index, i->imm, &from))
        want(s, index, from);
    else
        s->out->unknown = true;
}

static void step_register(struct search *s, size_t index, struct place place)
{
    if (!changes(s->code, index, place.reg))
        want(s, index, place);
    else if (s->code->insns[index].insn.kind == INSN_CALL ||
             s->code->insns[index].insn.kind == INSN_SYSCALL)
        s->out->unknown = true;
    else
        register_set(s, index, place.reg);
}

static bool overlaps(struct place word, int32_t at, size_t size)
{
    return at < word.at + WORD && (int64_t)word.at < (int64_t)at + (int64_t)size;
}

static void step_store(struct search *s, size_t index, struct place place)
{
    const struct insn *i = &s->code->insns[index].insn;
    struct place first;
    bool pair = i->rd2 != REG_NONE;
    if (i->indexed || !origin_slot(s->code, index, i->imm, &first))
        s->out->unknown = true;
    else if (!overlaps(place, first.at, i->width_bytes * (pair ? 2u : 1u)))
        want(s, index, place);
    else if (i->writeback || i->width_bytes != WORD)
        s->out->unknown = true;
    else if (first.at == place.at)
        follow(s, index, i->rd);
    else if (pair && first.at + WORD == place.at)
        follow(s, index, i->rd2);
    else
        s->out->unknown = true;
}

/* A word stays as it is over a call unless it is part of what the callee gets and returns on the
 * stack, or somebody may have its address. */
static bool call_keeps(const struct origin_code *c, size_t index, struct place place)
{
    struct gofunc callee;
    struct place first;
    vaddr_t target = (vaddr_t)c->insns[index].insn.imm;
    return target && pclntab_find(&c->bin->pclntab, target, &callee) == 0 && callee.args >= 0 &&
           origin_slot(c, index, (int64_t)callee.args + WORD, &first) && place.at >= first.at &&
           place.at < c->exposed;
}

static bool writes_somewhere(const struct origin_code *c, size_t index)
{
    const struct insn *i = &c->insns[index].insn;
    return i->kind == INSN_STORE ||
           (i->kind == INSN_OTHER && c->isa->may_store(span_from(c->bytes, c->insns[index].at)));
}

static void step_stack(struct search *s, size_t index, struct place place)
{
    const struct origin_code *c = s->code;
    const struct insn *i = &c->insns[index].insn;
    if (i->kind == INSN_STORE && i->rn == c->isa->sp)
        step_store(s, index, place);
    else if (i->kind == INSN_CALL ? !call_keeps(c, index, place)
                                  : writes_somewhere(c, index) && place.at >= c->exposed)
        s->out->unknown = true;
    else
        want(s, index, place);
}

static void step_back(struct search *s, size_t index, struct place place)
{
    if (place.on_stack)
        step_stack(s, index, place);
    else
        step_register(s, index, place);
}

static bool falls_through(const struct insn *i)
{
    return i->kind != INSN_JUMP && i->kind != INSN_RETURN;
}

/* What an instruction that jumps here does itself is looked at like any other. */
static void from_branches(struct search *s, const struct visit *v)
{
    struct origin_code *c = s->code;
    vaddr_t here = c->func.entry + c->insns[v->index].at;
    c->work += c->n;
    for (size_t k = 0; k < c->n; k++) {
        const struct insn *i = &c->insns[k].insn;
        if ((i->kind == INSN_BRANCH || i->kind == INSN_JUMP) && (vaddr_t)i->imm == here)
            step_back(s, k, v->place);
    }
}

static void visit(struct search *s, struct visit v)
{
    const struct origin_code *c = s->code;
    if (v.index == 0) {
        at_entry(s, v.place);
        return;
    }
    if (falls_through(&c->insns[v.index - 1].insn))
        step_back(s, v.index - 1, v.place);
    if (c->insns[v.index].is_target)
        from_branches(s, &v);
}

void origin_find(struct origins *o, struct origin_code *c, size_t index, struct place place)
{
    struct search s;
    *o = (struct origins){.unknown = c->wild};
    s.out = o;
    s.code = c;
    s.begun = s.n = 0;
    want(&s, index, place);
    while (s.begun < s.n && !o->unknown)
        visit(&s, s.all[s.begun++]);
    c->work += s.n * s.n / 2;
    o->unknown |= c->work > ORIGIN_WORK_MAX;
    o->unknown |= !o->nvalues && !o->argument && !o->argument_stack;
}
