/* SPDX-License-Identifier: Apache-2.0 */
/* What the passes ask of a machine. Each folder arm64/ amd64/ riscv64/ has targ.c (this table),
 * emit.c (instructions of the IR to instructions of the machine) and enc.c (their bytes and text).
 * Registers are the machine's own numbers. */
#ifndef RTGC_TARGET_H
#define RTGC_TARGET_H

#include "rtgc/ir.h"

struct emit;
struct code;

/* The end of a block: where to and on what condition. regs are for machines that compare in the
 * branch. */
struct branch {
    enum { BRANCH_ALWAYS, BRANCH_FLAGS, BRANCH_REGS } kind;
    enum cc cc;
    uint8_t ra, rb;
};

struct target {
    const char *name; /* arm64, amd64, riscv64 */
    uint16_t elf_machine;
    uint32_t elf_flags;
    const char *qemu, *triple; /* for messages and listings */
    uint32_t allocatable;      /* registers by bit */
    uint32_t callee_saved;
    uint32_t
        spill_reserved;   /* not allocatable in functions that spill: scratch for spilled values */
    const uint8_t *order; /* preferred first, ends by 0xff */
    uint8_t args[6], syscall_args[6];
    uint8_t syscall_number, result;
    uint8_t scratch[2];
    bool has_zero; /* a register that is always 0: the constant 0 needs no other */
    uint8_t zero, stack;
    bool two_address;  /* results come where an operand was: allocation prefers that */
    uint8_t ins_align; /* of code */

    /* Registers that an instruction destroys between reading its operands and writing its result.
     */
    uint32_t (*clobbers)(const struct ins *i);
    /* Whether operand n (0: a, 1: b) may be this constant or address as it is. Temps always may. */
    bool (*operand_ok)(const struct ins *i, int n, struct opnd o);
    bool (*branch_ok)(const struct term *t,
                      struct opnd o); /* the same for the right side of a branch */
    /* Until when operand n must stay in its register: 0 until it is read, 1 until the clobbered
     * registers are destroyed, 2 until the result is written (so operand and result need different
     * registers). */
    int (*late)(const struct ins *i, int n);
    uint32_t (*avoid_result)(const struct ins *i); /* registers that cannot take the result */

    /* Moves between registers and of constants; for parallel moves. */
    void (*move)(struct code *c, int dst, int src);
    void (*swap)(struct code *c, int a, int b);
    void (*constant)(struct code *c, int dst, int64_t value);
    void (*address)(struct code *c, int dst, int32_t sym, int64_t offset);
    void (*slot_address)(struct code *c, int dst, int64_t offset); /* from the stack pointer */
    void (*slot_load)(struct code *c, int dst, int64_t offset);
    void (*slot_store)(struct code *c, int src, int64_t offset);

    int64_t (*saved_bytes)(
        const struct emit *e); /* room at the frame's bottom for what the prologue saves */
    void (*prologue)(struct emit *e);
    void (*epilogue)(struct emit *e);                 /* with the return */
    void (*ins)(struct emit *e, const struct ins *i); /* everything but CALL, CALLI, SYSCALL, MOV */
    void (*call)(struct emit *e, const struct ins *i); /* the call itself, arguments are in place */
    void (*stop)(struct code *c);                      /* what execution must not reach */

    /* Branches: emit what comes before (a comparison), then each in the form number `reach`: 0 is
     * the shortest, and branch_reaches is true of the last. */
    void (*compare)(struct emit *e, const struct term *t, struct branch *b);
    unsigned (*branch_bytes)(const struct branch *b, int reach);
    bool (*branch_reaches)(const struct branch *b, int reach, int64_t displacement);
    void (*branch)(struct code *c, const struct branch *b, int reach, int64_t displacement,
                   const char *label);

    /* Writes the distance or address of a relocation into code; false when it does not reach. */
    bool (*relocate)(uint8_t *code, int kind, int64_t place, int64_t target);
};

extern const struct target target_arm64, target_amd64, target_riscv64;
const struct target *target_find(const char *name);

#endif
