/* SPDX-License-Identifier: Apache-2.0 */
/* Four passes: disassemble; find the calls; find tests of the flag (annotate_tests.c); from each
 * call look forward for what the caller does with the buffer and back for what it loaded. Compiled
 * code is straight there: branches in between end the look. */
#include <errno.h>
#include <stdlib.h>

#include "gobin/annotate_pass.h"

/* How far to look from a call: a barrier of 8 words with its loads and stores fits. */
enum { AFTER_MAX = 120, BEFORE_MAX = 40, WORD = 8 };

static bool is_store_to(const struct insn *i, uint8_t base)
{
    return i->kind == INSN_STORE && i->rn == base && !i->indexed;
}

bool insn_writes(const struct insn *i, uint8_t reg)
{
    bool result =
        i->kind != INSN_STORE && i->kind != INSN_BRANCH && (i->rd == reg || i->rd2 == reg);
    return result || (i->writeback && i->rn == reg);
}

static bool ends_straight_line(const struct insn *i)
{
    return i->kind == INSN_CALL || i->kind == INSN_RETURN || i->kind == INSN_JUMP;
}

static int disassemble(struct pass *p, const struct gofunc *f)
{
    struct span code = elf_bytes(&p->bin->elf, f->entry);
    code.size = MIN(code.size, f->end - f->entry);
    size_t least = p->b->isa == &isa_arm64 ? 4 : p->b->isa == &isa_riscv64 ? 2 : 1;
    p->a->steps = calloc(code.size / least + 1, sizeof(*p->a->steps));
    if (!p->a->steps)
        return -ENOMEM;
    for (size_t at = 0; at < code.size;) {
        struct step *s = &p->a->steps[p->a->nsteps++];
        struct span rest = span_from(code, at);
        s->pc = f->entry + at;
        size_t size = disasm_insn(p->d, rest, s->pc, s->text, sizeof(s->text));
        p->b->isa->decode(rest, s->pc, &s->insn);
        if (size &&
            size !=
                s->insn.size_bytes) /* a form that the decoder took for another, or doesn't know */
            s->insn = insn_other((uint8_t)size);
        s->size_bytes = (uint8_t)(size ? size : MIN(least, rest.size));
        at += s->size_bytes;
    }
    return 0;
}

/* A test leads to the call when its branch falls through to it or jumps to it, along code that does
 * nothing else. */
static bool is_tested(const struct annotation *a, size_t call)
{
    size_t start = call;
    for (size_t left = BEFORE_MAX; start > 0 && left; left--, start--) {
        const struct step *before = &a->steps[start - 1];
        if (before->role == STEP_FLAG_BRANCH)
            return true;
        bool leaves = ends_straight_line(&before->insn) && before->role != STEP_CALL;
        if (leaves || before->insn.kind == INSN_BRANCH)
            break;
    }
    for (size_t i = 0; i < a->nsteps; i++) {
        vaddr_t target = (vaddr_t)a->steps[i].insn.imm;
        if (a->steps[i].role == STEP_FLAG_BRANCH && target >= a->steps[start].pc &&
            target <= a->steps[call].pc)
            return true;
    }
    return false;
}

/* The load, between the test and the record, that reg got its pointer from. */
static struct step *loader_of(struct annotation *a, size_t record, uint8_t reg, uint8_t sp)
{
    for (size_t i = record, left = BEFORE_MAX; i-- > 0 && left; left--) {
        struct step *s = &a->steps[i];
        if (s->role == STEP_FLAG_BRANCH)
            return NULL;
        bool spilled = s->insn.rn == sp; /* a new pointer that was kept on the stack */
        if (insn_writes(&s->insn, reg))
            return s->insn.kind == INSN_LOAD && !spilled ? s : NULL;
    }
    return NULL;
}

static bool mark_old(struct pass *p, size_t record, uint8_t reg, size_t call)
{
    struct step *load = reg < REG_COUNT ? loader_of(p->a, record, reg, p->b->isa->sp) : NULL;
    if (!load)
        return false;
    load->role = STEP_OLD_LOAD;
    load->call = call;
    return true;
}

static void mark_record(struct pass *p, size_t at, size_t call, struct call_facts *facts)
{
    struct step *s = &p->a->steps[at];
    s->call = call;
    s->word = (uint8_t)(s->insn.imm / WORD);
    s->words = s->insn.rd2 == REG_NONE ? 1 : 2;
    bool old = mark_old(p, at, s->insn.rd, call);
    s->role = old ? STEP_RECORD_OLD : STEP_RECORD_NEW;
    if (s->words == 2 && mark_old(p, at, s->insn.rd2, call) != old)
        s->role = STEP_RECORD_BOTH;
    for (unsigned k = 0; k < s->words && s->word + k < 32u; k++)
        facts->written |= 1u << (s->word + k);
}

size_t step_at(const struct annotation *a, vaddr_t pc)
{
    size_t low = 0, high = a->nsteps;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (a->steps[middle].pc < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low < a->nsteps && a->steps[low].pc == pc ? low : a->nsteps;
}

/* The same slot: the same fixed address, or the same register; a slot that is cleared may have been
 * reached through a copy of the register. */
static bool same_slot(const struct step *load, const struct step *store)
{
    const struct insn *l = &load->insn, *s = &store->insn;
    if (load->addr && store->addr)
        return load->addr == store->addr;
    return l->rn == s->rn || (s->rd == REG_ZERO && l->imm == s->imm);
}

static bool records(const struct step *s, uint8_t reg)
{
    bool record = s->role == STEP_RECORD_NEW || s->role == STEP_RECORD_BOTH;
    return record && reg < REG_COUNT && (s->insn.rd == reg || s->insn.rd2 == reg);
}

/* The stores that the barrier was for: where a recorded old pointer was read, or of a recorded new
 * one. */
static bool is_guarded_store(const struct pass *p, size_t at, size_t call, size_t last)
{
    const struct annotation *a = p->a;
    const struct step *s = &a->steps[at];
    bool spill = s->insn.rn == p->b->isa->sp; /* the stack needs no barrier */
    if (s->insn.kind != INSN_STORE || s->insn.width_bytes < WORD || spill)
        return false;
    for (size_t i = call > BEFORE_MAX ? call - BEFORE_MAX : 0; i <= last; i++) {
        const struct step *other = &a->steps[i];
        if (other->call != call)
            continue;
        if ((other->role == STEP_OLD_LOAD && same_slot(other, s)) || records(other, s->insn.rd) ||
            records(other, s->insn.rd2))
            return true;
    }
    return false;
}

static bool called(const struct pass *p, size_t at, vaddr_t *target)
{
    const struct insn *i = &p->a->steps[at].insn;
    if (i->kind != INSN_CALL)
        return false;
    *target = (vaddr_t)i->imm;
    if (i->imm == 0 && at > 0 && p->a->steps[at - 1].insn.rd == i->rn) /* riscv64's far call */
        *target = (vaddr_t)p->a->steps[at - 1].insn.imm;
    return true;
}

static void mark_stores(struct pass *p, size_t from, size_t call, size_t last,
                        struct call_facts *facts)
{
    struct annotation *a = p->a;
    for (size_t i = from, left = AFTER_MAX; i < a->nsteps && left; left--, i++) {
        struct step *s = &a->steps[i];
        if (s->insn.kind == INSN_JUMP && !facts->stored && s->insn.imm) {
            i = step_at(a, (vaddr_t)s->insn.imm) -
                1; /* a slow path at the function's end jumps back */
            continue;
        }
        if (ends_straight_line(&s->insn) || s->insn.kind == INSN_BRANCH ||
            s->role == STEP_FLAG_LOAD)
            return;
        if (!is_guarded_store(p, i, call, last))
            continue;
        s->role = STEP_STORE;
        s->call = call;
        facts->stored = true;
    }
}

static void buffer_call(struct pass *p, size_t call, struct call_facts *facts)
{
    struct annotation *a = p->a;
    uint8_t buffer = p->b->isa->buffer;
    size_t last = call;
    for (size_t i = call + 1, left = AFTER_MAX; i < a->nsteps && left; left--, i++) {
        const struct insn *insn = &a->steps[i].insn;
        if (ends_straight_line(insn) || insn->kind == INSN_BRANCH ||
            a->steps[i].role == STEP_FLAG_LOAD)
            break;
        if (is_store_to(insn, buffer)) {
            mark_record(p, i, call, facts);
            last = i;
        } else if (insn_writes(insn, buffer) && last == call) {
            facts->clobbered = true;
        }
    }
    mark_stores(p, last + 1, call, last, facts);
}

/* The arguments of the older barrier: their last writers before the call. */
static void arguments_call(struct pass *p, size_t call)
{
    struct annotation *a = p->a;
    uint8_t slot = p->b->isa->slot, value = a->steps[call].callee->value;
    bool slot_found = false, value_found = false;
    for (size_t i = call, left = BEFORE_MAX; i-- > 0 && left; left--) {
        struct step *s = &a->steps[i];
        if (ends_straight_line(&s->insn) || s->insn.kind == INSN_BRANCH)
            return;
        if (insn_writes(&s->insn, slot) && !slot_found)
            s->role = STEP_SLOT, s->call = call, slot_found = true;
        else if (insn_writes(&s->insn, value) && !value_found)
            s->role = STEP_VALUE, s->call = call, value_found = true;
    }
}

static void calls_find(struct pass *p)
{
    struct annotation *a = p->a;
    vaddr_t target;
    for (size_t i = 0; i < a->nsteps; i++) {
        struct step *s = &a->steps[i];
        s->callee = called(p, i, &target) ? barrier_callee_at(p->b, target) : NULL;
        if (s->callee)
            s->role = STEP_CALL;
    }
}

static int facts_find(struct pass *p)
{
    struct annotation *a = p->a;
    a->calls = calloc(a->nsteps + 1, sizeof(*a->calls));
    if (!a->calls)
        return -ENOMEM;
    for (size_t i = 0; i < a->nsteps; i++) {
        const struct step *s = &a->steps[i];
        if (s->role != STEP_CALL)
            continue;
        struct call_facts *facts = &a->calls[a->ncalls++];
        *facts = (struct call_facts){.pc = s->pc, .tested = is_tested(a, i)};
        if (!s->callee->bulk && p->b->abi == BARRIER_BUFFER)
            buffer_call(p, i, facts);
        else if (!s->callee->bulk)
            arguments_call(p, i);
    }
    return 0;
}

int annotate(struct annotation *a, struct gobin *bin, const struct barriers *b, struct disasm *d,
             const struct gofunc *f)
{
    *a = (struct annotation){0};
    struct pass p = {a, bin, b, d};
    int rc = disassemble(&p, f);
    if (rc == 0) {
        calls_find(&p);
        rc = tests_find(&p);
    }
    if (rc == 0)
        rc = facts_find(&p);
    if (rc == 0)
        return 0;
    annotation_free(a);
    return gobin_fail(&bin->error, ENOMEM, "no memory to annotate %s", f->name);
}

void annotation_free(struct annotation *a)
{
    free(a->steps);
    free(a->calls);
    *a = (struct annotation){0};
}
