/* SPDX-License-Identifier: Apache-2.0 */
/* Source: Go's runtime/symtab.go and internal/abi/symtab.go, releases 1.18 to 1.26. */
#include "gobin/pclntab.h"

#include <errno.h>

#define MAGIC_GO12  0xfffffffb
#define MAGIC_GO116 0xfffffffa
#define MAGIC_GO118 0xfffffff0
#define MAGIC_GO120 0xfffffff1

/* Header: magic, 2 zero bytes, quantum, pointer size, then words. */
enum {
    HEADER_NFUNCS = 8,
    HEADER_TEXT = 24,
    HEADER_NAMES = 32,
    HEADER_CUTAB = 40,
    HEADER_FILES = 48,
    HEADER_PCTAB = 56,
    HEADER_FUNCS = 64,
    HEADER_SIZE = 72,
};

/* A function record: words entry, name, args, deferreturn, pcsp, pcfile, pcln, npcdata, cu, [start
 * line since 1.20], bytes id, flags, 0, nfuncdata; then npcdata and nfuncdata words. */
enum {
    FUNC_ENTRY = 0,
    FUNC_NAME = 4,
    FUNC_ARGS = 8,
    FUNC_PCSP = 16,
    FUNC_PCFILE = 20,
    FUNC_PCLN = 24,
    FUNC_NPCDATA = 28,
    FUNC_CU = 32,
    FUNC_BYTES_GO118 = 36,
    FUNC_BYTES_GO120 = 40,
};

enum { PCDATA_INLINE = 2, FUNCDATA_INLINE = 3 };
enum { INDEX_ENTRY = 8, NO_FILE = 0xffffffff };

/* A record of the inline tree: where its words are. Before 1.20 it carried its own position in
 * place of name only. */
struct inline_layout {
    uint8_t size, name, parent_pc;
};
static const struct inline_layout inline_go118 = {20, 12, 16};
static const struct inline_layout inline_go120 = {16, 4, 8};

static int magic_check(struct pclntab *t, uint32_t magic, struct gobin_error *err)
{
    switch (magic) {
    case MAGIC_GO118:
    case MAGIC_GO120:
        t->go120 = magic == MAGIC_GO120;
        return 0;
    case MAGIC_GO12:
    case MAGIC_GO116:
        return gobin_fail(err, ENOEXEC,
                          "built by Go 1.17 or older: build it with Go 1.18 or newer");
    }
    return gobin_fail(
        err, ENOEXEC,
        "the function table has the unknown magic %#x: a newer Go than this reader knows", magic);
}

/* Functions that don't overlap: whoever walks all of them walks the text once. */
static bool in_order(const struct pclntab *t)
{
    uint32_t before = 0, entry;
    for (uint64_t i = 0; i <= t->nfuncs; i++, before = entry)
        if (!span_u32(t->funcs, i * INDEX_ENTRY, &entry) || entry < before)
            return false;
    return true;
}

int pclntab_parse(struct pclntab *t, struct span table, struct gobin_error *err)
{
    *t = (struct pclntab){0};
    uint32_t magic;
    if (!span_u32(table, 0, &magic) || table.size < HEADER_SIZE)
        return gobin_fail(err, EINVAL, "the function table is cut off");
    int rc = magic_check(t, magic, err);
    if (rc != 0)
        return rc;
    t->quantum = table.data[6];
    if (table.data[7] != sizeof(uint64_t) ||
        (t->quantum != 1 && t->quantum != 2 && t->quantum != 4))
        return gobin_fail(err, ENOEXEC, "the function table isn't one of a 64-bit machine");
    uint64_t words[HEADER_SIZE / 8];
    memcpy(words, table.data, sizeof(words));
    t->text = t->text_header = words[HEADER_TEXT / 8];
    t->names = span_from(table, words[HEADER_NAMES / 8]);
    t->cutab = span_from(table, words[HEADER_CUTAB / 8]);
    t->files = span_from(table, words[HEADER_FILES / 8]);
    t->pctab = span_from(table, words[HEADER_PCTAB / 8]);
    t->funcs = span_from(table, words[HEADER_FUNCS / 8]);
    uint64_t nfuncs = words[HEADER_NFUNCS / 8];
    if (nfuncs == 0 || nfuncs > UINT32_MAX || nfuncs >= t->funcs.size / INDEX_ENTRY ||
        !t->pctab.data || !t->names.data)
        return gobin_fail(err, EINVAL,
                          "the function table's header contradicts its size: the file is damaged");
    t->nfuncs = (uint32_t)nfuncs;
    return in_order(t)
               ? 0
               : gobin_fail(err, EINVAL, "the function table isn't in order: the file is damaged");
}

static bool index_entry(const struct pclntab *t, uint32_t index, uint32_t *entry, uint32_t *record)
{
    uint64_t at = (uint64_t)index * INDEX_ENTRY;
    return span_u32(t->funcs, at, entry) && span_u32(t->funcs, at + 4, record);
}

int pclntab_func(const struct pclntab *t, uint32_t index, struct gofunc *out)
{
    uint32_t entry, record, end;
    if (index >= t->nfuncs || !index_entry(t, index, &entry, &record) ||
        !span_u32(t->funcs, ((uint64_t)index + 1) * INDEX_ENTRY, &end))
        return -EINVAL;
    uint32_t bytes_at = t->go120 ? FUNC_BYTES_GO120 : FUNC_BYTES_GO118;
    struct span r = span_part(t->funcs, record, bytes_at + 4);
    uint32_t name;
    if (!r.data)
        return -EINVAL;
    struct gofunc f = {
        .index = index, .entry = t->text + entry, .end = t->text + end, .offset = record};
    span_u32(r, FUNC_NAME, &name);
    span_u32(r, FUNC_ARGS, (uint32_t *)&f.args);
    span_u32(r, FUNC_PCSP, &f.pcsp);
    span_u32(r, FUNC_PCFILE, &f.pcfile);
    span_u32(r, FUNC_PCLN, &f.pcln);
    span_u32(r, FUNC_NPCDATA, &f.npcdata);
    span_u32(r, FUNC_CU, &f.cu);
    f.id = r.data[bytes_at];
    f.flags = r.data[bytes_at + 1];
    f.nfuncdata = r.data[bytes_at + 3];
    f.name = span_string(t->names, name);
    if (!f.name)
        return -EINVAL;
    *out = f;
    return 0;
}

int pclntab_find(const struct pclntab *t, vaddr_t pc, struct gofunc *out)
{
    if (pc < t->text || pc - t->text > UINT32_MAX)
        return -ENOENT;
    uint32_t offset = (uint32_t)(pc - t->text), low = 0, high = t->nfuncs, entry, record;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (!index_entry(t, middle, &entry, &record))
            return -ENOENT;
        if (entry <= offset)
            low = middle;
        else
            high = middle;
    }
    struct gofunc f;
    if (pclntab_func(t, low, &f) != 0 || pc < f.entry || pc >= f.end)
        return -ENOENT;
    *out = f;
    return 0;
}

int pclntab_find_name(const struct pclntab *t, const char *name, struct gofunc *out)
{
    for (uint32_t i = 0; i < t->nfuncs; i++)
        if (pclntab_func(t, i, out) == 0 && strcmp(out->name, name) == 0)
            return 0;
    return -ENOENT;
}

/* A pc-value table is a run of (value change, pc change) pairs, both base 128, the first zigzag.
 * Its value at pc is the one of the pair that reaches beyond pc. */
static int value_at(const struct pclntab *t, uint32_t table, vaddr_t entry, vaddr_t pc,
                    int32_t *out)
{
    if (table == 0)
        return -ENOENT;
    size_t at = table;
    uint32_t value = UINT32_MAX; /* -1 */
    vaddr_t reached = entry;
    uint32_t change, step;
    while (span_varint(t->pctab, &at, &change) && (change != 0 || reached == entry)) {
        value += change & 1 ? ~(change >> 1) : change >> 1;
        if (!span_varint(t->pctab, &at, &step) || step == 0)
            break;
        reached += (vaddr_t)step * t->quantum;
        if (pc < reached) {
            *out = (int32_t)value;
            return 0;
        }
    }
    return -ENOENT;
}

int pclntab_frame_size(const struct pclntab *t, const struct gofunc *f, vaddr_t pc, int32_t *out)
{
    return value_at(t, f->pcsp, f->entry, pc, out);
}

static const char *file_name(const struct pclntab *t, const struct gofunc *f, vaddr_t pc)
{
    int32_t number;
    uint32_t offset;
    if (value_at(t, f->pcfile, f->entry, pc, &number) != 0 || number < 0 ||
        !span_u32(t->cutab, ((uint64_t)f->cu + (uint32_t)number) * 4, &offset) || offset == NO_FILE)
        return "?";
    const char *name = span_string(t->files, offset);
    return name ? name : "?";
}

static int line_number(const struct pclntab *t, const struct gofunc *f, vaddr_t pc)
{
    int32_t line;
    return value_at(t, f->pcln, f->entry, pc, &line) == 0 && line > 0 ? line : 0;
}

/* The inline tree of f: empty where it has none. */
static struct span inline_tree(const struct pclntab *t, const struct gofunc *f)
{
    uint32_t fixed = (t->go120 ? FUNC_BYTES_GO120 : FUNC_BYTES_GO118) + 4;
    uint64_t at = (uint64_t)f->offset + fixed + 4 * ((uint64_t)f->npcdata + FUNCDATA_INLINE);
    uint32_t where;
    if (f->nfuncdata <= FUNCDATA_INLINE || !span_u32(t->funcs, at, &where) || where == UINT32_MAX)
        return (struct span){0};
    return span_from(t->funcdata, where);
}

static int inline_index(const struct pclntab *t, const struct gofunc *f, vaddr_t pc, int32_t *out)
{
    uint32_t fixed = (t->go120 ? FUNC_BYTES_GO120 : FUNC_BYTES_GO118) + 4, table;
    if (f->npcdata <= PCDATA_INLINE ||
        !span_u32(t->funcs, (uint64_t)f->offset + fixed + 4 * PCDATA_INLINE, &table))
        return -ENOENT;
    return value_at(t, table, f->entry, pc, out);
}

/* The inlined call that pc belongs to: its name, and a pc inside of f whose position is that of the
 * call. */
static bool inline_step(const struct pclntab *t, const struct gofunc *f, struct span tree,
                        vaddr_t *pc, const char **name)
{
    const struct inline_layout *l = t->go120 ? &inline_go120 : &inline_go118;
    int32_t index;
    uint32_t name_at, parent;
    if (!tree.data || inline_index(t, f, *pc, &index) != 0 || index < 0)
        return false;
    struct span record = span_part(tree, (uint64_t)(uint32_t)index * l->size, l->size);
    if (!span_u32(record, l->name, &name_at) || !span_u32(record, l->parent_pc, &parent))
        return false;
    *name = span_string(t->names, name_at);
    *pc = f->entry + parent;
    return *name != NULL;
}

size_t pclntab_positions(const struct pclntab *t, const struct gofunc *f, vaddr_t pc,
                         struct gopos *out, size_t max)
{
    struct span tree = inline_tree(t, f);
    size_t n = 0;
    while (n < max) {
        out[n] = (struct gopos){f->name, file_name(t, f, pc), line_number(t, f, pc)};
        if (!inline_step(t, f, tree, &pc, &out[n++].func))
            break;
    }
    return n;
}
