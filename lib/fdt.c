/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One walk over the structure block. Properties come before child nodes (Devicetree
 * Specification 5.4.2), so a node is complete, and is visited, at its first child or its end.
 *
 * Speed: a property's name is an offset into the strings block and the same few dozen names come
 * again in every node, so what an offset means is looked up once and remembered in a small
 * direct-mapped cache.
 */
#include "lib/fdt.h"
#include "lib/str.h"

enum token {
    TOKEN_BEGIN_NODE = 1,
    TOKEN_END_NODE = 2,
    TOKEN_PROP = 3,
    TOKEN_NOP = 4,
    TOKEN_END = 9,
};

enum {
    HEADER_BYTES = 40,
    VERSION = 17,
    CACHE_SLOTS = 64,
};

#define MAGIC UINT32_C(0xd00dfeed)

/* Names that the walk itself needs, numbered behind the caller's. */
enum { NAME_ADDRESS_CELLS = FDT_NAMES_MAX, NAME_SIZE_CELLS, NAME_OTHER };

struct walk {
    const struct fdt *fdt;
    const char *const *names;
    unsigned count;
    fdt_visit_fn *visit;
    void *arg;

    uint32_t at, end; /* offsets into the blob */
    unsigned depth;   /* of the node being read, 0 the root */
    bool open;        /* inside a node */
    bool pending;     /* it has not been visited yet */
    uint8_t address_cells[FDT_DEPTH_MAX + 1],
        size_cells[FDT_DEPTH_MAX + 1]; /* [d]: for children of the node at depth d - 1 */
    uint32_t cached_offset[CACHE_SLOTS];
    uint8_t cached_name[CACHE_SLOTS];
    struct fdt_node node;
};

static inline uint32_t load_be32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return __builtin_bswap32(v);
}

static inline uint64_t load_be64(const uint8_t *p)
{
    return (uint64_t)load_be32(p) << 32 | load_be32(p + 4);
}

static bool within(uint32_t offset, uint32_t size, uint32_t limit)
{
    return offset <= limit && size <= limit - offset;
}

/* Entries up to the all-zero one; false when it is missing. */
static bool count_reservations(struct fdt *f)
{
    for (f->reserve_count = 0;; f->reserve_count++) {
        uint64_t at = f->reserve_offset + (uint64_t)f->reserve_count * 16;

        if (at + 16 > f->size_bytes)
            return false;
        if (!load_be64(f->blob + at) && !load_be64(f->blob + at + 8))
            return true;
    }
}

static int check_blocks(struct fdt *f)
{
    const uint8_t *b = f->blob;

    f->struct_offset = load_be32(b + 8);
    f->strings_offset = load_be32(b + 12);
    f->reserve_offset = load_be32(b + 16);
    f->strings_size = load_be32(b + 32);
    f->struct_size = load_be32(b + 36);
    if (!within(f->struct_offset, f->struct_size, f->size_bytes) ||
        !within(f->strings_offset, f->strings_size, f->size_bytes) || !count_reservations(f))
        return FDT_TRUNCATED;
    if (!IS_ALIGNED(f->struct_offset, 4) || !IS_ALIGNED(f->reserve_offset, 8))
        return FDT_STRUCTURE;
    /* An ended block makes every name in it an ended string. */
    if (f->strings_size && b[f->strings_offset + f->strings_size - 1])
        return FDT_STRUCTURE;
    return FDT_OK;
}

int fdt_open(struct fdt *fdt, const void *blob, size_t limit_bytes)
{
    const uint8_t *b = blob;

    if (!b || !IS_ALIGNED((uintptr_t)b, 4))
        return FDT_MAGIC;
    if (limit_bytes < HEADER_BYTES)
        return FDT_TRUNCATED;
    if (load_be32(b) != MAGIC)
        return FDT_MAGIC;
    *fdt = (struct fdt){.blob = b, .size_bytes = load_be32(b + 4)};
    if (load_be32(b + 20) < VERSION || load_be32(b + 24) > VERSION)
        return FDT_VERSION;
    if (fdt->size_bytes < HEADER_BYTES || fdt->size_bytes > limit_bytes)
        return FDT_TRUNCATED;
    return check_blocks(fdt);
}

/* Which name stands at that offset of the strings block, by comparing. */
static unsigned find_name(const struct walk *w, uint32_t offset)
{
    const char *s = (const char *)w->fdt->blob + w->fdt->strings_offset + offset;

    if (!strcmp(s, "#address-cells"))
        return NAME_ADDRESS_CELLS;
    if (!strcmp(s, "#size-cells"))
        return NAME_SIZE_CELLS;
    for (unsigned i = 0; i < w->count; i++)
        if (*w->names[i] == *s && !strcmp(w->names[i], s))
            return i;
    return NAME_OTHER;
}

static inline unsigned name_at(struct walk *w, uint32_t offset)
{
    unsigned slot = offset * 0x9e3779b1u >> 26;
    _Static_assert(CACHE_SLOTS == 1 << 6, "as many bits");

    if (UNLIKELY(w->cached_offset[slot] != offset)) {
        w->cached_name[slot] = (uint8_t)find_name(w, offset);
        w->cached_offset[slot] = offset;
    }
    return w->cached_name[slot];
}

/* A cell count above 2 can't be read as a number; it is kept, and fdt_reg refuses it. */
static uint8_t cell_count(const struct fdt_value *v)
{
    return v->size_bytes == 4 ? (uint8_t)MIN(load_be32(v->data), 255u) : 255;
}

static int read_prop(struct walk *w)
{
    const uint8_t *p = w->fdt->blob + w->at;
    struct fdt_value v;

    if (!w->open || !w->pending)
        return FDT_STRUCTURE;
    if (w->end - w->at < 8)
        return FDT_TRUNCATED;
    v = (struct fdt_value){p + 8, load_be32(p)};
    uint32_t offset = load_be32(p + 4);
    if (v.size_bytes > w->end - w->at - 8 || offset >= w->fdt->strings_size)
        return FDT_TRUNCATED;
    w->at += 8 + ALIGN_UP(v.size_bytes, 4u);

    unsigned name = name_at(w, offset);
    if (name < FDT_NAMES_MAX) {
        w->node.value[name] = v;
        w->node.present |= UINT32_C(1) << name;
    }
    if (name == NAME_ADDRESS_CELLS)
        w->address_cells[w->depth + 1] = cell_count(&v);
    else if (name == NAME_SIZE_CELLS)
        w->size_cells[w->depth + 1] = cell_count(&v);
    return FDT_OK;
}

static int visit_pending(struct walk *w)
{
    if (!w->pending)
        return 0;
    w->pending = false;
    w->node.address_cells = w->address_cells[w->depth];
    w->node.size_cells = w->size_cells[w->depth];
    w->node.child_address_cells = w->address_cells[w->depth + 1];
    w->node.child_size_cells = w->size_cells[w->depth + 1];
    return w->visit(w->arg, &w->node);
}

/* Names begin at a multiple of 4: look for the NUL by the word, then by the byte. */
static bool name_length(const char *name, uint32_t room, uint32_t *length)
{
    uint32_t n = 0, v;

    for (; n + sizeof(v) <= room; n += sizeof(v)) {
        memcpy(&v, name + n, sizeof(v));
        if ((v - 0x01010101u) & ~v & 0x80808080u)
            break;
    }
    while (n < room && name[n])
        n++;
    *length = n;
    return n < room;
}

static int begin_node(struct walk *w)
{
    const char *name = (const char *)w->fdt->blob + w->at;
    uint32_t room = w->end - w->at, length = 0;
    int err = visit_pending(w);

    if (err)
        return err;
    if (!name_length(name, room, &length))
        return FDT_STRUCTURE;
    if (w->open && ++w->depth >= FDT_DEPTH_MAX)
        return FDT_DEEP;
    w->at += ALIGN_UP(length + 1, 4u);
    w->open = w->pending = true;
    w->node.name = name;
    w->node.depth = w->depth;
    w->node.present = 0;
    w->address_cells[w->depth + 1] = 2;
    w->size_cells[w->depth + 1] = 1;
    return FDT_OK;
}

/* *done: that was the root. */
static int end_node(struct walk *w, bool *done)
{
    int err = visit_pending(w);

    if (err)
        return err;
    if (!w->open)
        return FDT_STRUCTURE;
    *done = w->depth == 0;
    w->depth -= !*done;
    return FDT_OK;
}

static int walk_tokens(struct walk *w)
{
    bool done = false;
    int err = FDT_OK;

    while (!err && !done) {
        if (w->at > w->end || w->end - w->at < 4)
            return FDT_TRUNCATED;
        uint32_t token = load_be32(w->fdt->blob + w->at);
        w->at += 4;
        switch (token) {
        case TOKEN_PROP:
            err = read_prop(w);
            break;
        case TOKEN_BEGIN_NODE:
            err = begin_node(w);
            break;
        case TOKEN_END_NODE:
            err = end_node(w, &done);
            break;
        case TOKEN_NOP:
            break;
        default:
            err = FDT_STRUCTURE;
        }
    }
    return err;
}

int fdt_walk(const struct fdt *fdt, const char *const *names, unsigned count, fdt_visit_fn *visit,
             void *arg)
{
    struct walk w;

    /* Not one initialiser: the node's values are valid by `present` only and needn't be cleared. */
    w.fdt = fdt;
    w.names = names;
    w.count = MIN(count, (unsigned)FDT_NAMES_MAX);
    w.visit = visit;
    w.arg = arg;
    w.at = fdt->struct_offset;
    w.end = fdt->struct_offset + fdt->struct_size;
    w.depth = 0;
    w.open = w.pending = false;
    w.address_cells[0] = 2;
    w.size_cells[0] = 1;
    memset(w.cached_offset, 0xff, sizeof(w.cached_offset));
    return walk_tokens(&w);
}

bool fdt_reserved(const struct fdt *fdt, unsigned i, uint64_t *start, uint64_t *size_bytes)
{
    if (i >= fdt->reserve_count)
        return false;
    *start = load_be64(fdt->blob + fdt->reserve_offset + (size_t)i * 16);
    *size_bytes = load_be64(fdt->blob + fdt->reserve_offset + (size_t)i * 16 + 8);
    return true;
}

bool fdt_u32(const struct fdt_value *v, unsigned index, uint32_t *out)
{
    if (!v || index >= v->size_bytes / 4)
        return false;
    *out = load_be32(v->data + (size_t)index * 4);
    return true;
}

bool fdt_u64(const struct fdt_value *v, uint64_t *out)
{
    if (!v || (v->size_bytes != 4 && v->size_bytes != 8))
        return false;
    *out = v->size_bytes == 4 ? load_be32(v->data) : load_be64(v->data);
    return true;
}

/* `cells` (0, 1 or 2) cells as one number; none is 0. */
static uint64_t load_cells(const uint8_t *p, unsigned cells)
{
    return cells == 0 ? 0 : cells == 1 ? load_be32(p) : load_be64(p);
}

bool fdt_reg(const struct fdt_node *n, unsigned name, unsigned index, uint64_t *address,
             uint64_t *size_bytes)
{
    const struct fdt_value *v = fdt_prop(n, name);
    size_t pair = 4u * (n->address_cells + n->size_cells);

    if (!v || n->address_cells > 2 || n->size_cells > 2 || !pair || index >= v->size_bytes / pair)
        return false;
    *address = load_cells(v->data + index * pair, n->address_cells);
    *size_bytes = load_cells(v->data + index * pair + 4u * n->address_cells, n->size_cells);
    return true;
}

const char *fdt_string(const struct fdt_value *v)
{
    if (!v || !v->size_bytes || v->data[v->size_bytes - 1])
        return NULL;
    return (const char *)v->data;
}

const char *fdt_next_string(const struct fdt_value *v, const char *after, size_t *length)
{
    const char *p = after ? after + strlen(after) + 1 : fdt_string(v);
    if (!p || p == (const char *)v->data + v->size_bytes)
        return NULL;
    *length = strlen(p);
    return p;
}

bool fdt_has_string(const struct fdt_value *v, const char *s)
{
    size_t length, wanted = strlen(s);
    for (const char *p = NULL; (p = fdt_next_string(v, p, &length));)
        if (length == wanted && !memcmp(p, s, length))
            return true;
    return false;
}

bool fdt_name_is(const struct fdt_node *n, const char *s)
{
    size_t length = strlen(s);

    return !strncmp(n->name, s, length) && (n->name[length] == 0 || n->name[length] == '@');
}

const char *fdt_error_text(int error)
{
    switch (error) {
    case FDT_OK:
        return "is in order";
    case FDT_MAGIC:
        return "is not there or does not begin as one";
    case FDT_VERSION:
        return "has a version other than 17";
    case FDT_TRUNCATED:
        return "ends too early";
    case FDT_DEEP:
        return "is nested too deeply";
    default:
        return "has a broken structure";
    }
}
