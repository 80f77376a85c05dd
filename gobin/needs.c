/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/needs.h"

#include <errno.h>
#include <stdlib.h>

#include "gobin/constants.h"
#include "gobin/disasm.h"
#include "gobin/isa.h"
#include "gobin/syscalls.h"

enum { PAGE = 4096 };

struct wrapper { /* a function that takes a system call's number as first argument */
    vaddr_t entry;
    bool by_stack; /* ABI0 */
};

struct search {
    struct needs *needs;
    struct gobin *bin;
    const struct isa *isa;
    struct disasm *sizes; /* tells the sizes of instructions where isa doesn't */
    struct span text;
    struct wrapper *wrappers;
    size_t nwrappers;
};

/* What is known before a call: registers, and the first argument on the stack (ABI0). */
struct before {
    struct constants regs;
    bool stack_known;
    int64_t stack_value;
};

/* Functions of the packages syscall, x/sys/unix and the runtime's own that take the number as first
 * argument. */
static bool is_wrapper(const char *name)
{
    static const char *const last[] = {"Syscall",        "Syscall6",          "RawSyscall",
                                       "RawSyscall6",    "rawSyscallNoError", "RawSyscallNoError",
                                       "SyscallNoError", "rawVforkSyscall"};
    const char *slash = strrchr(name, '/');
    const char *dot = strchr(slash ? slash : name, '.');
    if (!dot || !strstr(name, "sys"))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(last); i++)
        if (strcmp(dot + 1, last[i]) == 0)
            return true;
    return false;
}

/* ABI0 code starts by loading the number from the stack, or jumps to code that does (x/sys/unix).
 */
static bool takes_stack(const struct search *s, vaddr_t entry)
{
    enum { LOOK = 12 };
    const struct isa *isa = s->isa;
    struct insn i;
    vaddr_t pc = entry;
    for (unsigned n = 0; n < LOOK && pc >= s->bin->module.text; n++) {
        isa->decode(span_from(s->text, pc - s->bin->module.text), pc, &i);
        if (i.kind == INSN_LOAD && i.rn == isa->sp && i.imm >= 0 && !i.writeback &&
            (i.rd == isa->syscall_number || i.rd == isa->argument))
            return true;
        if (i.kind == INSN_CALL)
            return false;
        pc = i.kind == INSN_JUMP && i.imm ? (vaddr_t)i.imm : pc + MAX(i.size_bytes, 1);
    }
    return false;
}

static int wrappers_find(struct search *s)
{
    struct gofunc f;
    size_t room = 0;
    for (uint32_t i = 0; i < s->bin->pclntab.nfuncs; i++) {
        if (pclntab_func(&s->bin->pclntab, i, &f) != 0 || !is_wrapper(f.name))
            continue;
        if (s->nwrappers == room) {
            room = room ? 2 * room : 16;
            struct wrapper *grown = reallocarray(s->wrappers, room, sizeof(*grown));
            if (!grown)
                return -ENOMEM;
            s->wrappers = grown;
        }
        s->wrappers[s->nwrappers++] = (struct wrapper){f.entry, takes_stack(s, f.entry)};
    }
    return 0;
}

static const struct wrapper *called_wrapper(const struct search *s, const struct insn *i)
{
    if (i->kind != INSN_CALL || !i->imm)
        return NULL;
    for (size_t k = 0; k < s->nwrappers; k++)
        if (s->wrappers[k].entry == (vaddr_t)i->imm)
            return &s->wrappers[k];
    return NULL;
}

static void before_step(struct before *b, const struct insn *i, const struct isa *isa)
{
    int first = isa->link_register ? 8 : 0;
    if (i->kind == INSN_STORE && i->rn == isa->sp && !i->indexed && i->imm == first)
        b->stack_known = constants_get(&b->regs, i->rd, &b->stack_value);
    else if (i->kind == INSN_CALL)
        b->stack_known = false;
    constants_step(&b->regs, i);
}

static void note_unlisted(struct needs *n, int64_t number)
{
    for (size_t i = 0; i < n->nunlisted; i++)
        if (n->unlisted[i] == number)
            return;
    if (n->nunlisted < NEEDS_UNLISTED_MAX)
        n->unlisted[n->nunlisted++] = number;
}

static void note(struct search *s, const struct gofunc *f, bool known, int64_t number)
{
    struct needs *n = s->needs;
    int index = known ? syscall_by_number(s->bin->elf.machine, number) : -ENOENT;
    if (known && index < 0) {
        note_unlisted(n, number);
    } else if (index < 0 || index >= NEEDS_SYSCALLS_MAX) {
        n->unknown++;
        n->unknown_by = f->name;
    } else if (!n->made_by[index]) {
        n->made_by[index] = f->name;
        n->nsyscalls++;
    }
}

static void call_check(struct search *s, const struct gofunc *f, const struct before *b,
                       const struct insn *i)
{
    const struct wrapper *w = called_wrapper(s, i);
    int64_t number = b->stack_value;
    bool known = b->stack_known;
    if (!w && i->kind != INSN_SYSCALL)
        return;
    if (!w)
        known = constants_get(&b->regs, s->isa->syscall_number, &number);
    else if (!w->by_stack)
        known = constants_get(&b->regs, s->isa->argument, &number);
    note(s, f, known, number);
}

/* Whether a bytewise look at amd64 code finds anything worth the disassembler's time. */
static bool worth_walking(const struct search *s, struct span code, vaddr_t pc)
{
    if (s->isa->sizes_known)
        return true;
    for (size_t at = 0; at < code.size; at++) {
        struct insn i;
        if (code.data[at] != 0xe8 && code.data[at] != 0x0f)
            continue;
        s->isa->decode(span_from(code, at), pc + at, &i);
        if (i.kind == INSN_SYSCALL || called_wrapper(s, &i))
            return true;
    }
    return false;
}

static int function_walk(struct search *s, const struct gofunc *f)
{
    vaddr_t base = s->bin->module.text;
    struct span code = span_from(s->text, f->entry - base);
    code.size = MIN(code.size, f->end - f->entry);
    if (f->entry < base || is_wrapper(f->name) || !worth_walking(s, code, f->entry))
        return 0;
    if (!s->isa->sizes_known && !s->sizes) {
        int rc = disasm_open(&s->sizes, s->isa, &s->bin->error);
        if (rc != 0)
            return rc;
    }
    struct before b = {0};
    struct insn i;
    for (size_t at = 0, size; at < code.size; at += MAX(size, 1u)) {
        s->isa->decode(span_from(code, at), f->entry + at, &i);
        size = s->sizes ? disasm_insn(s->sizes, span_from(code, at), f->entry + at, NULL, 0)
                        : i.size_bytes;
        if (size != i.size_bytes)
            continue; /* a form that the decoder doesn't know changes no register that matters here
                       */
        call_check(s, f, &b, &i);
        before_step(&b, &i, s->isa);
    }
    return 0;
}

static bool is_one_of(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, list[i]) == 0)
            return true;
    return false;
}

static void features_find(struct needs *n, const struct gobin *bin)
{
    static const char *const sockets[] = {"syscall.socket", "net.socket",
                                          "golang.org/x/sys/unix.socket"};
    struct gofunc f;
    struct span cgo = buildinfo_setting(&bin->build, "CGO_ENABLED");
    bool linked_c = false;
    for (uint32_t i = 0; i < bin->pclntab.nfuncs; i++) {
        if (pclntab_func(&bin->pclntab, i, &f) != 0)
            continue;
        n->network |= is_one_of(f.name, sockets, ARRAY_SIZE(sockets));
        n->certificates |= strcmp(f.name, "crypto/x509.loadSystemRoots") == 0;
        n->starts_processes |=
            strcmp(f.name, "syscall.forkExec") == 0 || strcmp(f.name, "syscall.Exec") == 0;
        linked_c |= strncmp(f.name, "runtime/cgo.", 12) == 0;
    }
    n->cgo = linked_c && !(cgo.size == 1 && cgo.data[0] == '0');
    n->dynamic_loader = elf_needs_loader(&bin->elf);
}

static void memory_find(struct needs *n, const struct elf *e)
{
    for (size_t i = 0; i < e->nsegments; i++) {
        const struct elf_segment *s = &e->segments[i];
        if (s->type != PT_LOAD || s->size_bytes == 0)
            continue;
        uint64_t bytes = ALIGN_UP(s->addr + s->size_bytes, PAGE) - ALIGN_DOWN(s->addr, PAGE);
        n->image_bytes += bytes;
        n->writable_bytes += s->flags & PF_W ? bytes : 0;
    }
}

void needs_glance(struct needs *n, const struct gobin *bin)
{
    *n = (struct needs){0};
    features_find(n, bin);
    memory_find(n, &bin->elf);
}

int needs_find(struct needs *n, struct gobin *bin)
{
    struct search s = {
        .needs = n, .bin = bin, .isa = isa_of(bin->elf.machine), .text = gobin_text(bin)};
    needs_glance(n, bin);
    int rc = wrappers_find(&s);
    if (rc != 0)
        gobin_fail(&bin->error, ENOMEM, "no memory for the search for system calls");
    struct gofunc f;
    for (uint32_t i = 0; rc == 0 && i < bin->pclntab.nfuncs; i++)
        if (pclntab_func(&bin->pclntab, i, &f) == 0)
            rc = function_walk(&s, &f);
    disasm_close(s.sizes);
    free(s.wrappers);
    return rc;
}
