/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/link.h"

#include <string.h>

#define SMALL_DATA 4096 /* constants up to this come first, within reach of short instructions */
#define MAX_IMAGE  ((int64_t)1 << 30)

static void emit_one(struct image *im, int32_t s)
{
    struct code *c = &im->code;
    while (c->bytes.n % c->unit->target->ins_align)
        vec_push(&c->unit->arena, &c->bytes, 0);
    emit_func(c, im->ir->syms.at[s].func, &im->func_start[s]);
    im->func_end[s] = c->bytes.n;
}

static void emit_all(struct unit *u, struct image *im, bool far)
{
    const struct ir *ir = im->ir;
    im->code = (struct code){.unit = u, .ir = ir, .far = far};
    im->code.want_text = u->options->emit == RTG_EMIT_ASM || u->options->emit == RTG_EMIT_LIST;
    im->code.fixed_base = u->options->emit == RTG_EMIT_ELF && im->base < (uint64_t)1 << 30;
    emit_one(im, ir->entry);
    for (int32_t s = 0; s < (int32_t)ir->syms.n; s++)
        if (ir->syms.at[s].kind == IRSYM_FUNC && ir->syms.at[s].func && s != ir->entry)
            emit_one(im, s);
}

/* Gives addresses to the constants of one size class behind `at`; returns the end. */
static uint64_t place_data(struct ir *ir, uint64_t at, bool small)
{
    for (size_t i = 0; i < ir->syms.n; i++) {
        struct irsym *s = &ir->syms.at[i];
        if (s->kind != IRSYM_DATA || (s->size_bytes <= SMALL_DATA) != small)
            continue;
        at = ALIGN_UP(at, (uint64_t)s->align);
        s->address = (int64_t)at;
        at += (uint64_t)s->size_bytes;
    }
    return at;
}

static void place(struct unit *u, struct ir *ir, struct image *im)
{
    for (size_t i = 0; i < ir->syms.n; i++)
        if (ir->syms.at[i].kind == IRSYM_FUNC && ir->syms.at[i].func)
            ir->syms.at[i].address = (int64_t)(im->base + im->func_start[i]);
    uint64_t at = place_data(ir, im->base + im->code.bytes.n, true);
    at = place_data(ir, at, false);
    im->size_bytes = at - im->base;
    im->bss_at = ALIGN_UP(at, (uint64_t)PAGE);
    at = im->bss_at;
    for (size_t i = 0; i < ir->syms.n; i++) {
        struct irsym *s = &ir->syms.at[i];
        if (s->kind != IRSYM_BSS)
            continue;
        at = ALIGN_UP(at, (uint64_t)s->align);
        s->address = (int64_t)at;
        at += (uint64_t)s->size_bytes;
    }
    im->bss_bytes = at - im->bss_at;
    if (at - im->base > MAX_IMAGE)
        unit_error(u, 0, "the program takes %llu bytes, the limit is %lld",
                   (unsigned long long)(at - im->base), (long long)MAX_IMAGE);
}

static bool relocate_code(struct unit *u, const struct ir *ir, struct image *im)
{
    for (size_t i = 0; i < im->code.relocs.n; i++) {
        const struct reloc *r = &im->code.relocs.at[i];
        int64_t target = ir->syms.at[r->sym].address + r->addend;
        if (!u->target->relocate(im->bytes + r->at, r->kind, (int64_t)(im->base + r->at), target))
            return false;
    }
    return true;
}

static void copy_data(struct unit *u, const struct ir *ir, struct image *im)
{
    for (size_t i = 0; i < ir->syms.n; i++) {
        const struct irsym *s = &ir->syms.at[i];
        if (s->kind != IRSYM_DATA)
            continue;
        uint8_t *to = im->bytes + ((uint64_t)s->address - im->base);
        if (s->size_bytes)
            memcpy(to, s->bytes, (size_t)s->size_bytes);
        for (size_t k = 0; k < s->relocs.n; k++) {
            int64_t address = ir->syms.at[s->relocs.at[k].sym].address;
            memcpy(to + s->relocs.at[k].at, &address, 8);
            vec_push(&u->arena, &im->relocs, (size_t)(to - im->bytes) + (size_t)s->relocs.at[k].at);
        }
    }
}

void link_image(struct unit *u, struct ir *ir, uint64_t base, struct image *im)
{
    bool elf = u->options->emit == RTG_EMIT_ELF;
    *im = (struct image){.ir = ir, .base = base + (elf ? ELF_CODE_OFFSET : 0)};
    im->func_start = arena_alloc(&u->arena, ir->syms.n * sizeof *im->func_start);
    im->func_end = arena_alloc(&u->arena, ir->syms.n * sizeof *im->func_end);
    for (int far = 0; far < 2 && !u->nerrors; far++) {
        emit_all(u, im, far);
        place(u, ir, im);
        if (u->nerrors)
            return;
        im->bytes = arena_alloc(&u->arena, im->size_bytes + 1);
        memcpy(im->bytes, im->code.bytes.at, im->code.bytes.n);
        if (relocate_code(u, ir, im)) {
            copy_data(u, ir, im);
            return;
        }
    }
    unit_error(u, 0, "the program is too large: its parts are out of each other's reach");
}
