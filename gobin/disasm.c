/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/disasm.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define LIBRARY "libLLVM-14.so.1"

/* LLVM's C interface (llvm-c/Disassembler.h), which it keeps stable, is declared here: its headers
 * are a large package. */
typedef void *context_create_fn(const char *triple, const char *cpu, const char *features,
                                void *info, int tag_type, void *get_op_info, void *symbol_lookup);
typedef size_t context_insn_fn(void *context, uint8_t *bytes, uint64_t size, uint64_t pc,
                               char *text, size_t text_size);
typedef void context_dispose_fn(void *context);

struct disasm {
    void *library;
    void *context;
    context_insn_fn *insn;
    context_dispose_fn *dispose;
};

static const char *target_of(const struct isa *isa)
{
    return isa == &isa_arm64 ? "AArch64" : isa == &isa_amd64 ? "X86" : "RISCV";
}

/* Registers the target: LLVM has one function per target and part. */
static bool target_initialize(void *library, const char *target)
{
    static const char *const parts[] = {"TargetInfo", "TargetMC", "Disassembler"};
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        char name[64];
        snprintf(name, sizeof(name), "LLVMInitialize%s%s", target, parts[i]);
        void (*initialize)(void) = (void (*)(void))dlsym(library, name);
        if (!initialize)
            return false;
        initialize();
    }
    return true;
}

static bool context_open(struct disasm *d, const struct isa *isa)
{
    context_create_fn *create =
        (context_create_fn *)dlsym(d->library, "LLVMCreateDisasmCPUFeatures");
    d->insn = (context_insn_fn *)dlsym(d->library, "LLVMDisasmInstruction");
    d->dispose = (context_dispose_fn *)dlsym(d->library, "LLVMDisasmDispose");
    if (!create || !d->insn || !d->dispose || !target_initialize(d->library, target_of(isa)))
        return false;
    const char *features = isa == &isa_arm64     ? "+v8.5a,+crypto"
                           : isa == &isa_riscv64 ? "+m,+a,+f,+d,+c"
                                                 : "";
    d->context = create(isa->triple, "", features, NULL, 0, NULL, NULL);
    return d->context != NULL;
}

int disasm_open(struct disasm **out, const struct isa *isa, struct gobin_error *err)
{
    struct disasm *d = calloc(1, sizeof(*d));
    if (!d)
        return gobin_fail(err, ENOMEM, "no memory for the disassembler");
    d->library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (d->library && context_open(d, isa)) {
        *out = d;
        return 0;
    }
    disasm_close(d);
    return gobin_fail(err, ENOSYS, "no disassembler: %s isn't there; install the package libllvm14",
                      LIBRARY);
}

void disasm_close(struct disasm *d)
{
    if (!d)
        return;
    if (d->context)
        d->dispose(d->context);
    if (d->library)
        dlclose(d->library);
    free(d);
}

static void text_clean(char *text)
{
    for (char *c = text; *c; c++)
        if (*c == '\t')
            *c = ' ';
    memmove(text, text + strspn(text, " "), strlen(text + strspn(text, " ")) + 1);
}

size_t disasm_insn(struct disasm *d, struct span code, vaddr_t pc, char *text, size_t text_size)
{
    enum { LONGEST = 16 }; /* no instruction is longer; LLVM wants to write, so it gets a copy */
    uint8_t bytes[LONGEST];
    char line[256];
    size_t n = MIN(code.size, sizeof(bytes));
    if (n == 0)
        return 0;
    memcpy(bytes, code.data, n);
    size_t size = d->insn(d->context, bytes, n, pc, line, sizeof(line));
    if (size && text) {
        text_clean(line);
        snprintf(text, text_size, "%s", line);
    }
    return size;
}
