/* SPDX-License-Identifier: Apache-2.0 */
/* The list of passes: the compiler's middle. docs/RTG.md has a line on each. */
#include "rtgc/passes.h"

#include <string.h>

static void dump(struct unit *u, const struct ir *ir, struct func *f, const char *pass)
{
    if (unit_dumps(u, pass))
        ir_print_func(ir, f, &u->dump);
}

static size_t count_ins(const struct func *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->order.n; i++)
        n += f->blocks.at[f->order.at[i]]->ins.n + 1;
    return n;
}

static void simplify(struct unit *u, const struct ir *ir, struct func *f)
{
    for (int round = 0; round < 2; round++) {
        pass_simplify(u, f);
        dump(u, ir, f, round ? "simplify2" : "simplify");
        pass_cfg(u, f);
        pass_live(u, f);
        pass_dead(u, f);
        dump(u, ir, f, round ? "dead2" : "dead");
    }
    pass_cfg(u, f);
}

static void run(struct unit *u, const struct ir *ir, struct func *f)
{
    if (count_ins(f) > MAX_FUNC_INS) {
        unit_error(u, f->pos, "%s is too large: split it", f->name);
        return;
    }
    pass_cfg(u, f);
    dump(u, ir, f, "cfg");
    if (!u->options->no_passes)
        simplify(u, ir, f);
    pass_legal(u, f);
    dump(u, ir, f, "legal");
    pass_live(u, f);
    pass_dead(u, f);
    pass_alloc(u, f);
    dump(u, ir, f, "alloc");
}

/* A dump is a whole program that can be read back: what is around the functions comes first. */
static void dump_data(struct unit *u, const struct ir *ir)
{
    if (u->options->dump && passes_have(u->options->dump))
        ir_print_data(ir, &u->dump);
}

bool passes_have(const char *name)
{
    static const char *const names[] = {"cfg",   "simplify", "dead", "simplify2",
                                        "dead2", "legal",    "alloc"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

void passes_run(struct unit *u, struct ir *ir)
{
    dump_data(u, ir);
    for (size_t i = 0; i < ir->syms.n; i++)
        if (ir->syms.at[i].kind == IRSYM_FUNC && ir->syms.at[i].func)
            run(u, ir, ir->syms.at[i].func);
}
