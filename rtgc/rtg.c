/* SPDX-License-Identifier: Apache-2.0 */
/* The library's entry: one compilation from options to result. */
#include "rtgc/rtg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rtgc/link.h"
#include "rtgc/lower.h"
#include "rtgc/passes.h"
#include "rtgc/prelude.h"

#define MAX_SOURCE ((size_t)16 << 20)

const struct target *target_find(const char *name)
{
    static const struct target *const targets[] = {&target_arm64, &target_amd64, &target_riscv64};
    for (size_t i = 0; name && i < ARRAY_SIZE(targets); i++)
        if (strcmp(targets[i]->name, name) == 0)
            return targets[i];
    return NULL;
}

static bool ends_in(const char *s, const char *tail)
{
    size_t n = strlen(s), t = strlen(tail);
    return n >= t && strcmp(s + n - t, tail) == 0;
}

static bool pass_exists(const char *name)
{
    static const char *const front_ends[] = {"scan", "parse", "build"};
    for (size_t i = 0; i < ARRAY_SIZE(front_ends); i++)
        if (strcmp(front_ends[i], name) == 0)
            return true;
    return passes_have(name);
}

static bool options_ok(struct unit *u, const struct rtg_options *o)
{
    size_t total = 0;
    u->target = target_find(o->arch);
    if (!u->target)
        unit_error(u, 0, "unknown machine %s: it is arm64, amd64 or riscv64",
                   o->arch ? o->arch : "(none)");
    if (!o->nsources)
        unit_error(u, 0, "no source file was given");
    for (size_t i = 0; i < o->nsources; i++) {
        total += o->sources[i].size_bytes;
        if (o->sources[i].size_bytes > MAX_SOURCE || total > MAX_SOURCE)
            unit_error(u, 0, "%s: the source is too large, the limit is 16 MiB",
                       o->sources[i].name);
        if (ends_in(o->sources[i].name, ".ir") && o->nsources > 1)
            unit_error(u, 0, "%s: a file of IR is a whole program and comes alone",
                       o->sources[i].name);
    }
    if (o->dump && !pass_exists(o->dump))
        unit_error(u, 0, "there is no pass %s to dump", o->dump);
    if (o->emit == RTG_EMIT_ELF && (o->base % PAGE || o->base > (uint64_t)1 << 46))
        unit_error(u, 0, "the base must be a multiple of 4096 below 2^46");
    return !u->nerrors;
}

static void dump_sources(struct unit *u, const struct program *p)
{
    if (unit_dumps(u, "scan"))
        for (size_t i = 0; i < u->files.n; i++)
            if (!u->files.at[i].prelude)
                scan_dump(u, &u->files.at[i]);
    if (unit_dumps(u, "parse"))
        ast_dump(u, p);
}

/* Source files to IR. */
static void front(struct unit *u, struct ir *ir)
{
    struct program p = {0};
    unit_add_source(u, "(prelude)", prelude_source, (size_t)(prelude_end - prelude_source), true);
    for (size_t i = 0; i < u->files.n; i++)
        parse_file(u, &u->files.at[i], &p);
    dump_sources(u, &p);
    if (u->nerrors)
        return;
    struct func_decl *entry = check_program(u, &p);
    if (!entry || u->nerrors)
        return;
    lower_program(u, &p, entry, ir); /* for a check too: it finds configuration that is missing */
    if (unit_dumps(u, "build"))
        ir_print(ir, &u->dump);
}

static void back(struct unit *u, struct ir *ir, struct rtg_result *r, struct buf *out)
{
    const struct rtg_options *o = u->options;
    struct image image;
    passes_run(u, ir);
    if (u->nerrors)
        return;
    uint64_t base = o->emit == RTG_EMIT_ELF && !o->base ? 0x400000
                    : o->emit == RTG_EMIT_OBJ           ? 0
                                                        : o->base;
    link_image(u, ir, base, &image);
    if (u->nerrors)
        return;
    r->code_bytes = image.code.bytes.n;
    r->bss_bytes = image.bss_bytes;
    switch (o->emit) {
    case RTG_EMIT_OBJ:
        write_object(&image, out);
        break;
    case RTG_EMIT_BIN:
        buf_bytes(out, image.bytes, image.size_bytes);
        break;
    case RTG_EMIT_ASM:
        write_asm(u, &image, out);
        break;
    case RTG_EMIT_LIST:
        write_listing(u, &image, out);
        break;
    case RTG_EMIT_MAP:
        write_map(u, &image, out);
        break;
    default:
        write_elf(u, &image, out);
    }
}

static void compile(struct unit *u, struct rtg_result *r, struct buf *out, bool check_only)
{
    const struct rtg_options *o = u->options;
    struct ir ir = {.unit = u, .entry = -1};
    if (!options_ok(u, o))
        return;
    for (size_t i = 0; i < o->nsources; i++)
        unit_add_source(u, o->sources[i].name, o->sources[i].text, o->sources[i].size_bytes, false);
    if (ends_in(o->sources[0].name, ".ir"))
        ir_read(u, &u->files.at[0], &ir);
    else
        front(u, &ir);
    if (u->nerrors || check_only)
        return;
    if (o->emit == RTG_EMIT_IR)
        ir_print(&ir, out);
    else
        back(u, &ir, r, out);
}

/* Texts and code leave the arena for the caller. */
static bool hand_over(const struct buf *b, char **to)
{
    if (!b->n)
        return true;
    *to = malloc(b->n + 1);
    if (*to)
        memcpy(*to, b->at, b->n + 1);
    return *to != NULL;
}

static int finish(struct unit *u, struct rtg_result *r, const struct buf *out)
{
    char *data = NULL;
    struct buf report = {.arena = &u->arena};
    unit_report(u, &report);
    bool ok = hand_over(&report, &r->diagnostics) && hand_over(&u->dump, &r->dump) &&
              (u->nerrors || hand_over(out, &data));
    r->data = (uint8_t *)data;
    r->size_bytes = u->nerrors ? 0 : out->n;
    r->nerrors = u->nerrors;
    r->nwarnings = u->nerrors ? 0 : (unsigned)u->warnings.n;
    if (!ok) {
        rtg_result_free(r);
        return -ENOMEM;
    }
    return u->nerrors ? -EINVAL : 0;
}

static int run(const struct rtg_options *o, struct rtg_result *r, bool check_only)
{
    struct unit *u = calloc(1, sizeof *u);
    int status = -ENOMEM;
    *r = (struct rtg_result){0};
    if (!u)
        return -ENOMEM;
    u->options = o;
    u->dump.arena = &u->arena;
    if (!setjmp(u->arena.fail)) {
        struct buf out = {.arena = &u->arena};
        compile(u, r, &out, check_only);
        status = finish(u, r, &out);
    }
    arena_free(&u->arena);
    free(u);
    return status;
}

int rtg_compile(const struct rtg_options *o, struct rtg_result *r)
{
    return run(o, r, false);
}

int rtg_check(const struct rtg_options *o, struct rtg_result *r)
{
    return run(o, r, true);
}

void rtg_result_free(struct rtg_result *r)
{
    free(r->data);
    free(r->diagnostics);
    free(r->dump);
    *r = (struct rtg_result){0};
}
