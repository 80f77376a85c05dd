/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/redirect.h"

#include <errno.h>
#include <stdlib.h>

static int change_add(struct redirect *r, uint64_t offset, vaddr_t addr, struct span before,
                      const uint8_t *after)
{
    if (r->nchanges == r->room) {
        size_t room = r->room ? 2 * r->room : 256;
        struct change *grown = reallocarray(r->changes, room, sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        r->changes = grown;
        r->room = room;
    }
    struct change *c = &r->changes[r->nchanges++];
    *c = (struct change){.offset = offset, .addr = addr, .size_bytes = (uint8_t)before.size};
    memcpy(c->before, before.data, before.size);
    memcpy(c->after, after, before.size);
    return 0;
}

static int code_change(struct redirect *r, const struct gobin *bin, vaddr_t addr,
                       const uint8_t *after, size_t size)
{
    uint64_t offset;
    struct span before = span_part(elf_bytes(&bin->elf, addr), 0, size);
    if (!before.data || elf_offset(&bin->elf, addr, &offset) != 0)
        return -ENOTSUP;
    return change_add(r, offset, addr, before, after);
}

static size_t put(uint8_t *out, uint64_t value, size_t size)
{
    memcpy(out, &value, size);
    return size;
}

/* The replacement for one barrier function; returns its size. */
static size_t stub_code(const struct barriers *b, const struct barrier_callee *c, uint8_t *out)
{
    bool buffer = b->abi == BARRIER_BUFFER;
    size_t n = 0;
    if (b->isa == &isa_arm64) {
        n += put(out, buffer ? 0xd10103f9 : 0xf9000043, 4); /* sub x25, sp, #64; str x3, [x2] */
        n += put(out + n, 0xd65f03c0, 4);                   /* ret */
    } else if (b->isa == &isa_riscv64) {
        n += put(out, buffer ? 0xfc010c13 : 0x0062b023, 4); /* addi s8, sp, -64; sd t1, 0(t0) */
        n += put(out + n, 0x8082, 2);                       /* ret */
    } else if (buffer) {
        n += put(out, 0xc3c0245c8d4c, 6); /* lea -64(%rsp), %r11; ret */
    } else {
        uint8_t reg = c->value;
        out[n++] = reg >= 8 ? 0x4c : 0x48;
        out[n++] = 0x89;
        out[n++] = (uint8_t)((reg & 7) << 3 | 7); /* mov reg, (%rdi) */
        out[n++] = 0xc3;
    }
    return n;
}

/* Names of barriers in the symbol table become weak, as those of functions that something else may
 * stand in for. */
static int symbols_weaken(struct redirect *r, const struct gobin *bin)
{
    const struct elf *e = &bin->elf;
    struct elf_symbol sym;
    for (size_t i = 0; elf_symbol(e, i, &sym); i++) {
        if (strncmp(sym.name, "runtime.gcWriteBarrier", 22) != 0 || sym.type != STT_FUNC)
            continue;
        uint64_t offset = (uint64_t)(e->symtab.data - e->file.data) + i * sizeof(Elf64_Sym) +
                          offsetof(Elf64_Sym, st_info);
        uint8_t weak = ELF64_ST_INFO(STB_WEAK, STT_FUNC);
        int rc = change_add(r, offset, 0, span_part(e->file, offset, 1), &weak);
        if (rc != 0)
            return rc;
        r->nsymbols++;
    }
    return 0;
}

static int finish(struct redirect *r, struct gobin *bin, int rc)
{
    if (rc == 0)
        rc = symbols_weaken(r, bin);
    if (rc == 0)
        return 0;
    redirect_free(r);
    return rc == -ENOMEM ? gobin_fail(&bin->error, ENOMEM, "no memory for the list of changes")
                         : rc;
}

int redirect_builtin(struct redirect *r, struct gobin *bin, const struct barriers *b)
{
    int rc = 0;
    *r = (struct redirect){.nsites = b->nsites - b->nbulk};
    for (size_t i = 0; i < b->ncallees && rc == 0; i++) {
        const struct barrier_callee *c = &b->callees[i];
        struct gofunc f;
        uint8_t code[CHANGE_BYTES_MAX];
        if (c->bulk || strstr(c->name, "-tramp"))
            continue;
        size_t size = stub_code(b, c, code);
        if (pclntab_find(&bin->pclntab, c->entry, &f) != 0 || f.end - f.entry < size)
            rc = gobin_fail(&bin->error, ENOTSUP, "%s is too short for the replacement", c->name);
        else
            rc = code_change(r, bin, c->entry, code, size);
    }
    return finish(r, bin, rc);
}

/* What a replacement may do besides its job: write the machine's scratch registers. */
static bool is_scratch(const struct barriers *b, uint8_t reg)
{
    if (b->abi == BARRIER_BUFFER && reg == b->isa->buffer)
        return true;
    if (b->isa == &isa_arm64)
        return reg == 27 || reg == 16 || reg == 17;
    return b->isa == &isa_riscv64 && reg == 31;
}

/* Where the returned buffer is, as far as the code tells. */
struct buffer {
    enum { BUFFER_UNSET, BUFFER_FIXED, BUFFER_BELOW_SP, BUFFER_ELSEWHERE } where;
    int64_t value; /* its address, or its distance from sp */
};

static struct buffer buffer_step(const struct buffer *values, const struct isa *isa,
                                 const struct insn *i)
{
    struct buffer base = {BUFFER_ELSEWHERE, 0};
    if (i->rn == isa->sp)
        base = (struct buffer){BUFFER_BELOW_SP, 0};
    else if (i->rn < REG_COUNT)
        base = values[i->rn];
    if (i->kind == INSN_ADDRESS || i->kind == INSN_SET)
        return (struct buffer){BUFFER_FIXED, i->imm};
    if ((i->kind == INSN_ADD || i->kind == INSN_MOVE) && base.where != BUFFER_UNSET)
        return (struct buffer){base.where, base.value + (i->kind == INSN_ADD ? i->imm : 0)};
    return (struct buffer){BUFFER_ELSEWHERE, 0};
}

static int buffer_check(struct gobin *bin, const struct barriers *b, const struct buffer *buffer)
{
    const char *reg = b->isa->registers[b->isa->buffer];
    const struct elf_segment *s;
    switch (buffer->where) {
    case BUFFER_UNSET:
        return gobin_fail(
            &bin->error, ENOTSUP,
            "it doesn't set %s: its callers would write the pointers through whatever %s holds",
            reg, reg);
    case BUFFER_BELOW_SP:
        if (buffer->value <= -REDIRECT_BUFFER_BYTES)
            return 0;
        return gobin_fail(&bin->error, ENOTSUP,
                          "it returns sp%+lld in %s: callers would overwrite the stack in use",
                          (long long)buffer->value, reg);
    case BUFFER_FIXED:
        s = elf_segment_at(&bin->elf, (vaddr_t)buffer->value);
        if (s && (s->flags & PF_W) &&
            s->size_bytes - ((vaddr_t)buffer->value - s->addr) >= REDIRECT_BUFFER_BYTES)
            return 0;
        return gobin_fail(&bin->error, ENOTSUP,
                          "it returns %#llx in %s, where there aren't %d writable bytes",
                          (long long)buffer->value, reg, REDIRECT_BUFFER_BYTES);
    default:
        return gobin_fail(&bin->error, ENOTSUP, "what it returns in %s can't be followed", reg);
    }
}

static bool does_the_store(const struct barriers *b, const struct insn *i)
{
    return b->abi == BARRIER_STORES && i->kind == INSN_STORE && i->rn == b->isa->slot &&
           i->imm == 0 && !i->indexed && !i->writeback && i->rd == b->isa->value &&
           i->rd2 == REG_NONE && i->width_bytes == 8;
}

/* Whether i may stand in a replacement; if not the sentence is set. */
static int stub_insn_check(struct gobin *bin, const struct barriers *b, const struct insn *i,
                           const char *text)
{
    bool value = i->kind == INSN_SET || i->kind == INSN_ADDRESS || i->kind == INSN_ADD ||
                 i->kind == INSN_MOVE;
    if (does_the_store(b, i) || (value && is_scratch(b, i->rd)))
        return 0;
    if (value)
        return gobin_fail(&bin->error, ENOTSUP,
                          "its \"%s\" changes a register that callers rely on", text);
    if (i->kind == INSN_STORE)
        return gobin_fail(&bin->error, ENOTSUP, "its \"%s\" writes memory that isn't its own",
                          text);
    return gobin_fail(&bin->error, ENOTSUP, "its \"%s\" isn't straight code that keeps registers",
                      text);
}

static int stub_check(struct gobin *bin, const struct barriers *b, struct disasm *d, vaddr_t stub)
{
    enum { LONGEST = 16 };
    struct buffer values[REG_COUNT] = {0};
    struct span code = elf_bytes(&bin->elf, stub);
    bool stored = false;
    char text[96];
    for (unsigned n = 0; n < LONGEST; n++) {
        struct insn i;
        size_t size = disasm_insn(d, code, stub, text, sizeof(text));
        b->isa->decode(code, stub, &i);
        if (size == 0 || size != i.size_bytes)
            return gobin_fail(&bin->error, ENOTSUP, "its \"%s\" isn't understood",
                              size ? text : "first bytes");
        if (i.kind == INSN_RETURN && b->abi == BARRIER_STORES && !stored)
            return gobin_fail(&bin->error, ENOTSUP,
                              "it never stores %s to [%s]: the assignments would be lost",
                              b->isa->registers[b->isa->value], b->isa->registers[b->isa->slot]);
        if (i.kind == INSN_RETURN)
            return b->abi == BARRIER_STORES ? 0 : buffer_check(bin, b, &values[b->isa->buffer]);
        int rc = stub_insn_check(bin, b, &i, text);
        if (rc != 0)
            return rc;
        stored |= does_the_store(b, &i);
        if (i.rd < REG_COUNT && i.kind != INSN_STORE)
            values[i.rd] = buffer_step(values, b->isa, &i);
        code = span_from(code, size);
        stub += size;
    }
    return gobin_fail(&bin->error, ENOTSUP, "it doesn't return within %d instructions", LONGEST);
}

static bool in_reach(int64_t distance, unsigned bits)
{
    return distance >= -((int64_t)1 << (bits - 1)) && distance < (int64_t)1 << (bits - 1);
}

/* The call at pc, made to go to target; returns its size, 0 where it can't. */
static size_t call_code(const struct barriers *b, struct span code, vaddr_t pc, vaddr_t target,
                        uint8_t *out)
{
    int64_t distance = (int64_t)(target - pc);
    uint64_t u = (uint64_t)distance;
    if (b->isa == &isa_arm64)
        return in_reach(distance, 28) ? put(out, 0x94000000 | (u >> 2 & 0x3ffffff), 4) : 0;
    if (b->isa == &isa_riscv64) {
        bool jal = code.size && (code.data[0] & 0x7f) == 0x6f;
        uint64_t imm = (u >> 20 & 1) << 31 | (u >> 1 & 0x3ff) << 21 | (u >> 11 & 1) << 20 |
                       (u >> 12 & 0xff) << 12;
        return jal && in_reach(distance, 21) ? put(out, imm | 1 << 7 | 0x6f, 4) : 0;
    }
    out[0] = 0xe8;
    return in_reach(distance - 5, 32) ? 1 + put(out + 1, (uint32_t)(distance - 5), 4) : 0;
}

int redirect_calls(struct redirect *r, struct gobin *bin, const struct barriers *b,
                   struct disasm *d, vaddr_t stub)
{
    *r = (struct redirect){0};
    if (b->abi == BARRIER_STORES && b->isa == &isa_amd64)
        return gobin_fail(
            &bin->error, ENOTSUP,
            "barriers of Go 1.20 and older on amd64 take the pointer in eight different "
            "registers: no single function can replace them, but builtin can");
    int rc = stub_check(bin, b, d, stub);
    for (size_t i = 0; i < b->nsites && rc == 0; i++) {
        vaddr_t pc = b->sites[i].pc;
        uint8_t code[CHANGE_BYTES_MAX];
        if (b->callees[b->sites[i].callee].bulk)
            continue;
        size_t size = call_code(b, elf_bytes(&bin->elf, pc), pc, stub, code);
        if (size == 0)
            rc = gobin_fail(&bin->error, ENOTSUP, "the call at %#llx can't reach it",
                            (unsigned long long)pc);
        else
            rc = code_change(r, bin, pc, code, size);
        r->nsites++;
    }
    return finish(r, bin, rc);
}

void redirect_free(struct redirect *r)
{
    free(r->changes);
    *r = (struct redirect){0};
}

static bool is_runtime(const char *name)
{
    return strncmp(name, "runtime.", 8) == 0 || strncmp(name, "runtime/", 8) == 0;
}

static bool is_collect(const char *name)
{
    static const char *const names[] = {"runtime.GC", "runtime/debug.FreeOSMemory",
                                        "runtime/debug.SetGCPercent",
                                        "runtime/debug.SetMemoryLimit"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool calls_any(const struct gobin *bin, const struct isa *isa, const struct gofunc *f,
                      const vaddr_t *targets, size_t n)
{
    struct span code = elf_bytes(&bin->elf, f->entry);
    code.size = MIN(code.size, f->end - f->entry);
    struct insn i;
    for (size_t at = 0; at < code.size; at += isa->sizes_known ? i.size_bytes : 1) {
        isa->decode(span_from(code, at), f->entry + at, &i);
        for (size_t k = 0; i.kind == INSN_CALL && k < n; k++)
            if ((vaddr_t)i.imm == targets[k])
                return true;
    }
    return false;
}

const char *redirect_collects(const struct gobin *bin, const struct isa *isa)
{
    vaddr_t targets[8];
    size_t n = 0;
    struct gofunc f;
    for (uint32_t i = 0; i < bin->pclntab.nfuncs && n < ARRAY_SIZE(targets); i++)
        if (pclntab_func(&bin->pclntab, i, &f) == 0 && is_collect(f.name))
            targets[n++] = f.entry;
    for (uint32_t i = 0; n && i < bin->pclntab.nfuncs; i++)
        if (pclntab_func(&bin->pclntab, i, &f) == 0 && !is_runtime(f.name) &&
            calls_any(bin, isa, &f, targets, n))
            return f.name;
    return NULL;
}
