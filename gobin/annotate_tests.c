/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the flag is tested. Its address may be worked out long before, and kept in a register over
 * branches and over calls of barriers, which keep all registers but a few: so the constants that
 * registers hold are followed along every way, and where ways join only those are known that are
 * the same on each.
 */
#include <errno.h>
#include <stdlib.h>

#include "gobin/annotate_pass.h"
#include "gobin/constants.h"

/* What is known before an instruction that branches go to, over all ways that were found so far. */
struct join {
    struct constants constants;
    bool reached;
};

struct flow {
    struct pass *pass;
    size_t *join_of;    /* by step: 1 + the index in joins, or 0 */
    struct join *joins; /* the last ones are no step's */
    size_t njoins;
    bool changed;
};

/* Marks what worked out the address that a flag load uses: the last one or two writers of its base
 * register. */
static void mark_address(struct annotation *a, size_t load)
{
    uint8_t base = a->steps[load].insn.rn;
    for (size_t i = load, left = 4; i-- > 0 && left; left--) {
        const struct insn *insn = &a->steps[i].insn;
        if (insn->rd != base || insn->kind == INSN_STORE)
            continue;
        a->steps[i].role = STEP_FLAG_ADDRESS;
        if (insn->kind == INSN_ADDRESS)
            return;
    }
}

static vaddr_t fixed_address(const struct pass *p, const struct constants *c, const struct insn *i)
{
    vaddr_t addr;
    return constants_address(c, i, &addr) && elf_segment_at(&p->bin->elf, addr) ? addr : 0;
}

/* Registers that are changed by calls which keep all others: by the linker's own code on the way,
 * by a barrier (and the one that it returns the buffer in), and by the two that clear and copy. */
static const uint8_t used_up[][8] = {[GOBIN_ARM64] = {16, 17, 20, 21, 25, 26, 27, 30},
                                     [GOBIN_AMD64] = {6, 7, 11, 11, 11, 11, 11, 11},
                                     [GOBIN_RISCV64] = {1, 24, 25, 31, 31, 31, 31, 31}};

static bool keeps_registers(const struct pass *p, const struct step *s)
{
    struct gofunc f;
    if (s->role == STEP_CALL)
        return !s->callee->bulk;
    return s->insn.kind == INSN_CALL && s->insn.imm &&
           pclntab_find(&p->bin->pclntab, (vaddr_t)s->insn.imm, &f) == 0 &&
           strncmp(f.name, "runtime.duff", 12) == 0;
}

static void step_over(const struct pass *p, struct constants *c, const struct step *s)
{
    const struct isa *isa = p->b->isa;
    enum gobin_machine machine = p->bin->elf.machine;
    if (keeps_registers(p, s)) {
        for (size_t i = 0; i < ARRAY_SIZE(used_up[0]); i++)
            c->known[used_up[machine][i]] = false;
        return;
    }
    constants_step(c, &s->insn);
    if (s->insn.kind != INSN_OTHER || !isa->may_change)
        return;
    struct span code = span_part(elf_bytes(&p->bin->elf, s->pc), 0, s->size_bytes);
    for (uint8_t r = 0; r < REG_COUNT; r++)
        if (c->known[r] && isa->may_change(code, r))
            c->known[r] = false;
}

static void meet(struct flow *f, struct join *j, const struct constants *c)
{
    if (!j->reached) {
        *j = (struct join){*c, true};
        f->changed = true;
        return;
    }
    for (size_t r = 0; r < REG_COUNT; r++)
        if (j->constants.known[r] && !(c->known[r] && c->value[r] == j->constants.value[r])) {
            j->constants.known[r] = false;
            f->changed = true;
        }
}

static bool falls_through(const struct insn *i)
{
    return i->kind != INSN_JUMP && i->kind != INSN_RETURN;
}

static bool branches(const struct insn *i)
{
    return i->kind == INSN_BRANCH || i->kind == INSN_JUMP;
}

static void address_note(const struct pass *p, const struct constants *c, struct step *s)
{
    if (s->insn.kind == INSN_TEST || s->insn.kind == INSN_LOAD || s->insn.kind == INSN_STORE)
        s->addr = fixed_address(p, c, &s->insn);
}

/* Once through the function: some joins are reached, or get to know less. What nothing leads to yet
 * has to wait for the next time. */
static void walk(struct flow *f)
{
    struct annotation *a = f->pass->a;
    struct constants c = {0};
    bool reached = true;
    for (size_t i = 0; i < a->nsteps; i++) {
        struct step *s = &a->steps[i];
        struct join *here = f->join_of[i] ? &f->joins[f->join_of[i] - 1] : NULL;
        if (here && reached)
            meet(f, here, &c);
        if (here && here->reached)
            c = here->constants, reached = true;
        if (!reached)
            continue;
        address_note(f->pass, &c, s);
        step_over(f->pass, &c, s);
        size_t to = branches(&s->insn) ? step_at(a, (vaddr_t)s->insn.imm) : a->nsteps;
        if (to < a->nsteps)
            meet(f, &f->joins[f->join_of[to] - 1], &c);
        reached = falls_through(&s->insn);
    }
}

static void join_add(struct flow *f, size_t step)
{
    if (step < f->pass->a->nsteps && !f->join_of[step])
        f->join_of[step] = ++f->njoins;
}

static int joins_make(struct flow *f)
{
    struct annotation *a = f->pass->a;
    f->join_of = calloc(a->nsteps + 1, sizeof(*f->join_of));
    if (!f->join_of)
        return -ENOMEM;
    for (size_t i = 0; i < a->nsteps; i++) {
        const struct insn *insn = &a->steps[i].insn;
        if (branches(insn))
            join_add(f, step_at(a, (vaddr_t)insn->imm));
        if (!falls_through(insn))
            join_add(f, i + 1);
    }
    f->joins = calloc(f->njoins + 1, sizeof(*f->joins));
    return f->joins ? 0 : -ENOMEM;
}

/* Where nothing leads to that was seen, a jump to a computed address does: nothing is known there.
 * (Where something else leads to as well, compiled code has what it uses in the same place on every
 * way.) False: there is no such place. */
static bool join_begin(struct flow *f)
{
    for (size_t i = 0; i < f->pass->a->nsteps; i++) {
        struct join *j = f->join_of[i] ? &f->joins[f->join_of[i] - 1] : NULL;
        if (j && !j->reached)
            return j->reached = true;
    }
    return false;
}

static int addresses_find(struct pass *p)
{
    struct flow f = {.pass = p};
    int rc = joins_make(&f);
    do {
        f.changed = false;
        if (rc == 0)
            walk(&f);
    } while (f.changed || (rc == 0 && join_begin(&f)));
    free(f.join_of);
    free(f.joins);
    return rc;
}

int tests_find(struct pass *p)
{
    uint8_t loaded =
        REG_ZERO; /* holds the flag; REG_NONE on amd64, where the processor's flags do */
    int rc = addresses_find(p);
    for (size_t i = 0; rc == 0 && i < p->a->nsteps; i++) {
        struct step *s = &p->a->steps[i];
        bool word =
            s->insn.kind == INSN_TEST || (s->insn.kind == INSN_LOAD && s->insn.width_bytes == 4);
        if (word && s->addr && s->addr == p->b->flag) {
            s->role = STEP_FLAG_LOAD;
            loaded = s->insn.kind == INSN_TEST ? REG_NONE : s->insn.rd;
            if (s->insn.kind == INSN_LOAD)
                mark_address(p->a, i);
        } else if (s->insn.kind == INSN_BRANCH && s->insn.rd == loaded) {
            s->role = STEP_FLAG_BRANCH;
            loaded = REG_ZERO;
        } else if (loaded != REG_NONE && insn_writes(&s->insn, loaded)) {
            loaded = REG_ZERO;
        }
    }
    return rc;
}
