/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/reach.h"

#include <errno.h>
#include <stdlib.h>

#include "gobin/origin.h"

enum {
    WRAPPERS_MAX = 64,
    FILTER_BITS = 1024,
    NEAR = 16,
    FIRST_ARGUMENT = 8,
    RT_SIGRETURN = 139 /* arm64 */
};

/* A function that makes the system call whose number is its first argument. */
struct wrapper {
    vaddr_t entry;
    bool by_register, by_stack;
};

struct search {
    struct reach *out;
    struct gobin *bin;
    const struct isa *isa;
    struct origin_code code;
    struct wrapper wrappers[WRAPPERS_MAX];
    size_t nwrappers;
    size_t first, end;                 /* those that are looked for now */
    uint64_t filter[FILTER_BITS / 64]; /* by entry: may it be one of them? */
    vaddr_t lowest, highest;           /* their entries */
    int rc;
};

static void give_up(struct search *s, const char *why, const char *where)
{
    if (s->out->unknown)
        return;
    s->out->unknown = true;
    s->out->why = why;
    s->out->where = where;
}

static void number_add(struct search *s, int64_t number, const char *where)
{
    if (number < 0 || number >= REACH_NUMBERS)
        give_up(s, "makes a system call with a number that no kernel has", where);
    else
        s->out->numbers[number / 64] |= 1ull << number % 64;
}

/* Methods are reached by tables that hold no addresses. */
static bool is_method(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *dot = strchr(slash ? slash : name, '.');
    return !dot || strpbrk(dot + 1, ".([");
}

/* The functions of the runtime that repeat on every thread what syscall.AllThreadsSyscall was
 * given: without its other end in the program nobody gives it anything. */
static bool is_idle(const struct search *s, const char *name)
{
    struct gofunc f;
    const struct pclntab *t = &s->bin->pclntab;
    return strcmp(name, "runtime.runPerThreadSyscall") == 0 &&
           pclntab_find_name(t, "runtime.syscall_runtime_doAllThreadsSyscall", &f) != 0 &&
           pclntab_find_name(t, "syscall.runtime_doAllThreadsSyscall", &f) != 0;
}

/* The standard library has numbers in variables that 32-bit machines change as they start; nobody
 * else does. */
static bool keeps_variables(const char *name)
{
    static const char *const packages[] = {"syscall.", "internal/syscall/unix.", "internal/poll."};
    if (strstr(name, "golang.org/x/sys/unix."))
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(packages); i++)
        if (strncmp(name, packages[i], strlen(packages[i])) == 0)
            return true;
    return false;
}

static void wrapper_add(struct search *s, const struct gofunc *f, const struct origins *o)
{
    struct wrapper *w = NULL;
    for (size_t i = 0; i < s->nwrappers; i++)
        if (s->wrappers[i].entry == f->entry)
            w = &s->wrappers[i];
    if (is_method(f->name) || (o->argument && o->argument_stack)) {
        give_up(s, "passes the number of a system call on in a way that can't be followed",
                f->name);
    } else if (w) {
        if ((o->argument && !w->by_register) || (o->argument_stack && !w->by_stack))
            give_up(s, "takes the number of a system call in two ways", f->name);
    } else if (s->nwrappers == WRAPPERS_MAX) {
        give_up(s, "has more functions that make any system call than are looked at", f->name);
    } else {
        s->wrappers[s->nwrappers++] = (struct wrapper){f->entry, o->argument, o->argument_stack};
    }
}

/* The instruction at pc makes a system call (w NULL) or hands its number to w. */
static void site(struct search *s, vaddr_t pc, const struct wrapper *w)
{
    struct gofunc f;
    struct origins o = {.unknown = true};
    struct gopos pos = {0}; /* whose code it is, where it was inlined */
    struct place place = {.reg = w ? s->isa->argument : s->isa->syscall_number};
    if (pclntab_find(&s->bin->pclntab, pc, &f) != 0) {
        give_up(s, "has code that isn't Go's and makes system calls", NULL);
        return;
    }
    if (w && f.entry == w->entry) /* after making room for the stack */
        return;
    s->rc = s->code.n && s->code.func.entry == f.entry ? 0 : origin_decode(&s->code, s->bin, &f);
    size_t index = s->rc == 0 ? origin_index(&s->code, pc) : 0;
    if (s->rc != 0 || index == s->code.n) {
        give_up(s, "couldn't be read", f.name);
        return;
    }
    if (!w || !w->by_stack || origin_slot(&s->code, index, FIRST_ARGUMENT, &place))
        origin_find(&o, &s->code, index, place);
    if (o.unknown || o.variable)
        pclntab_positions(&s->bin->pclntab, &f, pc, &pos, 1);
    o.unknown |= o.variable && !keeps_variables(pos.func);
    if (o.unknown && !is_idle(s, pos.func))
        give_up(s, "makes a system call whose number it works out as it runs", f.name);
    for (size_t i = 0; i < o.nvalues; i++)
        number_add(s, o.values[i], f.name);
    if (!o.unknown && (o.argument || o.argument_stack))
        wrapper_add(s, &f, &o);
}

static unsigned filter_bit(vaddr_t entry)
{
    return (unsigned)(entry >> 4) % FILTER_BITS;
}

/* From now on look for the wrappers from first to the last one that is known. */
static void want_from(struct search *s, size_t first)
{
    memset(s->filter, 0, sizeof(s->filter));
    s->first = first;
    s->end = s->nwrappers;
    s->lowest = UINT64_MAX;
    s->highest = 0;
    for (size_t i = first; i < s->end; i++) {
        vaddr_t entry = s->wrappers[i].entry;
        s->filter[filter_bit(entry) / 64] |= 1ull << filter_bit(entry) % 64;
        s->lowest = MIN(s->lowest, entry);
        s->highest = MAX(s->highest, entry);
    }
}

static const struct wrapper *wanted(const struct search *s, vaddr_t entry)
{
    unsigned bit = filter_bit(entry);
    if (LIKELY(!(s->filter[bit / 64] >> bit % 64 & 1)))
        return NULL;
    for (size_t i = s->first; i < s->end; i++)
        if (s->wrappers[i].entry == entry)
            return &s->wrappers[i];
    return NULL;
}

/* Calls `each` for every instruction of a kind in executable memory. */
static void text_walk(struct search *s, enum insn_kind kind,
                      void (*each)(struct search *, const struct insn *, vaddr_t pc,
                                   struct span rest))
{
    const struct elf *e = &s->bin->elf;
    for (size_t k = 0; k < e->nsegments; k++) {
        const struct elf_segment *seg = &e->segments[k];
        struct span code = seg->contents;
        struct insn i;
        if (seg->type != PT_LOAD || !(seg->flags & PF_X))
            continue;
        for (size_t at = 0;; at += i.size_bytes) {
            at = s->isa->next(code, seg->addr, at, kind, s->lowest, s->highest);
            if (at >= code.size || s->out->unknown)
                break;
            s->isa->decode(span_from(code, at), seg->addr + at, &i);
            each(s, &i, seg->addr + at, span_from(code, at));
        }
    }
}

static void each_trap(struct search *s, const struct insn *i, vaddr_t pc, struct span rest)
{
    (void)i, (void)rest;
    site(s, pc, NULL);
}

/* Wrappers found on the way wait for the next walk. */
static void each_call(struct search *s, const struct insn *i, vaddr_t pc, struct span rest)
{
    (void)rest;
    const struct wrapper *w = wanted(s, (vaddr_t)i->imm);
    if (w)
        site(s, pc, w);
}

static void address_known(struct search *s, const struct wrapper *w)
{
    struct gofunc f;
    if (w && pclntab_find(&s->bin->pclntab, w->entry, &f) == 0)
        give_up(s, "is a function that makes any system call, and its address is taken", f.name);
}

/* An address is worked out by the instruction itself, or with an addition soon after it. */
static void each_address(struct search *s, const struct insn *i, vaddr_t pc, struct span rest)
{
    struct insn next;
    vaddr_t base = (vaddr_t)i->imm;
    address_known(s, wanted(s, base));
    for (size_t n = 0, at = i->size_bytes; n < NEAR && at < rest.size; n++, at += next.size_bytes) {
        s->isa->decode(span_from(rest, at), pc + at, &next);
        if (next.kind == INSN_ADD && next.rn == i->rd)
            address_known(s, wanted(s, base + (vaddr_t)next.imm));
    }
}

static bool size_valid(uint8_t bytes)
{
    return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}

/* A name of the type section: flags, length, letters. */
static bool is_name(const struct gobin *bin, uint32_t offset)
{
    struct span at = elf_bytes(&bin->elf, bin->module.types + offset);
    size_t letters = 1;
    uint32_t length;
    if (at.size < 2 || at.data[0] > 15 || !span_varint(at, &letters, &length) || length == 0)
        return false;
    struct span text = span_part(at, letters, length);
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < ' ')
            return false;
    return text.size != 0;
}

/* Whether the word at offset is the one of a type's description that has two short offsets in it,
 * its name's and another type's: it may look like any address. */
static bool is_type_word(const struct gobin *bin, struct span bytes, size_t offset)
{
    enum { BEFORE = 40, SIZE = 48, SIZES = 20, KIND_MAX = 26, KIND_MASK = 31, FLAGS_MAX = 63 };
    struct span type = offset < BEFORE ? (struct span){0} : span_part(bytes, offset - BEFORE, SIZE);
    uint64_t size = 0, pointers = 0, equal = 0, masks = 0;
    uint32_t name = 0;
    if (!type.data)
        return false;
    const uint8_t *small = type.data + SIZES; /* flags, alignments, kind */
    span_u64(type, 0, &size);
    span_u64(type, 8, &pointers);
    span_u64(type, 24, &equal);
    span_u64(type, 32, &masks);
    span_u32(type, BEFORE, &name);
    return pointers <= size && small[0] <= FLAGS_MAX && size_valid(small[1]) &&
           size_valid(small[2]) && (small[3] & KIND_MASK) != 0 &&
           (small[3] & KIND_MASK) <= KIND_MAX && (!equal || elf_segment_at(&bin->elf, equal)) &&
           (!masks || elf_segment_at(&bin->elf, masks)) && is_name(bin, name);
}

/* Function values and tables hold addresses of functions. */
static void data_check(struct search *s)
{
    const struct elf *e = &s->bin->elf;
    for (size_t k = 0; k < e->nrelatives; k++)
        address_known(s, wanted(s, e->relatives[k].value));
    for (size_t k = 0; k < e->nsegments; k++) {
        struct span bytes = e->segments[k].contents;
        uint64_t word;
        for (size_t at = 0; e->segments[k].type == PT_LOAD && span_u64(bytes, at, &word); at += 8)
            if (UNLIKELY(word >= s->lowest && word <= s->highest) &&
                !is_type_word(s->bin, bytes, at))
                address_known(s, wanted(s, word));
    }
}

static void search_all(struct search *s)
{
    text_walk(s, INSN_SYSCALL, each_trap);
    for (size_t first = 0; first < s->nwrappers && !s->out->unknown; first = s->end) {
        want_from(s, first);
        text_walk(s, INSN_CALL, each_call);
    }
    want_from(s, 0);
    if (s->nwrappers && !s->out->unknown) {
        text_walk(s, INSN_ADDRESS, each_address);
        data_check(s);
    }
}

static bool writable_code(const struct elf *e)
{
    for (size_t k = 0; k < e->nsegments; k++)
        if (e->segments[k].type == PT_LOAD &&
            (e->segments[k].flags & (PF_W | PF_X)) == (PF_W | PF_X))
            return true;
    return false;
}

int reach_find(struct reach *r, struct gobin *bin)
{
    struct search s = {.out = r, .bin = bin, .isa = isa_of(bin->elf.machine)};
    *r = (struct reach){0};
    if (!s.isa->may_change)
        give_up(&s, "is for a machine whose code isn't followed", NULL);
    else if (elf_needs_loader(&bin->elf))
        give_up(&s, "needs a dynamic loader", NULL);
    else if (writable_code(&bin->elf))
        give_up(&s, "has code that it can change", NULL);
    else
        search_all(&s);
    number_add(&s, RT_SIGRETURN, NULL);
    origin_free(&s.code);
    return s.rc;
}
