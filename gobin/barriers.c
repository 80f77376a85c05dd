/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/barriers.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "gobin/flagcount.h"

#define PREFIX "runtime.gcWriteBarrier"

/* How many instructions may stand between an address, the load through it and the branch on what
 * was loaded. */
enum { FAR_MAX = 4 };

struct walk {
    struct barriers *b;
    struct gobin *bin;
    struct flagcount tests;
    size_t room;             /* in b->sites */
    vaddr_t lowest, highest; /* entries of the callees */
    struct span text;
};

/* What the last few instructions of a function left behind, as far as testing a flag goes. */
struct recent {
    uint8_t base; /* holds address */
    uint8_t loaded;
    int base_age, loaded_age;
    vaddr_t address, tested;
    uint8_t call_base; /* riscv64: auipc of a far call */
};

static uint8_t value_register(const struct isa *isa, const char *suffix)
{
    static const struct {
        const char *suffix;
        uint8_t reg;
    } amd64[] = {{"CX", 1}, {"DX", 2}, {"BX", 3}, {"BP", 5}, {"SI", 6}, {"R8", 8}, {"R9", 9}};
    for (size_t i = 0; i < ARRAY_SIZE(amd64); i++)
        if (strcmp(suffix, amd64[i].suffix) == 0)
            return amd64[i].reg;
    return isa->value;
}

/* A call that is out of reach goes through a trampoline, which the linker names after its target.
 */
static bool is_trampoline(const char *name)
{
    return strstr(name, "-tramp") != NULL;
}

static bool callee_from(struct barrier_callee *c, const struct isa *isa, const struct gofunc *f)
{
    static const char *const bulk[] = {"runtime.wbMove", "runtime.wbZero", "runtime.typedmemmove",
                                       "runtime.bulkBarrierPreWrite"};
    *c = (struct barrier_callee){.entry = f->entry, .name = f->name};
    if (strncmp(f->name, PREFIX, sizeof(PREFIX) - 1) == 0) {
        const char *suffix = f->name + sizeof(PREFIX) - 1;
        bool counted =
            suffix[0] >= '1' && suffix[0] <= '8' && (!suffix[1] || is_trampoline(suffix));
        c->slots = counted ? (uint8_t)(suffix[0] - '0') : 2;
        c->value = counted ? REG_NONE : value_register(isa, suffix);
        return true;
    }
    for (size_t i = 0; i < ARRAY_SIZE(bulk); i++) {
        size_t n = strlen(bulk[i]);
        if (strncmp(f->name, bulk[i], n) == 0 && (!f->name[n] || is_trampoline(f->name + n)))
            return c->bulk = true;
    }
    return false;
}

static void callees_find(struct walk *w)
{
    struct barriers *b = w->b;
    struct gofunc f;
    w->lowest = UINT64_MAX;
    for (uint32_t i = 0; i < w->bin->pclntab.nfuncs && b->ncallees < BARRIER_CALLEES_MAX; i++) {
        struct barrier_callee c;
        if (pclntab_func(&w->bin->pclntab, i, &f) != 0 || !callee_from(&c, b->isa, &f))
            continue;
        b->callees[b->ncallees++] = c;
        w->lowest = MIN(w->lowest, c.entry);
        w->highest = MAX(w->highest, c.entry);
        if (!c.bulk && b->abi != BARRIER_BUFFER)
            b->abi = c.value == REG_NONE ? BARRIER_BUFFER : BARRIER_STORES;
    }
}

static int site_add(struct walk *w, vaddr_t pc, uint32_t func, const struct barrier_callee *callee)
{
    struct barriers *b = w->b;
    if (b->nsites == w->room) {
        size_t room = w->room ? 2 * w->room : 1024;
        struct barrier_site *grown = reallocarray(b->sites, room, sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        b->sites = grown;
        w->room = room;
    }
    b->sites[b->nsites++] = (struct barrier_site){pc, func, (uint8_t)(callee - b->callees)};
    b->nbulk += callee->bulk;
    return 0;
}

/* Follows one instruction; an address whose word was loaded and is now branched on is one test. */
static int recent_step(struct recent *r, const struct insn *i, struct flagcount *tests)
{
    r->base_age++, r->loaded_age++;
    switch (i->kind) {
    case INSN_ADDRESS:
        r->base = i->rd, r->base_age = 0, r->address = (vaddr_t)i->imm;
        return 0;
    case INSN_ADD:
        if (i->rn == r->base && r->base_age <= FAR_MAX)
            r->base = i->rd, r->base_age = 0, r->address += (vaddr_t)i->imm;
        return 0;
    case INSN_LOAD:
        if (i->rn == r->base && r->base_age <= FAR_MAX && i->width_bytes == 4 && !i->indexed &&
            !i->writeback)
            r->loaded = i->rd, r->loaded_age = 0, r->tested = r->address + (vaddr_t)i->imm;
        return 0;
    case INSN_TEST:
        r->loaded = REG_NONE, r->loaded_age = 0, r->tested = (vaddr_t)i->imm;
        return 0;
    case INSN_BRANCH:
        if (i->rd == r->loaded && r->loaded_age <= FAR_MAX) {
            r->loaded_age = FAR_MAX + 1;
            return flagcount_add(tests, r->tested);
        }
        return 0;
    default:
        return 0;
    }
}

/* Where a call goes: far ones on riscv64 are auipc and jalr, and both parts name the register. */
static vaddr_t call_target(const struct recent *r, const struct insn *i, const struct insn *before)
{
    if (i->imm || i->rn == REG_NONE)
        return (vaddr_t)i->imm;
    return before->kind == INSN_ADDRESS && before->rd == i->rn ? r->address : 0;
}

static int call_check(struct walk *w, vaddr_t pc, vaddr_t target, uint32_t func)
{
    if (target < w->lowest || target > w->highest)
        return 0;
    const struct barrier_callee *callee = barrier_callee_at(w->b, target);
    return callee ? site_add(w, pc, func, callee) : 0;
}

/* amd64 is tried at every byte: an E8 whose 4 bytes happen to reach exactly a barrier's entry is
 * not met in practice, and `wb verify` disassembles the functions to prove it. */
static int function_walk(struct walk *w, const struct gofunc *f)
{
    const struct isa *isa = w->b->isa;
    struct recent r = {
        .base = REG_NONE, .loaded = REG_ZERO, .base_age = FAR_MAX + 1, .loaded_age = FAR_MAX + 1};
    struct insn before = insn_other(0), i;
    vaddr_t text = w->bin->module.text;
    if (f->entry < text)
        return 0;
    size_t at = f->entry - text, end = MIN(f->end - text, w->text.size);
    for (; at < end; at += isa->sizes_known ? i.size_bytes : 1) {
        isa->decode(span_part(w->text, at, end - at), text + at, &i);
        if (i.size_bytes == 0 || i.kind == INSN_OTHER) {
            r.base_age += isa->sizes_known, r.loaded_age += isa->sizes_known;
            before = i;
            continue;
        }
        int rc = 0;
        if (i.kind == INSN_CALL)
            rc = call_check(w, text + at, call_target(&r, &i, &before), f->index);
        if (rc == 0)
            rc = recent_step(&r, &i, &w->tests);
        if (rc != 0)
            return rc;
        before = i;
    }
    return 0;
}

static int functions_walk(struct walk *w)
{
    struct gofunc f;
    for (uint32_t i = 0; i < w->bin->pclntab.nfuncs; i++) {
        if (pclntab_func(&w->bin->pclntab, i, &f) != 0 || barrier_callee_at(w->b, f.entry))
            continue;
        int rc = function_walk(w, &f);
        if (rc != 0)
            return rc;
    }
    return 0;
}

int barriers_find(struct barriers *b, struct gobin *bin)
{
    *b = (struct barriers){.isa = isa_of(bin->elf.machine)};
    struct walk w = {.b = b, .bin = bin, .text = gobin_text(bin)};
    callees_find(&w);
    int rc = functions_walk(&w);
    if (rc == 0)
        flagcount_top(&w.tests, &b->flag, &b->flag_tests, &b->runner_up, &b->runner_up_tests);
    flagcount_free(&w.tests);
    if (rc == 0)
        return 0;
    barriers_free(b);
    return gobin_fail(&bin->error, ENOMEM, "no memory for the list of write barriers");
}

void barriers_free(struct barriers *b)
{
    free(b->sites);
    *b = (struct barriers){0};
}

const char *barrier_abi_name(enum barrier_abi abi)
{
    static const char *const names[] = {"none", "stores", "buffer"};
    return names[abi];
}

const struct barrier_callee *barrier_callee_at(const struct barriers *b, vaddr_t entry)
{
    for (size_t i = 0; i < b->ncallees; i++)
        if (b->callees[i].entry == entry)
            return &b->callees[i];
    return NULL;
}

size_t barrier_site_from(const struct barriers *b, vaddr_t pc)
{
    size_t low = 0, high = b->nsites;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (b->sites[middle].pc < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
