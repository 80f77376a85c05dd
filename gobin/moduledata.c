/* SPDX-License-Identifier: Apache-2.0 */
/* Source: type moduledata in Go's runtime/symtab.go, releases 1.18 to 1.26. Only what stands before
 * the first slice that changed is read; each candidate has to prove itself, since a stripped file
 * has nothing but the bytes. */
#include "gobin/moduledata.h"

#include <errno.h>

/* Positions in words. Go 1.20 put the coverage counters, two words, behind noptrbss. */
enum {
    WORD_PCHEADER = 0,
    WORD_NFUNCS = 17, /* len(ftab) is the number of functions + 1 */
    WORD_MINPC = 20,
    WORD_TEXT = 22,
    WORD_ETEXT = 23,
    WORD_NOPTRDATA = 24,
    WORD_DATA = 26,
    WORD_BSS = 28,
    WORD_NOPTRBSS = 30,
    WORD_COVERAGE = 32,
    WORDS_COVERAGE = 2,
    WORD_TYPES = 35,
    WORD_RODATA = 37,
    WORD_GOFUNC = 38,
    WORDS = 41,
};

int moduledata_find_pclntab(const struct elf *e, vaddr_t *addr, struct pclntab *table,
                            struct gobin_error *err)
{
    const struct elf_section *s = elf_section(e, ".gopclntab");
    if (!s)
        s = elf_section(e, ".data.rel.ro.gopclntab");
    if (s && s->contents.size) {
        *addr = s->addr;
        return pclntab_parse(table, s->contents, err);
    }
    struct gobin_error ignored;
    for (size_t i = 0; i < e->nsegments; i++) {
        const struct elf_segment *seg = &e->segments[i];
        for (size_t at = 0; seg->type == PT_LOAD && at + 8 <= seg->contents.size; at += 16) {
            const uint8_t *p = seg->contents.data + at;
            if (p[3] != 0xff || p[2] != 0xff || p[1] != 0xff || p[4] || p[5])
                continue;
            if (pclntab_parse(table, span_from(seg->contents, at), &ignored) != 0)
                continue;
            *addr = seg->addr + at;
            return 0;
        }
    }
    return gobin_fail(
        err, ENOENT,
        "no Go function table: not a Go program, or one that was packed (unpack it first)");
}

static bool in_order(vaddr_t low, vaddr_t high)
{
    return low <= high;
}

static bool words_plausible(const vaddr_t *w, const struct elf *e, vaddr_t pclntab,
                            const struct pclntab *table)
{
    return w[WORD_PCHEADER] == pclntab && w[WORD_NFUNCS] == (uint64_t)table->nfuncs + 1 &&
           in_order(w[WORD_TEXT], w[WORD_ETEXT]) &&
           in_order(w[WORD_NOPTRDATA], w[WORD_NOPTRDATA + 1]) &&
           in_order(w[WORD_DATA], w[WORD_DATA + 1]) && in_order(w[WORD_BSS], w[WORD_BSS + 1]) &&
           elf_bytes(e, w[WORD_TEXT]).size != 0 && w[WORD_MINPC] >= w[WORD_TEXT] &&
           w[WORD_MINPC] < w[WORD_ETEXT];
}

static int read_at(struct moduledata *m, const struct elf *e, vaddr_t addr, vaddr_t pclntab,
                   const struct pclntab *table)
{
    vaddr_t w[WORDS];
    for (size_t i = 0; i < WORDS; i++)
        if (!elf_pointer(e, addr + 8 * i, &w[i]))
            return -ENOENT;
    if (!words_plausible(w, e, pclntab, table))
        return -ENOENT;
    const vaddr_t *late = w + (table->go120 ? WORDS_COVERAGE : 0);
    *m = (struct moduledata){
        .addr = addr,
        .pclntab = pclntab,
        .text = w[WORD_TEXT],
        .etext = w[WORD_ETEXT],
        .noptrdata = w[WORD_NOPTRDATA],
        .enoptrdata = w[WORD_NOPTRDATA + 1],
        .data = w[WORD_DATA],
        .edata = w[WORD_DATA + 1],
        .bss = w[WORD_BSS],
        .ebss = w[WORD_BSS + 1],
        .noptrbss = w[WORD_NOPTRBSS],
        .enoptrbss = w[WORD_NOPTRBSS + 1],
        .types = late[WORD_TYPES],
        .etypes = late[WORD_TYPES + 1],
        .rodata = late[WORD_RODATA],
        .gofunc = late[WORD_GOFUNC],
    };
    return 0;
}

static int search(struct moduledata *m, const struct elf *e, vaddr_t pclntab,
                  const struct pclntab *table)
{
    for (size_t i = 0; i < e->nrelatives; i++)
        if (e->relatives[i].value == pclntab &&
            read_at(m, e, e->relatives[i].where, pclntab, table) == 0)
            return 0;
    for (size_t i = 0; i < e->nsegments; i++) {
        const struct elf_segment *seg = &e->segments[i];
        for (size_t at = 0; seg->type == PT_LOAD && at + 8 <= seg->contents.size; at += 8)
            if (memcmp(seg->contents.data + at, &pclntab, 8) == 0 &&
                read_at(m, e, seg->addr + at, pclntab, table) == 0)
                return 0;
    }
    return -ENOENT;
}

int moduledata_find(struct moduledata *m, const struct elf *e, vaddr_t pclntab,
                    struct pclntab *table, struct gobin_error *err)
{
    vaddr_t addr;
    const struct elf_section *s = elf_section(e, ".go.module");
    bool found = s && read_at(m, e, s->addr, pclntab, table) == 0;
    if (!found && elf_symbol_address(e, "runtime.firstmoduledata", &addr) == 0)
        found = read_at(m, e, addr, pclntab, table) == 0;
    if (!found)
        found = search(m, e, pclntab, table) == 0;
    if (!found)
        return gobin_fail(err, ENOENT,
                          "no module data that fits the function table: the file is damaged");
    table->text = m->text;
    table->funcdata = elf_bytes(e, m->gofunc);
    return 0;
}
