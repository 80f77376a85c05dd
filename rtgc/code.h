/* SPDX-License-Identifier: Apache-2.0 */
/* Machine code on its way: bytes, relocations, and the text of each instruction when a listing is
 * wanted. */
#ifndef RTGC_CODE_H
#define RTGC_CODE_H

#include "rtgc/target.h"

struct reloc {
    size_t at;
    int kind; /* the target's own */
    int32_t sym;
    int64_t addend;
};

/* A line of a listing: an instruction, or a label (bytes 0). */
struct line {
    size_t at, bytes;
    const char *text;
    srcpos_t pos;
};

struct code {
    struct unit *unit;
    const struct ir *ir;
    VEC(uint8_t) bytes;
    VEC(struct reloc) relocs;
    VEC(struct line) lines;
    bool want_text;
    bool far;        /* symbols may be further away than the short instructions reach */
    bool fixed_base; /* the image is at a known address below 2 GiB */
    srcpos_t pos;
};

/* Appends an instruction of n bytes (little endian in `word` for put32) and, when wanted, its text.
 */
void code_put(struct code *c, const void *bytes, size_t n, const char *format, ...)
    PRINTF_LIKE(4, 5);
void code_vput(struct code *c, const void *bytes, size_t n, const char *format, va_list ap);
void code_put32(struct code *c, uint32_t word, const char *format, ...) PRINTF_LIKE(3, 4);
void code_reloc(struct code *c, int kind, int32_t sym,
                int64_t addend); /* of the instruction that comes next */

void code_label(struct code *c, const char *text);

/* "name" or "name+8" of a symbol, as the assembler takes it. */
const char *code_symbol(struct code *c, int32_t sym, int64_t addend);

/* One function while it is emitted. */
struct emit {
    struct unit *unit;
    const struct ir *ir;
    const struct target *target;
    struct func *func;
    struct code *code;
    int64_t *slot_at; /* each slot's distance from the stack pointer */
    int64_t frame_bytes;
    uint32_t saved;      /* callee-saved registers to save */
    int64_t saved_bytes; /* what the prologue needs for them at the frame's bottom */
    bool calls; /* makes calls, so the return address must be saved where it is in a register */
};

/* Emits f into c, aligned; sets *start to where it begins. */
void emit_func(struct code *c, struct func *f, size_t *start);

/* The register that operand o is in: its own, or scratch n after loading it. INT 0 is the zero
 * register. */
int emit_operand(struct emit *e, struct opnd o, int n);
/* The register for a result, and what stores it when it was scratch. */
int emit_result(struct emit *e, int32_t temp, int n);
void emit_result_done(struct emit *e, int32_t temp, int reg);
/* Base register of the memory operand a, a TEMP or SLOT, and the displacement from it. */
int emit_base(struct emit *e, const struct ins *i, int64_t *disp);

/* Puts any operand into a machine register. */
void emit_into(struct emit *e, int reg, struct opnd o);

#endif
