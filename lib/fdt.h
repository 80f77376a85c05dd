/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader of flattened device trees (Devicetree Specification v0.4, chapter 5; version 17 and those
 * compatible with it). One walk visits every node once, with the properties that the caller named
 * already gathered, so a boot scans the whole tree in a few ten thousand instructions. No
 * allocation, no state; the blob is not trusted: every read is bounds-checked and a bad tree is an
 * error.
 *
 *     enum { P_COMPATIBLE, P_REG, P_COUNT };
 *     static const char *const names[P_COUNT] = {[P_COMPATIBLE] = "compatible", [P_REG] = "reg"};
 *     static int visit(void *arg, const struct fdt_node *n)
 *     {
 *         if (fdt_has_string(fdt_prop(n, P_COMPATIBLE), "arm,pl011") && fdt_reg(n, P_REG, 0, &base,
 * &size))
 *             ...
 *         return 0;
 *     }
 *     err = fdt_open(&fdt, blob, limit_bytes);
 *     err = err ? err : fdt_walk(&fdt, names, P_COUNT, visit, arg);
 */
#ifndef LIB_FDT_H
#define LIB_FDT_H

#include "lib/types.h"

#define FDT_DEPTH_MAX 12 /* deeper nesting is FDT_DEEP */
#define FDT_NAMES_MAX 32 /* properties that one walk can gather */

enum fdt_error {
    FDT_OK = 0,
    FDT_MAGIC = -1,     /* not a device tree */
    FDT_VERSION = -2,   /* a version that can't be read as 17 */
    FDT_TRUNCATED = -3, /* a block or a value reaches beyond the blob */
    FDT_STRUCTURE = -4, /* tokens in an impossible order, an unknown token, an unended name */
    FDT_DEEP = -5,      /* nested deeper than FDT_DEPTH_MAX */
};

struct fdt {
    const uint8_t *blob;
    uint32_t size_bytes; /* of the whole blob, as its header says */
    uint32_t struct_offset, struct_size;
    uint32_t strings_offset, strings_size;
    uint32_t reserve_offset, reserve_count;
};

struct fdt_value {
    const uint8_t *data; /* big-endian, not NULL when the property is present (even if empty) */
    uint32_t size_bytes;
};

struct fdt_node {
    const char *name;                              /* "memory@40000000"; the root's is "" */
    unsigned depth;                                /* 0: the root */
    uint8_t address_cells, size_cells;             /* of the parent: how this node's reg is read */
    uint8_t child_address_cells, child_size_cells; /* this node's own #address-cells and #size-cells
                                                      (2 and 1 where not given) */
    uint32_t present;                              /* bit i: value[i] is there */
    struct fdt_value value[FDT_NAMES_MAX];
};

/*
 * fdt_open - check the header of the tree at blob. limit_bytes: how much memory may be read
 * (SIZE_MAX when unknown). 0 or FDT_MAGIC, FDT_VERSION, FDT_TRUNCATED. The blob must be 4-byte
 * aligned (FDT_MAGIC if it is not).
 */
int fdt_open(struct fdt *fdt, const void *blob, size_t limit_bytes) MUST_CHECK;

/* Called once per node, parents before children, when all its properties are known. Not 0 ends the
 * walk with that result. */
typedef int fdt_visit_fn(void *arg, const struct fdt_node *node);

/* fdt_walk - visit every node. names: what to gather, at most FDT_NAMES_MAX; #address-cells and
 * #size-cells come as child_address_cells and child_size_cells. 0, visit's result, or enum
 * fdt_error. */
int fdt_walk(const struct fdt *fdt, const char *const *names, unsigned count, fdt_visit_fn *visit,
             void *arg) MUST_CHECK;

/* fdt_reserved - entry i of the memory reservation block: false when there are no more. */
bool fdt_reserved(const struct fdt *fdt, unsigned i, uint64_t *start, uint64_t *size_bytes);

/* fdt_prop - the gathered property `name` (its index in names), or NULL when the node has none. */
static inline const struct fdt_value *fdt_prop(const struct fdt_node *n, unsigned name)
{
    return n->present >> name & 1 ? &n->value[name] : NULL;
}

/* The readers below take v == NULL (absent) and say false. */

/* fdt_u32 - cell `index` of v. fdt_u64 - v as one number of one or two cells. */
bool fdt_u32(const struct fdt_value *v, unsigned index, uint32_t *out);
bool fdt_u64(const struct fdt_value *v, uint64_t *out);

/* fdt_reg - pair `index` of the property `name`, read as this node's reg (the parent's cell counts,
 * at most 2 each). */
bool fdt_reg(const struct fdt_node *n, unsigned name, unsigned index, uint64_t *address,
             uint64_t *size_bytes);

/* fdt_string - v as a NUL-ended string, or NULL. */
const char *fdt_string(const struct fdt_value *v);

/* fdt_next_string - the string behind `after` (NULL: the first) of a list of strings, and its
 * length; NULL when there is none. */
const char *fdt_next_string(const struct fdt_value *v, const char *after, size_t *length);

/* fdt_has_string - whether the list of strings v has s (compatible). */
bool fdt_has_string(const struct fdt_value *v, const char *s);

/* fdt_name_is - whether the node's name without its unit address is s. */
bool fdt_name_is(const struct fdt_node *n, const char *s);

/* fdt_error_text - a result of fdt_open or fdt_walk as the end of a sentence: "the device tree
 * ...". */
const char *fdt_error_text(int error);

#endif
