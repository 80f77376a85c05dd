/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/layout.h"

#include <errno.h>

#include "gobin/isa.h"

struct row {
    unsigned minor;
    enum gobin_machine machine;
    int32_t at[LAYOUT_FIELD_COUNT];
};

#define ARM64   GOBIN_ARM64
#define AMD64   GOBIN_AMD64
#define RISCV64 GOBIN_RISCV64

static const struct row table[] = {
#define ROW(minor, machine, ...) {minor, machine, {__VA_ARGS__}},
#include "gobin/layout.def"
#undef ROW
};

const char *layout_field_name(enum layout_field field)
{
    static const char *const names[LAYOUT_FIELD_COUNT] = {
#define X(name, type, member) type "." member,
        LAYOUT_FIELDS(X)
#undef X
    };
    return names[field];
}

int layout_from_table(struct layout *l, unsigned minor, enum gobin_machine machine)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        if (table[i].minor != minor || table[i].machine != machine)
            continue;
        *l = (struct layout){.minor = minor};
        memcpy(l->at, table[i].at, sizeof(l->at));
        return 0;
    }
    return -ENOENT;
}

/* What a register holds while following the chain g -> m -> p -> wbBuf. */
struct link {
    enum { LINK_NONE, LINK_CONSTANT, LINK_G, LINK_M, LINK_P } what;
    int64_t offset; /* added to it since it was loaded; the value of a constant */
};

struct chain {
    struct link regs[REG_COUNT];
    struct layout_fingerprint f;
};

static struct link link_of(const struct chain *c, uint8_t reg)
{
    return reg < REG_COUNT ? c->regs[reg] : (struct link){LINK_NONE, 0};
}

/* Offsets beyond an instruction's reach are put together from a constant and a base (riscv64). */
static struct link link_add(struct link a, struct link b)
{
    if (a.what == LINK_CONSTANT && b.what != LINK_NONE)
        return (struct link){b.what, a.offset + b.offset};
    if (b.what == LINK_CONSTANT && a.what != LINK_NONE)
        return (struct link){a.what, a.offset + b.offset};
    return (struct link){LINK_NONE, 0};
}

static struct link link_load(struct chain *c, const struct insn *i)
{
    struct link base = link_of(c, i->rn);
    int32_t at = (int32_t)(base.offset + i->imm);
    if (base.what == LINK_G && !c->f.g_m) {
        c->f.g_m = at;
        return (struct link){LINK_M, 0};
    }
    if (base.what == LINK_M && !c->f.m_p) {
        c->f.m_p = at;
        return (struct link){LINK_P, 0};
    }
    if (base.what == LINK_P && !c->f.p_wbbuf)
        c->f.p_wbbuf = at;
    return (struct link){LINK_NONE, 0};
}

static void chain_step(struct chain *c, const struct insn *i)
{
    struct link result = {LINK_NONE, 0}, base = link_of(c, i->rn);
    if (i->kind == INSN_STORE || i->kind == INSN_BRANCH || i->rd >= REG_COUNT)
        return;
    if (i->kind == INSN_SET)
        result = (struct link){LINK_CONSTANT, i->imm};
    else if (i->kind == INSN_MOVE)
        result = base;
    else if (i->kind == INSN_ADD && base.what != LINK_NONE)
        result = (struct link){base.what, base.offset + i->imm};
    else if (i->kind == INSN_ADD_REG)
        result = link_add(base, link_of(c, i->rm));
    else if (i->kind == INSN_LOAD && i->width_bytes == 8 && !i->indexed)
        result = link_load(c, i);
    c->regs[i->rd] = result;
}

/* The body that all gcWriteBarrierN share is a static function in Go 1.21 and newer. */
static int barrier_body(const struct gobin *bin, struct gofunc *f)
{
    if (pclntab_find_name(&bin->pclntab, "gcWriteBarrier", f) == 0)
        return 0;
    return pclntab_find_name(&bin->pclntab, "runtime.gcWriteBarrier", f);
}

int layout_fingerprint(struct layout_fingerprint *out, const struct gobin *bin)
{
    const struct isa *isa = isa_of(bin->elf.machine);
    struct gofunc f;
    struct insn i;
    struct chain c = {0};
    if (barrier_body(bin, &f) != 0)
        return -ENOENT;
    struct span code = elf_bytes(&bin->elf, f.entry);
    code.size = MIN(code.size, f.end - f.entry);
    c.regs[isa->g].what = LINK_G;
    for (size_t at = 0; at < code.size && !c.f.p_wbbuf; at += MAX(i.size_bytes, 1)) {
        isa->decode(span_from(code, at), f.entry + at, &i);
        chain_step(&c, &i);
    }
    if (!c.f.p_wbbuf)
        return -ENOENT;
    *out = c.f;
    return 0;
}

static bool fits(const struct layout *l, const struct layout_fingerprint *f)
{
    return l->at[LAYOUT_g_m] == f->g_m && l->at[LAYOUT_m_p] == f->m_p &&
           l->at[LAYOUT_p_wbbuf] == f->p_wbbuf;
}

/* A development version names no release: the newest row that fits is taken. */
static int newest_fitting(struct layout *l, const struct layout_fingerprint *f,
                          enum gobin_machine machine)
{
    int rc = -ENOENT;
    struct layout row;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        if (table[i].machine == machine && layout_from_table(&row, table[i].minor, machine) == 0 &&
            fits(&row, f)) {
            *l = row;
            rc = 0;
        }
    }
    return rc;
}

int layout_find(struct layout *l, struct gobin *bin)
{
    struct layout_fingerprint f;
    if (layout_fingerprint(&f, bin) != 0)
        return gobin_fail(&bin->error, ENOENT,
                          "no write barrier code: can't tell where the runtime's fields are");
    struct layout found;
    int rc = layout_from_dwarf(&found, bin);
    if (rc != 0 && bin->build.minor)
        rc = layout_from_table(&found, bin->build.minor, bin->elf.machine);
    if (rc != 0)
        rc = newest_fitting(&found, &f, bin->elf.machine);
    if (rc != 0)
        return gobin_fail(
            &bin->error, ENOENT,
            "no table of the runtime's fields for %s: build the program without -ldflags=-w",
            bin->build.version[0] ? bin->build.version : "this Go version");
    if (!fits(&found, &f))
        return gobin_fail(
            &bin->error, EPROTO,
            "the runtime isn't laid out as %s is: its write barrier has g.m %d, m.p %d, p.wbBuf %d",
            bin->build.version, f.g_m, f.m_p, f.p_wbbuf);
    *l = found;
    return 0;
}
