/* SPDX-License-Identifier: Apache-2.0 */
/* mazboot wb explain: a function's disassembly with what its instructions have to do with write
 * barriers. */
#include "cmd/wb/wb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "gobin/annotate.h"
#include "gobin/layout.h"

enum { NOTE_SIZE = 192, BUFFER_ENTRIES = 512, AROUND = 3 };

/* FUNCTION, or an address in it: then *pc is that address, else 0. */
static int resolve(const struct wb *wb, const char *where, struct gofunc *f, vaddr_t *pc)
{
    char *end;
    *pc = strtoull(where, &end, 16);
    if (*end == 0 && end != where && pclntab_find(&wb->bin.pclntab, *pc, f) == 0)
        return 0;
    *pc = 0;
    return pclntab_find_name(&wb->bin.pclntab, where, f);
}

static const char *reg_name(const struct wb *wb, uint8_t reg)
{
    return reg < REG_COUNT ? wb->barriers.isa->registers[reg] : "?";
}

static void note_branch(const struct annotation *a, const struct step *s, char *note)
{
    vaddr_t target = (vaddr_t)s->insn.imm;
    for (size_t i = 0; i < a->nsteps; i++) {
        const struct step *call = &a->steps[i];
        if (call->role != STEP_CALL || call->pc <= s->pc)
            continue;
        bool over = target > call->pc; /* the first call behind the branch is jumped over */
        snprintf(note, NOTE_SIZE,
                 over ? "flag off: goes on at 0x%" PRIx64 ", no barrier"
                      : "flag on: to the barrier at 0x%" PRIx64,
                 target);
        return;
    }
    snprintf(note, NOTE_SIZE, "decides by the flag, to 0x%" PRIx64, target);
}

static void note_call(const struct wb *wb, const struct step *s, char *note)
{
    const struct barrier_callee *c = s->callee;
    if (c->bulk)
        snprintf(note, NOTE_SIZE, "%s: records every pointer of an object at once", c->name);
    else if (wb->barriers.abi == BARRIER_BUFFER)
        snprintf(note, NOTE_SIZE,
                 "%s: takes %d word%s of this P's buffer, returns the address in %s", c->name,
                 c->slots, c->slots == 1 ? "" : "s", reg_name(wb, wb->barriers.isa->buffer));
    else
        snprintf(note, NOTE_SIZE, "%s: records %s and what [%s] held, then stores %s to [%s]",
                 c->name, reg_name(wb, c->value), reg_name(wb, wb->barriers.isa->slot),
                 reg_name(wb, c->value), reg_name(wb, wb->barriers.isa->slot));
}

static void note_record(const struct step *s, const char *what, char *note)
{
    if (s->words == 2)
        snprintf(note, NOTE_SIZE, "buffer words %d and %d: %ss", s->word, s->word + 1, what);
    else
        snprintf(note, NOTE_SIZE, "buffer word %d: %s", s->word, what);
}

/* By name where the program has symbols: "main.head" or "main.list+8". */
static void note_global(const struct wb *wb, vaddr_t addr, const char *what, char *note)
{
    struct elf_symbol sym;
    for (size_t i = 0; elf_symbol(&wb->bin.elf, i, &sym); i++) {
        if (sym.type != STT_OBJECT || addr < sym.addr || addr - sym.addr >= sym.size_bytes)
            continue;
        snprintf(note, NOTE_SIZE, addr == sym.addr ? "%s %.100s" : "%s %.100s+%llu", what, sym.name,
                 (unsigned long long)(addr - sym.addr));
        return;
    }
    snprintf(note, NOTE_SIZE, "%s 0x%" PRIx64 ", a variable", what, addr);
}

static void note_memory(const struct wb *wb, const struct step *s, const char *what, char *note)
{
    if (s->addr)
        note_global(wb, s->addr, what, note);
    else
        snprintf(note, NOTE_SIZE, "%s [%s%+" PRId64 "]", what, reg_name(wb, s->insn.rn),
                 s->insn.imm);
}

static void note_make(const struct wb *wb, const struct annotation *a, const struct step *s,
                      char *note)
{
    note[0] = 0;
    switch (s->role) {
    case STEP_OTHER:
        break;
    case STEP_FLAG_ADDRESS:
        snprintf(note, NOTE_SIZE, "address of runtime.writeBarrier");
        break;
    case STEP_FLAG_LOAD:
        snprintf(note, NOTE_SIZE, "the flag: 0 unless the collector is marking");
        break;
    case STEP_FLAG_BRANCH:
        note_branch(a, s, note);
        break;
    case STEP_CALL:
        note_call(wb, s, note);
        break;
    case STEP_OLD_LOAD:
        note_memory(wb, s, "the old pointer, of", note);
        break;
    case STEP_RECORD_NEW:
        note_record(s, "new pointer", note);
        break;
    case STEP_RECORD_OLD:
        note_record(s, "old pointer", note);
        break;
    case STEP_RECORD_BOTH:
        note_record(s, "new and old pointer", note);
        break;
    case STEP_STORE:
        note_memory(wb, s, "the store itself, flag on or off, to", note);
        break;
    case STEP_SLOT:
        snprintf(note, NOTE_SIZE, "argument: where the pointer goes");
        break;
    case STEP_VALUE:
        snprintf(note, NOTE_SIZE, "argument: the new pointer");
        break;
    }
}

/* The steps around the call at pc, or all of them. */
static void range_of(const struct annotation *a, vaddr_t pc, size_t *from, size_t *to)
{
    size_t at = 0, call = 0;
    *from = 0, *to = a->nsteps;
    while (at < a->nsteps && a->steps[at].pc < pc)
        at++;
    if (!pc || at == a->nsteps)
        return;
    for (call = at; call < a->nsteps && a->steps[call].role != STEP_CALL; call++)
        ;
    size_t first = MIN(at, call), last = at;
    while (first > 0 && a->steps[first].role != STEP_FLAG_LOAD && at - first < 24)
        first--;
    for (size_t i = call; i < a->nsteps && i < call + 40; i++)
        if (a->steps[i].call == call && a->steps[i].role != STEP_OTHER)
            last = i;
    *from = first > AROUND ? first - AROUND : 0;
    *to = MIN(MAX(last, call) + AROUND + 1, a->nsteps);
}

static void print_steps(const struct wb *wb, const struct gofunc *f, const struct annotation *a,
                        vaddr_t pc)
{
    size_t from, to;
    int line = 0;
    char note[NOTE_SIZE];
    range_of(a, pc, &from, &to);
    for (size_t i = from; i < to; i++) {
        const struct step *s = &a->steps[i];
        struct gopos pos = {.file = "?"};
        pclntab_positions(&wb->bin.pclntab, f, s->pc, &pos, 1);
        if (pos.line != line)
            printf("%s:%d\n", pos.file, pos.line);
        line = pos.line;
        note_make(wb, a, s, note);
        printf("%c %8" PRIx64 "  %-40s%s%s\n", s->pc == pc ? '>' : ' ', s->pc,
               s->text[0] ? s->text : "(no instruction)", note[0] ? " ; " : "", note);
    }
}

static void print_contract(struct wb *wb)
{
    const struct isa *isa = wb->barriers.isa;
    struct layout_fingerprint fp;
    printf("\nWhen the flag is on\n");
    if (wb->barriers.abi == BARRIER_BUFFER)
        printf("  The call preserves every register but %s, which it returns the address of the "
               "free words in%s.\n"
               "  The caller writes each pointer that is stored, and each that is overwritten, and "
               "then stores as always.\n",
               reg_name(wb, isa->buffer), isa->link_register ? " (and the link register)" : "");
    else
        printf("  The call gets the slot's address in %s and the pointer in %s, and preserves "
               "every register.\n"
               "  It records both pointers and does the store; the caller's own store is on the "
               "other path.\n",
               reg_name(wb, isa->slot), reg_name(wb, isa->value));
    if (layout_fingerprint(&fp, &wb->bin) == 0)
        printf("  The buffer is that of the processor the goroutine is on: %s is g, m is at g+%d, "
               "p at m+%d, wbBuf at p+%d\n"
               "  (its words next and end come first); its code says so.\n",
               reg_name(wb, isa->g), fp.g_m, fp.m_p, fp.p_wbbuf);
    printf("  It holds %d words. When they are used up, runtime.wbBufFlush marks what they point "
           "to.\n",
           BUFFER_ENTRIES);
}

int wb_explain(struct wb *wb, const struct wb_options *o, const char *where)
{
    struct gofunc f;
    struct annotation a;
    struct disasm *d;
    vaddr_t pc;
    (void)o;
    if (resolve(wb, where, &f, &pc) != 0)
        return fail(1,
                    "%s: no function and no address of one is %s; `mazboot wb list` shows those "
                    "with barriers",
                    wb->path, where);
    if (disasm_open(&d, wb->barriers.isa, &wb->bin.error) != 0)
        return fail(1, "%s", wb->bin.error.text);
    int rc = annotate(&a, &wb->bin, &wb->barriers, d, &f);
    disasm_close(d);
    if (rc != 0)
        return fail(1, "%s", wb->bin.error.text);
    printf("%s: %zu calls of a barrier; flag runtime.writeBarrier at 0x%" PRIx64 "\n\n", f.name,
           a.ncalls, wb->barriers.flag);
    print_steps(wb, &f, &a, pc);
    if (a.ncalls)
        print_contract(wb);
    annotation_free(&a);
    return 0;
}
