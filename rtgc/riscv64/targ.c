/* SPDX-License-Identifier: Apache-2.0 */
/* riscv64: LP64 registers, Linux's system call registers, what immediates hold. */
#include "rtgc/riscv64/emit.h"

#include <string.h>

#define BIT(r)       ((uint32_t)1 << (r))
#define CALLER_SAVED 0xf003fce2u /* ra, t0 to t2, a0 to a7, t3 to t6 */

static uint32_t clobbers(const struct ins *i)
{
    if (i->op == OP_CALL || i->op == OP_CALLI)
        return CALLER_SAVED;
    if (i->op == OP_SYSCALL)
        return (BIT(i->nargs) - 1) << A0 | BIT(A7) | BIT(A0);
    return 0;
}

static bool set_immediate_ok(enum cc cc, int64_t v)
{
    if (cc == CC_EQ || cc == CC_NE)
        return rv_fits12(-v) && v != INT64_MIN;
    bool has = cc == CC_LT || cc == CC_GE || cc == CC_ULT || cc == CC_UGE;
    return v == 0 || (has && rv_fits12(v));
}

static bool operand_ok(const struct ins *i, int n, struct opnd o)
{
    bool memory = i->op == OP_LOAD || i->op == OP_STORE || i->op == OP_ZERO;
    if (n == 0 && o.kind == OPND_SLOT)
        return memory;
    if (o.kind != OPND_INT)
        return false;
    if (n == 0)
        return o.val == 0;
    switch (i->op) {
    case OP_ADD:
    case OP_AND:
    case OP_OR:
    case OP_XOR:
        return rv_fits12(o.val);
    case OP_SHL:
    case OP_SHR:
    case OP_SAR:
        return o.val >= 0 && o.val < 64;
    case OP_DIV:
    case OP_UDIV:
    case OP_REM:
    case OP_UREM:
        return o.val != 0;
    case OP_SET:
        return set_immediate_ok(i->cc, o.val);
    default:
        return o.val == 0;
    }
}

static bool branch_ok(const struct term *t, struct opnd o)
{
    (void)t;
    return opnd_is_int(o, 0);
}

static int late(const struct ins *i, int n)
{
    bool masked = i->op == OP_SHL || i->op == OP_SHR;
    return masked && n == 1 ? 2 : 0;
}

static uint32_t avoid_result(const struct ins *i)
{
    (void)i;
    return 0;
}

static void or_word(uint8_t *code, uint32_t bits)
{
    uint32_t word;
    memcpy(&word, code, 4);
    word |= bits;
    memcpy(code, &word, 4);
}

static bool relocate(uint8_t *code, int kind, int64_t place, int64_t target)
{
    int64_t d = target - place;
    uint32_t v = (uint32_t)d;
    if (kind == RELOC_JAL) {
        if (d < -(1 << 20) || d >= 1 << 20)
            return false;
        or_word(code, (v >> 20 & 1) << 31 | (v >> 1 & 0x3ff) << 21 | (v >> 11 & 1) << 20 |
                          (v >> 12 & 0xff) << 12);
        return true;
    }
    or_word(code, (v + 0x800) & 0xfffff000);
    or_word(code + 4, v << 20);
    return d > INT32_MIN && d < INT32_MAX - 0x800;
}

/* t0 to t2, t3, then argument registers from the last, then saved ones. */
static const uint8_t order[] = {15, 14, 13, 12, 11, 10, 16, 17, 5,  6,  7,  28,  8,
                                9,  18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 0xff};

const struct target target_riscv64 = {
    .name = "riscv64",
    .elf_machine = 243,
    .elf_flags = RV_ELF_FLAGS,
    .qemu = "qemu-riscv64",
    .triple = "riscv64",
    .allocatable = 0x1fffffe0u,  /* not zero, ra, sp, gp, tp, t4 to t6 */
    .callee_saved = 0x0ffc0300u, /* s0 to s11 */
    .order = order,
    .args = {10, 11, 12, 13, 14, 15},
    .syscall_args = {10, 11, 12, 13, 14, 15},
    .syscall_number = A7,
    .result = A0,
    .scratch = {T5, T6},
    .has_zero = true,
    .zero = ZERO,
    .stack = SP,
    .two_address = true, /* shorter instructions */
    .ins_align = 2,
    .clobbers = clobbers,
    .operand_ok = operand_ok,
    .branch_ok = branch_ok,
    .late = late,
    .avoid_result = avoid_result,
    .move = riscv64_move,
    .swap = riscv64_swap,
    .constant = riscv64_constant,
    .address = riscv64_address,
    .slot_address = riscv64_slot_address,
    .slot_load = riscv64_slot_load,
    .slot_store = riscv64_slot_store,
    .saved_bytes = riscv64_saved_bytes,
    .prologue = riscv64_prologue,
    .epilogue = riscv64_epilogue,
    .ins = riscv64_ins,
    .call = riscv64_call,
    .stop = rv_ebreak,
    .compare = riscv64_compare,
    .branch_bytes = riscv64_branch_bytes,
    .branch_reaches = riscv64_branch_reaches,
    .branch = riscv64_branch,
    .relocate = relocate,
};
