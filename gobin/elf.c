/* SPDX-License-Identifier: Apache-2.0 */
/* Headers are copied into our own structs once, bounds checked; later look-ups can't leave the
 * file. */
#include "gobin/elf.h"

#include <errno.h>
#include <stdlib.h>

static int machine_from(uint16_t e_machine, enum gobin_machine *out)
{
    switch (e_machine) {
    case EM_AARCH64:
        *out = GOBIN_ARM64;
        return 0;
    case EM_X86_64:
        *out = GOBIN_AMD64;
        return 0;
    case EM_RISCV:
        *out = GOBIN_RISCV64;
        return 0;
    }
    return -ENOEXEC;
}

const char *gobin_machine_name(enum gobin_machine machine)
{
    static const char *const names[] = {"arm64", "amd64", "riscv64"};
    return names[machine];
}

static int header_check(struct elf *e, Elf64_Ehdr *eh, struct gobin_error *err)
{
    if (!span_copy(e->file, 0, eh, sizeof(*eh)) || memcmp(eh->e_ident, ELFMAG, SELFMAG) != 0)
        return gobin_fail(err, ENOEXEC, "not an ELF file: build the program with GOOS=linux");
    if (eh->e_ident[EI_CLASS] != ELFCLASS64 || eh->e_ident[EI_DATA] != ELFDATA2LSB)
        return gobin_fail(err, ENOEXEC,
                          "a 32-bit or big-endian ELF file; arm64, amd64 and riscv64 are read");
    if (eh->e_type != ET_EXEC && eh->e_type != ET_DYN)
        return gobin_fail(err, ENOEXEC,
                          "an ELF file, but not an executable: give the result of `go build`");
    if (machine_from(eh->e_machine, &e->machine) != 0)
        return gobin_fail(err, ENOEXEC, "ELF machine %u isn't known; arm64, amd64 and riscv64 are",
                          eh->e_machine);
    e->pie = eh->e_type == ET_DYN;
    e->entry = eh->e_entry;
    return 0;
}

static int segments_read(struct elf *e, const Elf64_Ehdr *eh, struct gobin_error *err)
{
    struct span table = span_part(e->file, eh->e_phoff, (uint64_t)eh->e_phnum * sizeof(Elf64_Phdr));
    if (!table.data || eh->e_phnum == 0 || eh->e_phentsize != sizeof(Elf64_Phdr))
        return gobin_fail(err, EINVAL,
                          "the program headers lie outside of the file: it is cut off or damaged");
    e->segments = calloc(eh->e_phnum, sizeof(*e->segments));
    if (!e->segments)
        return gobin_fail(err, ENOMEM, "no memory for the program headers");
    for (size_t i = 0; i < eh->e_phnum; i++) {
        Elf64_Phdr ph;
        memcpy(&ph, table.data + i * sizeof(ph), sizeof(ph));
        struct elf_segment *seg = &e->segments[e->nsegments++];
        *seg = (struct elf_segment){
            ph.p_type,  ph.p_flags,  ph.p_vaddr,
            ph.p_memsz, ph.p_offset, span_part(e->file, ph.p_offset, MIN(ph.p_filesz, ph.p_memsz))};
        if (ph.p_type == PT_LOAD && ph.p_filesz && !seg->contents.data)
            return gobin_fail(err, EINVAL,
                              "segment %zu lies outside of the file: it is cut off or damaged", i);
        if (ph.p_type == PT_LOAD && ph.p_vaddr + ph.p_memsz < ph.p_vaddr)
            return gobin_fail(err, EINVAL, "segment %zu goes around the end of the address space",
                              i);
        e->interpreted |= ph.p_type == PT_INTERP;
    }
    return 0;
}

static struct elf_section section_from(const struct elf *e, const Elf64_Shdr *sh, struct span names)
{
    const char *name = span_string(names, sh->sh_name);
    struct elf_section s = {
        .name = name ? name : "",
        .type = sh->sh_type,
        .flags = sh->sh_flags,
        .addr = sh->sh_addr,
        .size_bytes = sh->sh_size,
        .link = sh->sh_link,
    };
    if (sh->sh_type != SHT_NOBITS && sh->sh_type != SHT_NULL)
        s.contents = span_part(e->file, sh->sh_offset, sh->sh_size);
    return s;
}

/* Section headers are a convenience that strippers drop: a damaged table counts as none. */
static int sections_read(struct elf *e, const Elf64_Ehdr *eh, struct gobin_error *err)
{
    struct span table = span_part(e->file, eh->e_shoff, (uint64_t)eh->e_shnum * sizeof(Elf64_Shdr));
    if (!table.data || eh->e_shnum == 0 || eh->e_shentsize != sizeof(Elf64_Shdr) ||
        eh->e_shstrndx >= eh->e_shnum)
        return 0;
    Elf64_Shdr sh;
    memcpy(&sh, table.data + eh->e_shstrndx * sizeof(sh), sizeof(sh));
    struct span names = span_part(e->file, sh.sh_offset, sh.sh_size);
    e->sections = calloc(eh->e_shnum, sizeof(*e->sections));
    if (!e->sections)
        return gobin_fail(err, ENOMEM, "no memory for the section headers");
    for (size_t i = 0; i < eh->e_shnum; i++) {
        memcpy(&sh, table.data + i * sizeof(sh), sizeof(sh));
        e->sections[e->nsections++] = section_from(e, &sh, names);
    }
    return 0;
}

static void symbols_find(struct elf *e)
{
    for (size_t i = 0; i < e->nsections; i++) {
        const struct elf_section *s = &e->sections[i];
        if (s->type != SHT_SYMTAB || s->link >= e->nsections)
            continue;
        e->symtab = s->contents;
        e->strtab = e->sections[s->link].contents;
    }
}

static uint32_t relative_type(enum gobin_machine machine)
{
    static const uint32_t types[] = {R_AARCH64_RELATIVE, R_X86_64_RELATIVE, R_RISCV_RELATIVE};
    return types[machine];
}

static int relative_order(const void *a, const void *b)
{
    const struct elf_relative *x = a, *y = b;
    return x->where < y->where ? -1 : x->where > y->where;
}

static int relatives_add(struct elf *e, struct span rela, struct gobin_error *err)
{
    size_t n = rela.size / sizeof(Elf64_Rela);
    if (n == 0)
        return 0;
    struct elf_relative *all = reallocarray(e->relatives, e->nrelatives + n, sizeof(*all));
    if (!all)
        return gobin_fail(err, ENOMEM, "no memory for %zu relocations", n);
    e->relatives = all;
    for (size_t i = 0; i < n; i++) {
        Elf64_Rela r;
        memcpy(&r, rela.data + i * sizeof(r), sizeof(r));
        if (ELF64_R_TYPE(r.r_info) == relative_type(e->machine))
            all[e->nrelatives++] = (struct elf_relative){r.r_offset, (vaddr_t)r.r_addend};
        else
            e->nother_relocations += ELF64_R_TYPE(r.r_info) != 0;
    }
    return 0;
}

/* The dynamic segment, not the section headers, names the table: it survives stripping. */
static int relatives_read(struct elf *e, struct gobin_error *err)
{
    uint64_t addr = 0, size = 0;
    for (size_t i = 0; i < e->nsegments; i++) {
        if (e->segments[i].type != PT_DYNAMIC)
            continue;
        struct span dyn = e->segments[i].contents;
        Elf64_Dyn d;
        for (size_t at = 0; span_copy(dyn, at, &d, sizeof(d)) && d.d_tag != DT_NULL;
             at += sizeof(d)) {
            if (d.d_tag == DT_RELA)
                addr = d.d_un.d_ptr;
            if (d.d_tag == DT_RELASZ)
                size = d.d_un.d_val;
            e->needs_libraries |= d.d_tag == DT_NEEDED;
        }
    }
    int rc = relatives_add(e, span_part(elf_bytes(e, addr), 0, size), err);
    if (rc == 0 && e->nrelatives)
        qsort(e->relatives, e->nrelatives, sizeof(*e->relatives), relative_order);
    return rc;
}

int elf_open(struct elf *e, struct span file, struct gobin_error *err)
{
    *e = (struct elf){.file = file};
    Elf64_Ehdr eh;
    int rc = header_check(e, &eh, err);
    if (rc == 0)
        rc = segments_read(e, &eh, err);
    if (rc == 0)
        rc = sections_read(e, &eh, err);
    if (rc == 0)
        rc = relatives_read(e, err);
    if (rc != 0) {
        elf_close(e);
        return rc;
    }
    symbols_find(e);
    return 0;
}

void elf_close(struct elf *e)
{
    free(e->sections);
    free(e->segments);
    free(e->relatives);
    *e = (struct elf){0};
}

bool elf_needs_loader(const struct elf *e)
{
    return e->interpreted && (!e->pie || e->needs_libraries || e->nother_relocations);
}

const struct elf_section *elf_section(const struct elf *e, const char *name)
{
    for (size_t i = 0; i < e->nsections; i++)
        if (strcmp(e->sections[i].name, name) == 0)
            return &e->sections[i];
    return NULL;
}

const struct elf_segment *elf_segment_at(const struct elf *e, vaddr_t addr)
{
    for (size_t i = 0; i < e->nsegments; i++) {
        const struct elf_segment *s = &e->segments[i];
        if (s->type == PT_LOAD && addr >= s->addr && addr - s->addr < s->size_bytes)
            return s;
    }
    return NULL;
}

struct span elf_bytes(const struct elf *e, vaddr_t addr)
{
    const struct elf_segment *s = elf_segment_at(e, addr);
    return s ? span_from(s->contents, addr - s->addr) : (struct span){0};
}

int elf_offset(const struct elf *e, vaddr_t addr, uint64_t *offset)
{
    struct span bytes = elf_bytes(e, addr);
    if (bytes.size == 0)
        return -ENOENT;
    *offset = (uint64_t)(bytes.data - e->file.data);
    return 0;
}

bool elf_pointer(const struct elf *e, vaddr_t addr, vaddr_t *out)
{
    struct elf_relative key = {.where = addr};
    const struct elf_relative *r = NULL;
    if (e->nrelatives)
        r = bsearch(&key, e->relatives, e->nrelatives, sizeof(key), relative_order);
    if (!r)
        return span_u64(elf_bytes(e, addr), 0, out);
    *out = r->value;
    return true;
}

bool elf_symbol(const struct elf *e, size_t i, struct elf_symbol *out)
{
    Elf64_Sym sym;
    if (i > e->symtab.size / sizeof(sym) ||
        !span_copy(e->symtab, i * sizeof(sym), &sym, sizeof(sym)))
        return false;
    const char *name = span_string(e->strtab, sym.st_name);
    *out = (struct elf_symbol){name ? name : "", sym.st_value, sym.st_size,
                               ELF64_ST_TYPE(sym.st_info)};
    return true;
}

int elf_symbol_address(const struct elf *e, const char *name, vaddr_t *out)
{
    struct elf_symbol sym;
    for (size_t i = 0; elf_symbol(e, i, &sym); i++) {
        if (strcmp(sym.name, name) == 0) {
            *out = sym.addr;
            return 0;
        }
    }
    return -ENOENT;
}
