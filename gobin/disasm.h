/* SPDX-License-Identifier: Apache-2.0 */
/* Whole disassembly by LLVM, which knows all three machines. The library is loaded when the first
 * disassembler is opened, so that commands which don't disassemble don't pay for its start-up. */
#ifndef GOBIN_DISASM_H
#define GOBIN_DISASM_H

#include "gobin/error.h"
#include "gobin/isa.h"

struct disasm;

/* -ENOSYS: LLVM isn't installed (the sentence says what to install). */
int disasm_open(struct disasm **out, const struct isa *isa, struct gobin_error *err);
void disasm_close(struct disasm *d);

/* Disassembles the instruction at the start of code into text (may be NULL) and returns its size in
 * bytes; 0 where there is no instruction. */
size_t disasm_insn(struct disasm *d, struct span code, vaddr_t pc, char *text, size_t text_size);

#endif
