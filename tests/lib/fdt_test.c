/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device trees: random ones, made by a writer of this file from the Devicetree Specification
 * (chapter 5), are read back and compared with what was written; then broken ones.
 * (tests/drivers/machine.sh compares real trees of QEMU with dtc's reading.)
 */
#include "lib/fdt.h"
#include "tests/fake/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { NODES_MAX = 200, BLOB_MAX = 1 << 18, WANTED = 5 };

static const char *const wanted[WANTED] = {"reg", "compatible", "interrupts", "status", "rng-seed"};
static const char *const other[] = {"clock-names", "regulator", "#clock-cells", "phandle",
                                    "r",           "",          "statusx"};

struct prop {
    bool there;
    uint32_t size;
    uint8_t data[64];
};

struct node {
    char name[24];
    unsigned depth, address_cells, size_cells, child_address_cells, child_size_cells;
    struct prop props[WANTED];
};

static struct node nodes[NODES_MAX];
static unsigned node_count, visited;
static uint8_t blob[BLOB_MAX] __attribute__((aligned(8)));

/* ---- the writer ---- */

static uint8_t structure[BLOB_MAX / 2], strings[4096];
static uint32_t structure_size, strings_size;

static void put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void token(uint32_t t)
{
    put32(structure + structure_size, t);
    structure_size += 4;
}

static void raw(const void *data, uint32_t size)
{
    memcpy(structure + structure_size, data, size);
    memset(structure + structure_size + size, 0, 4);
    structure_size += (size + 3) & ~3u;
}

/* Sometimes a new copy of a name that is there already: allowed, and it defeats a reader that
 * trusts one offset per name. */
static uint32_t string_offset(const char *s)
{
    for (uint32_t at = 0; at < strings_size && (random_below(20) || strings_size > 3000);
         at += (uint32_t)strlen((char *)strings + at) + 1)
        if (!strcmp((char *)strings + at, s))
            return at;
    uint32_t at = strings_size;
    strcpy((char *)strings + at, s);
    strings_size += (uint32_t)strlen(s) + 1;
    return at;
}

static void put_prop(const char *name, const void *data, uint32_t size)
{
    while (random_below(10) == 0)
        token(4);
    token(3);
    token(size);
    token(string_offset(name));
    raw(data, size);
}

static void put_cells(const char *name, unsigned v)
{
    uint8_t b[4];

    put32(b, v);
    put_prop(name, b, 4);
}

static void put_random_props(struct node *n)
{
    uint8_t junk[100];

    for (unsigned i = 0; i < WANTED; i++) {
        struct prop *p = &n->props[i];
        *p = (struct prop){.there = random_below(2)};
        if (random_below(3) == 0)
            put_prop(other[random_below(7)], junk, (uint32_t)random_below(100));
        if (!p->there)
            continue;
        p->size = (uint32_t)random_below(64);
        for (unsigned b = 0; b < p->size; b++)
            p->data[b] = (uint8_t)random_next();
        put_prop(wanted[i], p->data, p->size);
    }
}

static void put_node(unsigned depth, unsigned address_cells, unsigned size_cells)
{
    struct node *n = &nodes[node_count++];

    *n = (struct node){.depth = depth, .address_cells = address_cells, .size_cells = size_cells};
    n->child_address_cells = 2;
    n->child_size_cells = 1;
    if (depth)
        snprintf(n->name, sizeof(n->name), "node%u@%x", (unsigned)random_below(9), node_count);
    token(1);
    raw(n->name, (uint32_t)strlen(n->name) + 1);
    if (random_below(2))
        put_cells("#address-cells", n->child_address_cells = (unsigned)random_below(4));
    put_random_props(n);
    if (random_below(2))
        put_cells("#size-cells", n->child_size_cells = (unsigned)random_below(4));
    while (depth + 1 < FDT_DEPTH_MAX && node_count < NODES_MAX && random_below(3))
        put_node(depth + 1, n->child_address_cells, n->child_size_cells);
    token(2);
}

static uint32_t finish(void)
{
    uint32_t reserve = 40, at = reserve + 48, total;

    token(9);
    memset(blob, 0, sizeof(blob));
    memcpy(blob + at, structure, structure_size);
    memcpy(blob + at + structure_size, strings, strings_size);
    total = at + structure_size + strings_size;
    put32(blob + reserve + 4, 0x1000);
    put32(blob + reserve + 12, 0x2000);
    put32(blob + reserve + 16, 1); /* 0x1_00000000 */
    put32(blob + reserve + 28, 0x3000);
    const uint32_t header[] = {0xd00dfeed, total, at, at + structure_size, reserve,
                               17,         16,    0,  strings_size,        structure_size};
    for (unsigned i = 0; i < 10; i++)
        put32(blob + 4 * i, header[i]);
    return total;
}

static uint32_t random_tree(void)
{
    node_count = structure_size = strings_size = 0;
    put_node(0, 2, 1);
    return finish();
}

/* ---- comparing ---- */

static uint64_t number(const uint8_t *p, unsigned cells)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < cells * 4; i++)
        v = v << 8 | p[i];
    return v;
}

static void compare_reg(const struct node *n, const struct fdt_node *got)
{
    unsigned pair = n->address_cells + n->size_cells;

    for (unsigned i = 0; i < 20; i++) {
        uint64_t a, s;
        bool expected = n->props[0].there && pair && n->address_cells <= 2 && n->size_cells <= 2 &&
                        (i + 1) * pair * 4 <= n->props[0].size;
        assert_int_equal(fdt_reg(got, 0, i, &a, &s), expected);
        if (!expected)
            continue;
        assert_int_equal(a, number(n->props[0].data + i * pair * 4, n->address_cells));
        assert_int_equal(
            s, number(n->props[0].data + i * pair * 4 + n->address_cells * 4, n->size_cells));
    }
}

static int compare(void *arg, const struct fdt_node *got)
{
    const struct node *n = &nodes[visited++];
    char name[24];

    (void)arg;
    assert_string_equal(got->name, n->name);
    assert_int_equal(got->depth, n->depth);
    assert_int_equal(got->address_cells, n->address_cells);
    assert_int_equal(got->size_cells, n->size_cells);
    assert_int_equal(got->child_address_cells, n->child_address_cells);
    assert_int_equal(got->child_size_cells, n->child_size_cells);
    for (unsigned i = 0; i < WANTED; i++) {
        const struct fdt_value *v = fdt_prop(got, i);
        assert_int_equal(v != NULL, n->props[i].there);
        if (!v)
            continue;
        assert_int_equal(v->size_bytes, n->props[i].size);
        assert_memory_equal(v->data, n->props[i].data, v->size_bytes);
    }
    compare_reg(n, got);
    if (n->depth) {
        snprintf(name, sizeof(name), "%.5s", n->name);
        assert_true(fdt_name_is(got, name));
        name[4] = 0;
        assert_false(fdt_name_is(got, name));
    }
    return 0;
}

static void random_trees(void **state)
{
    struct fdt fdt;
    uint64_t start, size;

    (void)state;
    random_seed(11);
    for (unsigned i = 0; i < 300; i++) {
        uint32_t total = random_tree();
        assert_int_equal(fdt_open(&fdt, blob, total), 0);
        visited = 0;
        assert_int_equal(fdt_walk(&fdt, wanted, WANTED, compare, NULL), 0);
        assert_int_equal(visited, node_count);
        assert_int_equal(fdt_open(&fdt, blob, total - 1), FDT_TRUNCATED);
    }
    assert_int_equal(fdt_open(&fdt, blob, SIZE_MAX), 0);
    assert_true(fdt_reserved(&fdt, 1, &start, &size));
    assert_int_equal(start, 0x100000000);
    assert_int_equal(size, 0x3000);
    assert_false(fdt_reserved(&fdt, 2, &start, &size));
}

static int stop_at_third(void *arg, const struct fdt_node *n)
{
    (void)n;
    return ++*(int *)arg == 3 ? 77 : 0;
}

static void values(void **state)
{
    static const uint8_t list[] = "arm,pl011\0arm,primecell", cells[] = {0, 0, 0, 1, 0, 0, 0, 2};
    struct fdt_value v = {list, sizeof(list)}, c = {cells, 8}, empty = {list, 0},
                     unended = {list, 5};
    struct fdt fdt;
    uint32_t u;
    uint64_t w;
    int n = 0;

    (void)state;
    assert_true(fdt_has_string(&v, "arm,pl011") && fdt_has_string(&v, "arm,primecell"));
    assert_false(fdt_has_string(&v, "arm,pl01") || fdt_has_string(&v, "arm") ||
                 fdt_has_string(&v, "primecell") || fdt_has_string(&v, ""));
    assert_false(fdt_has_string(NULL, "x") || fdt_has_string(&empty, "") ||
                 fdt_has_string(&unended, "arm,p"));
    assert_string_equal(fdt_string(&v), "arm,pl011");
    assert_null(fdt_string(&unended));
    assert_true(fdt_u32(&c, 1, &u) && u == 2);
    assert_false(fdt_u32(&c, 2, &u) || fdt_u32(NULL, 0, &u));
    assert_true(fdt_u64(&c, &w) && w == 0x100000002);
    assert_false(fdt_u64(&v, &w));
    do
        random_tree();
    while (node_count < 4);
    assert_int_equal(fdt_open(&fdt, blob, SIZE_MAX), 0);
    assert_int_equal(fdt_walk(&fdt, wanted, WANTED, stop_at_third, &n), 77);
    assert_int_equal(n, 3);
}

static int ignore(void *arg, const struct fdt_node *n)
{
    (void)arg, (void)n;
    return 0;
}

static int walk_result(void)
{
    struct fdt fdt;
    int err = fdt_open(&fdt, blob, sizeof(blob));

    return err ? err : fdt_walk(&fdt, wanted, WANTED, ignore, NULL);
}

static void begin(void)
{
    structure_size = 0;
    strings_size = 0;
    string_offset("reg");
}

static void broken_trees(void **state)
{
    (void)state;
    begin();
    assert_true(finish() && walk_result() == FDT_STRUCTURE); /* no root */
    begin(), token(1), raw("", 1);
    assert_true(finish() && walk_result() == FDT_STRUCTURE); /* root not ended: FDT_END comes */
    begin(), token(1), raw("", 1), token(1), raw("a", 2), token(2), put_prop("reg", "", 0),
        token(2);
    assert_true(finish() && walk_result() == FDT_STRUCTURE); /* a property behind a child */
    begin(), token(1), raw("", 1), token(3), token(1000000), token(0);
    assert_true(finish() && walk_result() == FDT_TRUNCATED); /* a value beyond the end */
    begin(), token(1), raw("", 1), token(3), token(0), token(4000000);
    assert_true(finish() && walk_result() == FDT_TRUNCATED); /* a name beyond the strings */
    begin(), token(1), raw("", 1), token(5);
    assert_true(finish() && walk_result() == FDT_STRUCTURE); /* an unknown token */
    begin();
    for (unsigned i = 0; i < 20; i++)
        token(1), raw("x", 2);
    assert_true(finish() && walk_result() == FDT_DEEP);
    begin(), token(1), raw("", 1), token(2), finish();
    assert_int_equal(walk_result(), 0);
    put32(blob + 20, 16);
    assert_int_equal(walk_result(), FDT_VERSION);
    blob[0] = 0;
    assert_int_equal(walk_result(), FDT_MAGIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_trees),
        cmocka_unit_test(values),
        cmocka_unit_test(broken_trees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
