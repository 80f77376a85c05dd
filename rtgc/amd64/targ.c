/* SPDX-License-Identifier: Apache-2.0 */
/* amd64: System V registers, Linux's system call registers, what immediates hold. */
#include "rtgc/amd64/emit.h"

#include <string.h>

#define BIT(r) (1u << (r))
#define CALLER_SAVED \
    (BIT(RAX) | BIT(RCX) | BIT(RDX) | BIT(RSI) | BIT(RDI) | BIT(R8) | BIT(R9) | BIT(R10) | BIT(R11))

static const uint8_t syscall_args[6] = {RDI, RSI, RDX, R10, R8, R9};

static bool is_shift(const struct ins *i)
{
    return i->op == OP_SHL || i->op == OP_SHR || i->op == OP_SAR;
}

static bool is_division(const struct ins *i)
{
    return i->op == OP_DIV || i->op == OP_UDIV || i->op == OP_REM || i->op == OP_UREM;
}

static uint32_t clobbers(const struct ins *i)
{
    uint32_t regs = 0;
    if (i->op == OP_CALL || i->op == OP_CALLI)
        return CALLER_SAVED;
    if (i->op == OP_SYSCALL) {
        for (int k = 0; k < i->nargs; k++)
            regs |= BIT(syscall_args[k]);
        return regs | BIT(RAX) | BIT(RCX) | BIT(R11);
    }
    if (is_shift(i) && i->b.kind != OPND_INT)
        return BIT(RCX);
    if (is_division(i))
        return BIT(RAX) | BIT(RDX) | (i->b.kind == OPND_INT ? BIT(RCX) : 0);
    if (i->op == OP_ZERO)
        return BIT(RAX) | (i->disp > ZERO_INLINE ? BIT(RCX) | BIT(RDI) : 0);
    return 0;
}

static bool fits32(int64_t v)
{
    return v >= INT32_MIN && v <= INT32_MAX;
}

static bool immediate_ok(const struct ins *i, int64_t v)
{
    switch (i->op) {
    case OP_SUB:
    case OP_CALLI:
    case OP_FLUSH:
        return false;
    case OP_AND:
        return fits32(v) || v == 0xffffffff;
    case OP_SHL:
    case OP_SHR:
    case OP_SAR:
        return v >= 0 && v < 64;
    case OP_DIV:
    case OP_UDIV:
    case OP_REM:
    case OP_UREM:
        return v != 0 && v != -1;
    case OP_STORE:
        return fits32(v) || i->bits < 64;
    default:
        return fits32(v);
    }
}

static bool operand_ok(const struct ins *i, int n, struct opnd o)
{
    if (n == 0 && o.kind == OPND_SLOT)
        return i->op == OP_LOAD || i->op == OP_STORE || i->op == OP_ZERO;
    if (n == 0 && o.kind == OPND_SYM)
        return i->op == OP_LOAD || i->op == OP_STORE;
    if (o.kind != OPND_INT)
        return false;
    return n == 0 ? i->op == OP_SUB && o.val == 0 && i->b.kind == OPND_TEMP
                  : immediate_ok(i, o.val);
}

static bool branch_ok(const struct term *t, struct opnd o)
{
    (void)t;
    return o.kind == OPND_INT && fits32(o.val);
}

static int late(const struct ins *i, int n)
{
    if (is_shift(i) && i->b.kind != OPND_INT)
        return n == 0 ? 1 : 2;
    return is_division(i) && n == 1 ? 1 : 0;
}

static uint32_t avoid_result(const struct ins *i)
{
    return is_shift(i) && i->b.kind != OPND_INT ? BIT(RCX) : 0;
}

static unsigned branch_bytes(const struct branch *b, int reach)
{
    return !reach ? 2 : b->kind == BRANCH_ALWAYS ? 5 : 6;
}

static bool branch_reaches(const struct branch *b, int reach, int64_t disp)
{
    (void)b;
    return reach || (disp - 2 >= -128 && disp - 2 <= 127);
}

static bool relocate(uint8_t *code, int kind, int64_t place, int64_t target)
{
    int64_t v = kind == RELOC_PC32 ? target - place : target;
    if (!fits32(v))
        return false;
    int32_t field = (int32_t)v;
    memcpy(code, &field, 4);
    return true;
}

/* Registers without REX first; rax, which most results come in, before the argument registers. */
static const uint8_t order[] = {RAX, RDX, RCX, RSI, RDI, R8,  R9,  R10,
                                R11, RBX, RBP, R12, R13, R14, R15, 0xff};

const struct target target_amd64 = {
    .name = "amd64",
    .elf_machine = 62,
    .qemu = "qemu-x86_64",
    .triple = "x86_64",
    .allocatable = 0xffff & ~BIT(RSP),
    .callee_saved = BIT(RBX) | BIT(RBP) | BIT(R12) | BIT(R13) | BIT(R14) | BIT(R15),
    .spill_reserved = BIT(R10) | BIT(R11),
    .order = order,
    .args = {RDI, RSI, RDX, RCX, R8, R9},
    .syscall_args = {RDI, RSI, RDX, R10, R8, R9},
    .syscall_number = RAX,
    .result = RAX,
    .scratch = {R11, R10},
    .stack = RSP,
    .two_address = true,
    .ins_align = 1,
    .clobbers = clobbers,
    .operand_ok = operand_ok,
    .branch_ok = branch_ok,
    .late = late,
    .avoid_result = avoid_result,
    .move = x86_mov,
    .swap = x86_xchg,
    .constant = amd64_constant,
    .address = amd64_address,
    .slot_address = amd64_slot_address,
    .slot_load = amd64_slot_load,
    .slot_store = amd64_slot_store,
    .saved_bytes = amd64_saved_bytes,
    .prologue = amd64_prologue,
    .epilogue = amd64_epilogue,
    .ins = amd64_ins,
    .call = amd64_call,
    .stop = x86_ud2,
    .compare = amd64_compare,
    .branch_bytes = branch_bytes,
    .branch_reaches = branch_reaches,
    .branch = amd64_branch,
    .relocate = relocate,
};
