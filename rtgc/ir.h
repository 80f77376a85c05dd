/* SPDX-License-Identifier: Apache-2.0 */
/* The IR: functions of basic blocks over 64-bit temps, which may be assigned more than once (no
 * SSA). The text form is in docs/RTG.md; ir_print writes it, ir_read reads it. */
#ifndef RTGC_IR_H
#define RTGC_IR_H

#include "rtgc/unit.h"

enum ir_op {
#define OP(name, text, operands, flags) OP_##name,
#include "rtgc/ops.def"
    NOPS
};

enum { OP_IS_D = 1, OP_IS_P = 2, OP_IS_C = 4 };
struct ir_op_info {
    const char *text;
    uint8_t operands, flags;
};
extern const struct ir_op_info ir_ops[NOPS];

/* Conditions of SET and branches. A condition's opposite is cc ^ 1. */
enum cc { CC_EQ, CC_NE, CC_LT, CC_GE, CC_GT, CC_LE, CC_ULT, CC_UGE, CC_UGT, CC_ULE, NCCS };
extern const char *const ir_cc_names[NCCS];
enum cc cc_swap(enum cc cc); /* a cc b as b ? a */
bool cc_holds(enum cc cc, int64_t a, int64_t b);

enum opnd_kind { OPND_NONE, OPND_TEMP, OPND_INT, OPND_SYM, OPND_SLOT };
struct opnd {
    enum opnd_kind kind;
    int32_t id;  /* TEMP, SYM, SLOT */
    int64_t val; /* INT: the value; SYM, SLOT: an offset */
};

struct ins {
    uint8_t op, cc, bits;
    int32_t dst; /* temp, or -1 */
    struct opnd a, b;
    int32_t disp;
    int32_t fn; /* CALL: a symbol */
    int32_t nargs;
    struct opnd *args; /* CALL, SYSCALL */
    srcpos_t pos;
};

enum term_kind { TERM_NONE, TERM_JMP, TERM_BR, TERM_RET, TERM_STOP };
struct term {
    enum term_kind kind;
    enum cc cc;       /* BR: a cc b goes to to[0], else to[1] */
    struct opnd a, b; /* RET: a, or NONE */
    int32_t to[2];
    srcpos_t pos;
};

struct block {
    VEC(struct ins) ins;
    struct term term;
    int loop_depth;
    int order; /* place in func.order, -1: unreachable */
    VEC(int32_t) preds;
    uint64_t *live_in, *live_out; /* live.c: a bit per temp */
};

struct temp {
    const char *name; /* the variable's, or NULL */
};

struct slot {
    int64_t size_bytes, align;
};

struct func {
    const char *name;
    bool has_result;
    bool no_return; /* the entry of an executable: ends by a system call */
    VEC(struct temp) temps;
    VEC(int32_t) params; /* temps */
    VEC(struct slot) slots;
    VEC(struct block *) blocks;
    VEC(int32_t) order; /* blocks in the order of the code; the first is the entry */
    srcpos_t pos;
    int8_t
        *reg; /* alloc.c: each temp's register, -1: in its spill slot, -2: nowhere (never live) */
    int32_t *spill; /* the slot of a temp without a register */
    uint32_t used_regs;
    bool leaf;
};

enum irsym_kind { IRSYM_FUNC, IRSYM_DATA, IRSYM_BSS };
struct data_reloc {
    int64_t at;
    int32_t sym;
};
struct irsym {
    enum irsym_kind kind;
    const char *name;
    struct func *func; /* FUNC; NULL when only declared */
    const char *bytes; /* DATA */
    int64_t size_bytes, align;
    VEC(struct data_reloc) relocs; /* 64-bit words of the data that hold another symbol's address */
    int64_t address;               /* link.c */
};

struct ir {
    struct unit *unit;
    VEC(struct irsym) syms;
    int32_t entry; /* symbol, or -1 */
    int32_t *pool; /* data symbols by content: open hashing */
    size_t npool, pool_cap;
};

#define MAX_FUNC_INS \
    30000 /* keeps a function within reach of its own branches, and the passes quick */
#define MAX_FRAME (16 << 20)

struct opnd opnd_temp(int32_t t);
struct opnd opnd_int(int64_t v);
struct opnd opnd_sym(int32_t s, int64_t offset);
struct opnd opnd_slot(int32_t s, int64_t offset);
bool opnd_same(struct opnd a, struct opnd b);
static inline bool opnd_is_int(struct opnd o, int64_t v)
{
    return o.kind == OPND_INT && o.val == v;
}

struct func *func_new(struct unit *u, const char *name);
int32_t func_temp(struct unit *u, struct func *f, const char *name);
int32_t func_slot(struct unit *u, struct func *f, int64_t size_bytes, int64_t align);
int32_t func_block(struct unit *u, struct func *f);

int32_t ir_sym(struct ir *ir, enum irsym_kind kind, const char *name);
int32_t ir_data(struct ir *ir, const char *bytes, size_t n); /* pooled constant bytes, align 1 */

/* Every operand of an instruction that reads a temp, in turn: i from 0 until NULL. */
struct opnd *ins_operand(struct ins *i, int n);

void ir_print(const struct ir *ir, struct buf *out);
void ir_print_data(const struct ir *ir, struct buf *out); /* everything but the functions */
void ir_print_func(const struct ir *ir, const struct func *f, struct buf *out);

/* Reads the text form; messages go to the unit. The entry is -1 after errors. */
void ir_read(struct unit *u, const struct source *file, struct ir *ir);

#endif
