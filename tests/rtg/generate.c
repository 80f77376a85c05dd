/* SPDX-License-Identifier: Apache-2.0 */
/* Prints random programs that RTG and Go share: integer types of all widths, nested expressions,
 * calls, loops, switches, memory. They end, divide by no zero, and print what they computed. The
 * same seed gives the same program. Several programs are one file, whose main runs them in turn: a
 * toolchain that takes its time is started once. generate SEED [COUNT] */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/types.h"

#define MAX_VARS  12
#define MAX_FUNCS 5

struct type {
    const char *name;
    int bits;
    bool is_signed;
};
static const struct type types[] = {
    {"int64", 64, true},   {"int32", 32, true},   {"int16", 16, true},   {"int8", 8, true},
    {"uint64", 64, false}, {"uint32", 32, false}, {"uint16", 16, false}, {"uint8", 8, false}};
#define NTYPES ARRAY_SIZE(types)

struct generator {
    uint64_t state, seed;
    int vars[MAX_VARS]; /* types of v0, v1, ... */
    int nvars;
    int params[MAX_FUNCS]; /* counts of f0, f1, ...: all int64 */
    int nfuncs;
    int loops, indent;
};

static unsigned pick(struct generator *g, unsigned n)
{
    g->state = g->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(g->state >> 33) % n;
}

static void line(struct generator *g)
{
    printf("\n");
    for (int i = 0; i < g->indent; i++)
        printf("\t");
}

static void constant(struct generator *g, int type)
{
    static const int64_t edges[] = {0, 1, 2, 3, 7, 8, 15, 63, 64, 100, 127};
    const struct type *t = &types[type];
    if (pick(g, 3)) {
        printf("%lld", (long long)edges[pick(g, ARRAY_SIZE(edges))]);
        return;
    }
    uint64_t v =
        (uint64_t)pick(g, 1u << 30) << 34 ^ (uint64_t)pick(g, 1u << 30) << 10 ^ pick(g, 1024);
    v >>= 64 - t->bits + (t->is_signed ? 1 : 0);
    v >>= pick(g, (unsigned)t->bits);
    if (t->is_signed && pick(g, 2))
        printf("(-%llu)", (unsigned long long)v);
    else
        printf("%llu", (unsigned long long)v);
}

static void expr(struct generator *g, int type, int depth);

static bool variable(struct generator *g, int type)
{
    for (int tries = 0; tries < 6 && g->nvars; tries++) {
        int v = (int)pick(g, (unsigned)g->nvars);
        if (g->vars[v] != type)
            continue;
        printf("v%d", v);
        return true;
    }
    return false;
}

/* A variable, or a constant that the type checkers cannot see through: so nothing overflows at
 * compile time. */
static void leaf(struct generator *g, int type)
{
    if (!variable(g, type)) {
        printf("id%s(", types[type].name);
        constant(g, type);
        printf(")");
    }
}

static void binary(struct generator *g, int type, int depth)
{
    static const char *const ops[] = {"+", "-", "*", "&", "|", "^", "&^"};
    printf("(");
    expr(g, type, depth - 1);
    printf(" %s ", ops[pick(g, ARRAY_SIZE(ops))]);
    if (pick(g, 3) == 0)
        constant(g, type);
    else
        expr(g, type, depth - 1);
    printf(")");
}

/* The divisor is made odd, so it is not zero; a constant now and then. */
static void division(struct generator *g, int type, int depth)
{
    printf("(");
    leaf(g, type); /* a variable or a conversion: never a constant by itself with the divisor */
    printf(pick(g, 2) ? " / " : " %% ");
    if (pick(g, 3)) {
        printf("(");
        expr(g, type, depth - 1);
        printf(" | 1)");
    } else {
        printf("%u", 1 + pick(g, 100));
    }
    printf(")");
}

static void shift(struct generator *g, int type, int depth)
{
    printf("(");
    expr(g, type, depth - 1);
    printf(pick(g, 2) ? " << " : " >> ");
    if (pick(g, 2)) {
        printf("%u)", pick(g, (unsigned)types[type].bits));
        return;
    }
    printf("(");
    expr(g, 4, depth - 1);
    printf(" & 127))");
}

static void call(struct generator *g, int type, int depth)
{
    int f = (int)pick(g, (unsigned)g->nfuncs);
    printf("%s(f%llu_%d(", types[type].name, (unsigned long long)g->seed, f);
    for (int i = 0; i < g->params[f]; i++) {
        printf(i ? ", " : "");
        expr(g, 0, depth - 2);
    }
    printf("))");
}

static void condition(struct generator *g, int depth)
{
    static const char *const ops[] = {"==", "!=", "<", "<=", ">", ">="};
    int type = (int)pick(g, NTYPES);
    unsigned kind = depth > 0 ? pick(g, 6) : 0;
    if (kind == 1) {
        printf("!(");
        condition(g, depth - 1);
        printf(")");
    } else if (kind == 2) {
        printf("(");
        condition(g, depth - 1);
        printf(pick(g, 2) ? " && " : " || ");
        condition(g, depth - 1);
        printf(")");
    } else {
        printf("(");
        expr(g, type, depth - 1);
        printf(" %s ", ops[pick(g, ARRAY_SIZE(ops))]);
        expr(g, type, depth - 1);
        printf(")");
    }
}

static void convert(struct generator *g, int type, int depth)
{
    printf("%s(", types[type].name);
    int from = (int)pick(g, NTYPES);
    if (!variable(g, from)) {
        printf("id(");
        expr(g, 0, depth - 1);
        printf(")");
    }
    printf(")");
}

static void expr(struct generator *g, int type, int depth)
{
    unsigned kind = depth <= 0 ? 0 : pick(g, 10);
    if (kind < 2)
        leaf(g, type);
    else if (kind < 5)
        binary(g, type, depth);
    else if (kind == 5)
        convert(g, type, depth);
    else if (kind == 6)
        shift(g, type, depth);
    else if (kind == 7 && g->nvars)
        division(g, type, depth);
    else if (kind == 8 && g->nfuncs && g->loops < 2)
        call(g, type, depth);
    else if (kind == 9) {
        printf(pick(g, 2) ? "(-" : "(^");
        leaf(g, type);
        printf(")");
    } else
        leaf(g, type);
}

static void declare(struct generator *g)
{
    int type = (int)pick(g, NTYPES);
    if (g->nvars == MAX_VARS)
        return;
    line(g);
    printf("var v%d %s = ", g->nvars, types[type].name);
    if (pick(g, 2))
        constant(g, type);
    else
        expr(g, type, 2);
    g->vars[g->nvars++] = type;
}

static void statements(struct generator *g, int count, int depth);

static void block(struct generator *g, int count, int depth)
{
    int vars = g->nvars;
    printf(" {");
    g->indent++;
    statements(g, count, depth);
    for (int v = vars; v < g->nvars; v++) { /* Go wants every variable used */
        line(g);
        printf("_ = v%d", v);
    }
    g->nvars = vars;
    g->indent--;
    line(g);
    printf("}");
}

static void assign(struct generator *g)
{
    static const char *const ops[] = {"=", "+=", "-=", "*=", "&=", "|=", "^=", "="};
    if (!g->nvars)
        return;
    int v = (int)pick(g, (unsigned)g->nvars);
    line(g);
    if (pick(g, 8) == 0) {
        printf("v%d%s", v, pick(g, 2) ? "++" : "--");
        return;
    }
    printf("v%d %s ", v, ops[pick(g, ARRAY_SIZE(ops))]);
    expr(g, g->vars[v], 3);
}

static void if_stmt(struct generator *g, int depth)
{
    line(g);
    printf("if ");
    condition(g, 2);
    block(g, 2, depth - 1);
    if (pick(g, 2)) {
        printf(" else");
        block(g, 2, depth - 1);
    }
}

static void for_stmt(struct generator *g, int depth)
{
    int n = g->loops++;
    line(g);
    printf("for i%d := int64(0); i%d < %u; i%d++", n, n, 1 + pick(g, 5), n);
    printf(" {");
    g->indent++;
    if (pick(g, 3) == 0) {
        line(g);
        printf("if ");
        condition(g, 1);
        printf(" {");
        g->indent++;
        line(g);
        printf(pick(g, 2) ? "continue" : "break");
        g->indent--;
        line(g);
        printf("}");
    }
    int vars = g->nvars;
    statements(g, 3, depth - 1);
    for (int v = vars; v < g->nvars; v++) {
        line(g);
        printf("_ = v%d", v);
    }
    g->nvars = vars;
    g->indent--;
    line(g);
    printf("}");
    g->loops--;
}

static void switch_stmt(struct generator *g, int depth)
{
    line(g);
    printf("switch ");
    expr(g, 0, 2);
    printf(" & 3 {");
    for (int i = 0; i < 3; i++) {
        line(g);
        printf("case %d:", i);
        g->indent++;
        int vars = g->nvars;
        assign(g);
        if (depth > 1)
            if_stmt(g, depth - 1);
        if (pick(g, 4) == 0) {
            line(g);
            printf("fallthrough");
        }
        g->nvars = vars;
        g->indent--;
    }
    line(g);
    printf("default:");
    g->indent++;
    assign(g);
    g->indent--;
    line(g);
    printf("}");
}

static void memory(struct generator *g)
{
    unsigned size = pick(g, 4), at = pick(g, 56);
    line(g);
    printf("runtime.Store%u(&buf[0], %u, ", 8u << size, at);
    expr(g, 0, 2);
    printf(")");
    if (!g->nvars)
        return;
    int v = (int)pick(g, (unsigned)g->nvars);
    line(g);
    printf("v%d ^= %s(runtime.Load%u(&buf[%u], 0)) + %s(buf[(", v, types[g->vars[v]].name,
           8u << pick(g, 4), pick(g, 56), types[g->vars[v]].name);
    expr(g, 4, 1);
    printf(") & 63])");
}

static void statements(struct generator *g, int count, int depth)
{
    for (int i = 0; i < count; i++) {
        unsigned kind = pick(g, 10);
        if (kind < 2)
            declare(g);
        else if (kind < 6 || depth <= 0)
            assign(g);
        else if (kind == 6)
            if_stmt(g, depth);
        else if (kind == 7)
            for_stmt(g, depth);
        else if (kind == 8)
            switch_stmt(g, depth);
        else
            memory(g);
    }
}

static void report(struct generator *g)
{
    for (int v = 0; v < g->nvars; v++) {
        line(g);
        printf("runtime.Printf(\"v%d %%d %%x\\n\", v%d, v%d)", v, v, v);
    }
    line(g);
    printf(
        "runtime.Printf(\"%%x %%x\\n\", runtime.Load64(&buf[0], 0), runtime.Load64(&buf[0], 40))");
}

static void function(struct generator *g, int n)
{
    int params = 1 + (int)pick(g, 6);
    printf("func f%llu_%d(", (unsigned long long)g->seed, n);
    g->nvars = 0;
    for (int i = 0; i < params; i++) {
        printf("%sv%d int64", i ? ", " : "", i);
        g->vars[g->nvars++] = 0;
    }
    printf(") int64 {");
    g->indent = 1;
    line(g);
    printf("var buf [64]byte");
    statements(g, 4, 2);
    for (int v = params; v < g->nvars; v++) {
        line(g);
        printf("v0 ^= int64(v%d)", v);
    }
    line(g);
    printf("return v0 ^ int64(buf[%u])\n}\n\n", pick(g, 64));
    g->params[n] = params;
}

static void program(uint64_t seed)
{
    struct generator g = {.state = seed * 7919 + 1, .seed = seed};
    int nfuncs = (int)pick(&g, MAX_FUNCS);
    for (int i = 0; i < nfuncs; i++) {
        function(&g, i);
        g.nfuncs = i + 1;
    }
    g.nvars = 0;
    printf("func run%llu() {", (unsigned long long)seed);
    g.indent = 1;
    line(&g);
    printf("var buf [64]byte");
    for (int i = 0; i < 6; i++)
        declare(&g);
    statements(&g, 10, 3);
    report(&g);
    printf("\n}\n\n");
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    printf("package main\n\nimport \"rtg/runtime\"\n\n");
    printf("func id(v int64) int64 {\n\treturn v\n}\n\n");
    for (size_t i = 0; i < NTYPES; i++)
        printf("func id%s(v %s) %s {\n\treturn v\n}\n\n", types[i].name, types[i].name,
               types[i].name);
    for (uint64_t seed = first; seed < first + count; seed++)
        program(seed);
    printf("func main() {\n");
    for (unsigned long long seed = first; seed < first + count; seed++)
        printf("\truntime.Printf(\"program %llu\\n\")\n\trun%llu()\n", seed, seed);
    printf("}\n");
    return 0;
}
