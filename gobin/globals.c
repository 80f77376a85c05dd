/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/globals.h"

#include "gobin/codewalk.h"
#include "gobin/constants.h"

/* Start-up code links the two by storing each one's address in the other: m0.g0 = &g0, g0.m = &m0.
 * Nothing else in it stores one fixed address into another twice over. */
struct address_store {
    vaddr_t where, value;
};

/* Calls of start-up code keep the register of the goroutine. */
static void step_keeping_g(struct constants *c, const struct code_walk *w)
{
    uint8_t g = w->isa->g;
    bool known = c->known[g];
    int64_t value = c->value[g];
    constants_step(c, &w->insn);
    if (w->insn.kind == INSN_CALL)
        c->known[g] = known, c->value[g] = value;
}

static void g0_m0_find(struct globals *g, const struct gobin *bin, const struct layout *l)
{
    enum { STORES_MAX = 64 };
    struct address_store stores[STORES_MAX];
    size_t n = 0;
    struct code_walk w;
    struct constants c = {0};
    if (!code_walk_start(&w, bin, "runtime.rt0_go"))
        return;
    for (; code_walk_next(&w) && n < STORES_MAX; step_keeping_g(&c, &w)) {
        int64_t value;
        if (w.insn.kind == INSN_STORE && w.insn.width_bytes == 8 &&
            constants_get(&c, w.insn.rd, &value) && value &&
            constants_address(&c, &w.insn, &stores[n].where))
            stores[n++].value = (vaddr_t)value;
    }
    vaddr_t g_m = (vaddr_t)l->at[LAYOUT_g_m], m_g0 = (vaddr_t)l->at[LAYOUT_m_g0];
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            if (stores[i].where == stores[k].value + m_g0 &&
                stores[k].where == stores[i].value + g_m)
                g->m0 = stores[k].value, g->g0 = stores[i].value;
}

static void allgs_add(struct globals *g, vaddr_t addr)
{
    for (size_t i = 0; i < g->nallgs; i++)
        if (g->allgs[i] == addr)
            return;
    if (g->nallgs < GLOBALS_CANDIDATES_MAX)
        g->allgs[g->nallgs++] = addr;
}

static void allgs_candidates(struct globals *g, const struct gobin *bin)
{
    struct code_walk w;
    struct constants c = {0};
    vaddr_t addr;
    if (!code_walk_start(&w, bin, "runtime.allgadd"))
        return;
    for (; code_walk_next(&w); constants_step(&c, &w.insn)) {
        bool uses =
            w.insn.kind == INSN_LOAD || w.insn.kind == INSN_STORE || w.insn.kind == INSN_ADD;
        if (w.insn.kind == INSN_ADDRESS)
            addr = (vaddr_t)w.insn.imm;
        else if (!uses || !constants_address(&c, &w.insn, &addr))
            continue;
        const struct elf_segment *s = elf_segment_at(&bin->elf, addr);
        if (s && (s->flags & PF_W) && IS_ALIGNED(addr, 8))
            allgs_add(g, addr);
    }
}

static bool string_at(const struct gobin *bin, vaddr_t header, struct span *out)
{
    vaddr_t text;
    uint64_t size;
    if (!elf_pointer(&bin->elf, header, &text) ||
        !span_u64(elf_bytes(&bin->elf, header + 8), 0, &size))
        return false;
    *out = span_part(elf_bytes(&bin->elf, text), 0, size);
    return size == 0 || out->data;
}

/* In every version reason 0 is empty and reason 1 is this one. */
static void wait_reasons_search(struct globals *g, const struct gobin *bin)
{
    static const char first[] = "GC assist marking";
    enum { HEADER = 16, SIZE = sizeof(first) - 1 };
    for (size_t i = 0; i < bin->elf.nsegments && !g->wait_reasons; i++) {
        const struct elf_segment *s = &bin->elf.segments[i];
        for (size_t at = HEADER; s->type == PT_LOAD && at + HEADER <= s->contents.size; at += 8) {
            uint64_t size;
            struct span text;
            memcpy(&size, s->contents.data + at + 8, sizeof(size));
            if (size != SIZE || !string_at(bin, s->addr + at, &text) ||
                memcmp(text.data, first, SIZE) != 0)
                continue;
            g->wait_reasons = s->addr + at - HEADER;
            break;
        }
    }
}

static void by_symbol(struct globals *g, const struct elf *e)
{
    const struct {
        const char *name;
        vaddr_t *addr;
    } all[] = {
        {"runtime.g0", &g->g0},
        {"runtime.m0", &g->m0},
        {"runtime.allgs", &g->allgs[0]},
        {"runtime.waitReasonStrings", &g->wait_reasons},
    };
    struct elf_symbol sym;
    for (size_t i = 0; elf_symbol(e, i, &sym); i++)
        for (size_t k = 0; k < ARRAY_SIZE(all); k++)
            if (strcmp(sym.name, all[k].name) == 0)
                *all[k].addr = sym.addr;
    g->nallgs = g->allgs[0] != 0;
}

void globals_find(struct globals *g, const struct gobin *bin, const struct layout *l)
{
    *g = (struct globals){0};
    by_symbol(g, &bin->elf);
    if (!g->g0 || !g->m0)
        g0_m0_find(g, bin, l);
    if (!g->nallgs)
        allgs_candidates(g, bin);
    if (!g->wait_reasons)
        wait_reasons_search(g, bin);
}

struct span globals_wait_reason(const struct globals *g, const struct gobin *bin, unsigned reason)
{
    enum { REASONS_MAX = 64, TEXT_MAX = 64, HEADER = 16 };
    struct span text;
    if (!g->wait_reasons || reason == 0 || reason >= REASONS_MAX ||
        !string_at(bin, g->wait_reasons + HEADER * reason, &text) || text.size > TEXT_MAX)
        return (struct span){0};
    return text;
}
