/* SPDX-License-Identifier: Apache-2.0 */
/* arm64: AAPCS64 registers, Linux's system call registers, what A64 immediates hold. */
#include "rtgc/arm64/emit.h"

#include <string.h>

#define CALLER_SAVED 0x4003ffffu /* x0 to x17, x30 */
#define FLUSH_USES   0x00003e00u /* x9 to x13 */
#define MIB          ((int64_t)1 << 20)

static uint32_t clobbers(const struct ins *i)
{
    switch (i->op) {
    case OP_CALL:
    case OP_CALLI:
        return CALLER_SAVED;
    case OP_SYSCALL:
        return ((1u << i->nargs) - 1) | 1u << 8 | 1u;
    case OP_FLUSH:
        return FLUSH_USES;
    default:
        return 0;
    }
}

static bool immediate_ok(enum ir_op op, int64_t v)
{
    uint32_t fields;
    switch (op) {
    case OP_ADD:
    case OP_SET:
        return a64_addsub_fits(v) || (v < 0 && v > -(1 << 24) && a64_addsub_fits(-v));
    case OP_AND:
    case OP_OR:
        return v == 0 || a64_bitmask((uint64_t)v, &fields);
    case OP_XOR:
        return v == 0 || v == -1 || a64_bitmask((uint64_t)v, &fields);
    case OP_SHL:
    case OP_SHR:
    case OP_SAR:
        return v >= 0 && v < 64;
    default:
        return v == 0;
    }
}

static bool operand_ok(const struct ins *i, int n, struct opnd o)
{
    bool memory = i->op == OP_LOAD || i->op == OP_STORE || i->op == OP_ZERO;
    if (n == 0 && o.kind == OPND_SLOT)
        return memory;
    if (o.kind != OPND_INT)
        return false;
    if (n == 0) /* xzr, but where 31 means sp */
        return o.val == 0 && i->op != OP_LOAD && i->op != OP_STORE && i->op != OP_SET &&
               i->op != OP_CALLI && !(i->op == OP_ADD && i->b.kind == OPND_INT);
    return immediate_ok(i->op, o.val);
}

static bool branch_ok(const struct term *t, struct opnd o)
{
    (void)t;
    return o.kind == OPND_INT && immediate_ok(OP_SET, o.val);
}

static int late(const struct ins *i, int n)
{
    bool shift = i->op == OP_SHL || i->op == OP_SHR;
    return shift && n == 1 ? 2 : i->op == OP_FLUSH ? 1 : 0;
}

static uint32_t avoid_result(const struct ins *i)
{
    (void)i;
    return 0;
}

static unsigned branch_bytes(const struct branch *b, int reach)
{
    return reach && b->kind != BRANCH_ALWAYS ? 8 : 4;
}

static bool branch_reaches(const struct branch *b, int reach, int64_t disp)
{
    return reach || b->kind == BRANCH_ALWAYS || (disp >= -MIB && disp < MIB);
}

static bool relocate(uint8_t *code, int kind, int64_t place, int64_t target)
{
    uint32_t word;
    int64_t d = target - place, pages = (target >> 12) - (place >> 12);
    memcpy(&word, code, 4);
    switch (kind) {
    case RELOC_ADR:
        if (d < -MIB || d >= MIB)
            return false;
        word |= ((uint32_t)d & 3) << 29 | ((uint32_t)(d >> 2) & 0x7ffff) << 5;
        break;
    case RELOC_ADRP:
        word |= ((uint32_t)pages & 3) << 29 | ((uint32_t)(pages >> 2) & 0x7ffff) << 5;
        break;
    case RELOC_LO12:
        word |= ((uint32_t)target & 0xfff) << 10;
        break;
    default:
        word |= (uint32_t)(d >> 2) & 0x3ffffff;
    }
    memcpy(code, &word, 4);
    return true;
}

/* Caller-saved first; x8 and the argument registers last among them, since calls want those. */
static const uint8_t order[] = {9, 10, 11, 12, 13, 14, 15, 7,  6,  5,  4,  3,  2,  1,
                                0, 8,  19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 0xff};

const struct target target_arm64 = {
    .name = "arm64",
    .elf_machine = 183,
    .qemu = "qemu-aarch64",
    .triple = "aarch64",
    .allocatable = 0x3ff8ffff,  /* not x16 to x18, x30 */
    .callee_saved = 0x3ff80000, /* x19 to x29 */
    .order = order,
    .args = {0, 1, 2, 3, 4, 5},
    .syscall_args = {0, 1, 2, 3, 4, 5},
    .syscall_number = 8,
    .result = 0,
    .scratch = {IP0, IP1},
    .has_zero = true,
    .zero = XZR,
    .stack = SP,
    .ins_align = 4,
    .clobbers = clobbers,
    .operand_ok = operand_ok,
    .branch_ok = branch_ok,
    .late = late,
    .avoid_result = avoid_result,
    .move = arm64_move,
    .swap = arm64_swap,
    .constant = arm64_constant,
    .address = arm64_address,
    .slot_address = arm64_slot_address,
    .slot_load = arm64_slot_load,
    .slot_store = arm64_slot_store,
    .saved_bytes = arm64_saved_bytes,
    .prologue = arm64_prologue,
    .epilogue = arm64_epilogue,
    .ins = arm64_ins,
    .call = arm64_call,
    .stop = a64_brk,
    .compare = arm64_compare,
    .branch_bytes = branch_bytes,
    .branch_reaches = branch_reaches,
    .branch = arm64_branch,
    .relocate = relocate,
};
