/* SPDX-License-Identifier: Apache-2.0 */
/* Executables (ELF-64 specification; the kernel reads only the program headers) and payload
 * objects. */
#include "rtgc/link.h"

#include <string.h>

struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
_Static_assert(sizeof(struct elf_header) == 64, "ELF header");

struct elf_segment {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
_Static_assert(sizeof(struct elf_segment) == 56, "ELF program header");

struct elf_section {
    uint32_t name, type;
    uint64_t flags, addr, offset, size;
    uint32_t link, info;
    uint64_t addralign, entsize;
};
_Static_assert(sizeof(struct elf_section) == 64, "ELF section header");

struct elf_symbol {
    uint32_t name;
    uint8_t info, other;
    uint16_t shndx;
    uint64_t value, size;
};
_Static_assert(sizeof(struct elf_symbol) == 24, "ELF symbol");

enum { PT_LOAD = 1, PT_GNU_STACK = 0x6474e551, PF_X = 1, PF_W = 2, PF_R = 4 };
enum { STT_OBJECT = 1, STT_FUNC = 2, SECTION_TEXT = 1, SECTION_BSS = 2, NSECTIONS = 5 };

static void add_symbol(struct buf *table, struct buf *names, const struct image *im, size_t i)
{
    const struct irsym *s = &im->ir->syms.at[i];
    bool func = s->kind == IRSYM_FUNC;
    struct elf_symbol e = {.name = (uint32_t)names->n, .value = (uint64_t)s->address};
    e.info = func ? STT_FUNC : STT_OBJECT;
    e.shndx = s->kind == IRSYM_BSS ? SECTION_BSS : SECTION_TEXT;
    e.size = func ? im->func_end[i] - im->func_start[i] : (uint64_t)s->size_bytes;
    buf_bytes(names, s->name, strlen(s->name) + 1);
    buf_bytes(table, &e, sizeof e);
}

static void add_section(struct buf *out, uint32_t name, uint32_t type, uint64_t flags,
                        uint64_t addr, uint64_t offset, uint64_t size)
{
    struct elf_section s = {
        .name = name, .type = type, .flags = flags, .addr = addr, .offset = offset, .size = size};
    s.addralign = 1;
    if (type ==
        2) { /* a symbol table: its names are in the next section, all its symbols are local */
        s.link = 4;
        s.entsize = sizeof(struct elf_symbol);
        s.info = (uint32_t)(size / s.entsize);
        s.addralign = 8;
    }
    buf_bytes(out, &s, sizeof s);
}

/* Sections behind the program: text, bss, the symbol table and its names. Returns where their
 * headers are. */
static uint64_t write_symbols(struct unit *u, const struct image *im, struct buf *out)
{
    static const char section_names[] = "\0.text\0.bss\0.symtab\0.strtab";
    struct buf table = {.arena = &u->arena}, names = {.arena = &u->arena};
    struct elf_symbol none = {0};
    buf_bytes(&names, section_names, sizeof section_names);
    buf_bytes(&table, &none, sizeof none);
    for (size_t i = 0; i < im->ir->syms.n; i++)
        if (im->ir->syms.at[i].kind != IRSYM_DATA)
            add_symbol(&table, &names, im, i);
    while (out->n % 8)
        buf_bytes(out, "", 1);
    uint64_t table_at = out->n;
    buf_bytes(out, table.at, table.n);
    uint64_t names_at = out->n;
    buf_bytes(out, names.at, names.n);
    while (out->n % 8)
        buf_bytes(out, "", 1);
    uint64_t headers_at = out->n;
    add_section(out, 0, 0, 0, 0, 0, 0);
    add_section(out, 1, 1, 6, im->base, ELF_CODE_OFFSET, im->size_bytes);
    add_section(out, 7, 8, 3, im->bss_at, 0, im->bss_bytes);
    add_section(out, 12, 2, 0, 0, table_at, table.n);
    add_section(out, 20, 3, 0, 0, names_at, names.n);
    return headers_at;
}

static void write_headers(const struct unit *u, const struct image *im, uint64_t sections_at,
                          char *at)
{
    uint64_t code = (uint64_t)im->ir->syms.at[im->ir->entry].address,
             start = im->base - ELF_CODE_OFFSET;
    uint64_t file = ELF_CODE_OFFSET + im->size_bytes;
    struct elf_header h = {
        .ident = {0x7f, 'E', 'L', 'F', 2, 1, 1},
        .type = 2,
        .machine = u->target->elf_machine,
        .version = 1,
        .entry = code,
        .phoff = sizeof h,
        .shoff = sections_at,
        .flags = u->target->elf_flags,
        .ehsize = sizeof h,
        .phentsize = sizeof(struct elf_segment),
        .phnum = im->bss_bytes ? 3 : 2,
        .shentsize = sizeof(struct elf_section),
        .shnum = sections_at ? NSECTIONS : 0,
        .shstrndx = sections_at ? NSECTIONS - 1 : 0,
    };
    struct elf_segment segments[3] = {
        {PT_LOAD, PF_R | PF_X, 0, start, start, file, file, PAGE},
        {PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 0, 16},
        {PT_LOAD, PF_R | PF_W, 0, im->bss_at, im->bss_at, 0, im->bss_bytes, PAGE},
    };
    memcpy(at, &h, sizeof h);
    memcpy(at + sizeof h, segments, h.phnum * sizeof segments[0]);
}

void write_elf(struct unit *u, const struct image *im, struct buf *out)
{
    char headers[ELF_CODE_OFFSET] = {0};
    buf_bytes(out, headers, sizeof headers);
    buf_bytes(out, im->bytes, im->size_bytes);
    uint64_t sections_at = u->options->symbols ? write_symbols(u, im, out) : 0;
    write_headers(u, im, sections_at, out->at);
}

/* The head of a payload as it lies in the config region; see docs/RTG.md. */
struct payload_header {
    uint32_t magic, code_bytes, nrelocs, data_offset, data_bytes, bss_bytes;
    uint64_t seconds, nanoseconds;
};
_Static_assert(sizeof(struct payload_header) == 40, "payload header");

void write_object(const struct image *im, struct buf *out)
{
    struct payload_header h = {.magic = 0xcafebabe, .code_bytes = (uint32_t)im->size_bytes};
    h.nrelocs = (uint32_t)im->relocs.n;
    h.bss_bytes = (uint32_t)im->bss_bytes;
    buf_bytes(out, &h, sizeof h);
    for (size_t i = 0; i < im->relocs.n; i++) {
        uint32_t at = (uint32_t)im->relocs.at[i];
        buf_bytes(out, &at, 4);
    }
    buf_bytes(out, im->bytes, im->size_bytes);
}
