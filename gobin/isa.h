/* SPDX-License-Identifier: Apache-2.0 */
/* The few instructions that tell what Go code does around write barriers, system calls and entry
 * code. A decoder per machine names those forms and calls everything else INSN_OTHER; whole
 * disassembly is disasm.h's. */
#ifndef GOBIN_ISA_H
#define GOBIN_ISA_H

#include "gobin/elf.h"
#include "gobin/span.h"

enum insn_kind {
    INSN_OTHER,
    INSN_ADDRESS, /* rd = imm, worked out from pc (adrp, auipc, lea rip) */
    INSN_SET,     /* rd = imm */
    INSN_MOVE,    /* rd = rn */
    INSN_ADD,     /* rd = rn + imm */
    INSN_ADD_REG, /* rd = rn + rm */
    INSN_LOAD,    /* rd, and rd2 unless REG_NONE, = memory at rn + imm */
    INSN_STORE,   /* memory at rn + imm = rd, and rd2 unless REG_NONE */
    INSN_TEST,    /* amd64: compares the 4 bytes at imm with 0 */
    INSN_BRANCH,  /* to imm when rd is or isn't 0; rd is REG_NONE for other conditions */
    INSN_JUMP,    /* to imm, or to rn where target isn't known (imm 0) */
    INSN_CALL,    /* likewise */
    INSN_RETURN,
    INSN_SYSCALL,
};

/* Register numbers are the machine's own; these are beyond them. */
enum { REG_ZERO = 32, REG_PC = 33, REG_COUNT = 34, REG_NONE = 0xff };

struct insn {
    enum insn_kind kind;
    uint8_t size_bytes; /* 0: the decoder doesn't know (amd64 only) */
    uint8_t rd, rd2, rn, rm;
    uint8_t width_bytes; /* of each word that a load or store moves */
    bool writeback;      /* a load or store that also changes rn */
    bool indexed;        /* its address has another register in it: imm isn't the whole */
    int64_t imm;
};

/* Which registers have a fixed part in Go's conventions on this machine. */
struct isa {
    void (*decode)(struct span code, vaddr_t pc, struct insn *out);
    /* Whether the instruction at code, which decode calls INSN_OTHER, may change reg, or memory.
     * Yes when in doubt. NULL: nobody has worked it out for this machine. */
    bool (*may_change)(struct span code, uint8_t reg);
    bool (*may_store)(struct span code);
    /* Where the next instruction of a kind is, from at on: system calls, direct calls and jumps to
     * one of low to high, or addresses worked out from pc that are in that range or the page below
     * it. code, which is at pc, is looked through; its size where there is none. NULL as above. */
    size_t (*next)(struct span code, vaddr_t pc, size_t at, enum insn_kind kind, vaddr_t low,
                   vaddr_t high);
    const char *const *registers; /* names, REG_COUNT of them */
    const char *triple;           /* for the disassembler */
    bool sizes_known; /* decode always sets size_bytes: code can be walked by decode alone */
    uint8_t sp;
    uint8_t g;              /* the goroutine */
    uint8_t argument;       /* first integer argument of ABIInternal */
    uint8_t syscall_number; /* of the system call instruction */
    uint8_t buffer; /* Go 1.21 and newer: gcWriteBarrierN returns the buffer's free words here */
    uint8_t slot, value; /* Go 1.20 and older: gcWriteBarrier's arguments */
    bool link_register;  /* a call leaves the return address in a register, not on the stack */
};

const struct isa *isa_of(enum gobin_machine machine);

/* The machines' own descriptions; use isa_of. */
extern const struct isa isa_arm64, isa_amd64, isa_riscv64;

/* An instruction that says nothing: each decoder starts from it. */
static inline struct insn insn_other(uint8_t size_bytes)
{
    return (struct insn){
        .size_bytes = size_bytes, .rd = REG_NONE, .rd2 = REG_NONE, .rn = REG_NONE, .rm = REG_NONE};
}

/* The low bits of x as a signed number. */
static inline int64_t sign_extend(uint64_t x, unsigned bits)
{
    return (int64_t)(x << (64 - bits)) >> (64 - bits);
}

#endif
