/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/program.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/elf.h"

#define PAGE_BYTES 4096u

/* Programs live below this address (48 bits of user space). */
#define USER_END_BYTES (1ull << 48)

struct check {
    const struct blob *file;
    const char *name;
    struct error *err;
    Elf64_Ehdr header;
    bool entry_in_text, interpreter;
    unsigned load_count;
};

static const char *machine_name(unsigned machine)
{
    static const struct {
        unsigned machine;
        const char *name;
    } names[] = {
        {EM_X86_64, "an amd64"}, {EM_386, "a 386"},     {EM_ARM, "an arm"},
        {EM_RISCV, "a riscv64"}, {EM_PPC64, "a ppc64"}, {EM_LOONGARCH, "a loong64"},
        {EM_S390, "an s390x"},   {EM_MIPS, "a mips"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (names[i].machine == machine)
            return names[i].name;
    return NULL;
}

/* Every message starts with the program's name. */
PRINTF_LIKE(2, 3)
static int refuse(struct check *c, const char *format, ...)
{
    char reason[256];
    va_list args;

    va_start(args, format);
    vsnprintf(reason, sizeof(reason), format, args);
    va_end(args);
    return error_set(c->err, -ENOEXEC, "%s %s", c->name, reason);
}

static bool starts_with(const struct blob *file, const char *prefix, size_t length)
{
    return file->size_bytes >= length && memcmp(file->bytes, prefix, length) == 0;
}

static int refuse_foreign(struct check *c)
{
    if (c->file->size_bytes == 0)
        return refuse(c, "is empty");
    if (starts_with(c->file, "#!", 2))
        return refuse(c, "is a script; a machine runs compiled arm64 programs only");
    if (starts_with(c->file, "MZ", 2))
        return refuse(c, "is a Windows program; build it with GOOS=linux GOARCH=arm64");
    if (starts_with(c->file, "\xcf\xfa\xed\xfe", 4))
        return refuse(c, "is a macOS program; build it with GOOS=linux GOARCH=arm64");
    if (starts_with(c->file, "!<arch>\n", 8))
        return refuse(c, "is an archive, not a program; build a package main");
    return refuse(c, "is not an ELF program");
}

static int check_ident(struct check *c)
{
    const struct blob *file = c->file;

    if (!starts_with(file, ELFMAG, SELFMAG))
        return refuse_foreign(c);
    if (file->size_bytes < EI_NIDENT)
        return refuse(c, "is truncated: its ELF header is cut off");
    if (file->bytes[EI_CLASS] == ELFCLASS32)
        return refuse(c, "is a 32-bit program; build it with GOARCH=arm64");
    if (file->bytes[EI_CLASS] != ELFCLASS64)
        return refuse(c, "is not a valid ELF program: class %u", file->bytes[EI_CLASS]);
    if (file->bytes[EI_DATA] != ELFDATA2LSB)
        return refuse(c, "is a big-endian program; build it with GOARCH=arm64");
    if (file->size_bytes < sizeof(c->header))
        return refuse(c, "is truncated: its ELF header is cut off");
    memcpy(&c->header, file->bytes, sizeof(c->header));
    return 0;
}

static int check_machine(struct check *c)
{
    const Elf64_Ehdr *header = &c->header;

    if (header->e_machine != EM_AARCH64) {
        const char *machine = machine_name(header->e_machine);
        if (machine)
            return refuse(c, "is %s program; build it with GOARCH=arm64", machine);
        return refuse(c, "is for another processor (ELF machine %u); build it with GOARCH=arm64",
                      header->e_machine);
    }
    if (header->e_ident[EI_OSABI] != ELFOSABI_NONE && header->e_ident[EI_OSABI] != ELFOSABI_LINUX)
        return refuse(c, "is for another system; build it with GOOS=linux");
    if (header->e_type == ET_REL)
        return refuse(c, "is an object file, not a linked program");
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
        return refuse(c, "is not an executable program (ELF type %u)", header->e_type);
    return 0;
}

static int check_table(struct check *c)
{
    const Elf64_Ehdr *header = &c->header;

    if (header->e_phnum == 0)
        return refuse(c, "has no program headers: it is not a linked program");
    if (header->e_phentsize != sizeof(Elf64_Phdr))
        return refuse(c, "is damaged: its program headers are %u bytes each instead of %zu",
                      header->e_phentsize, sizeof(Elf64_Phdr));
    uint64_t table_bytes = header->e_phnum * sizeof(Elf64_Phdr);
    if (header->e_phoff > c->file->size_bytes ||
        table_bytes > c->file->size_bytes - header->e_phoff)
        return refuse(c, "is truncated: its program headers are cut off");
    return 0;
}

static int refuse_dynamic(struct check *c)
{
    return refuse(c, "is dynamically linked; build it with CGO_ENABLED=0");
}

static int check_extent(struct check *c, const Elf64_Phdr *segment)
{
    uint64_t file_bytes = c->file->size_bytes;

    if (segment->p_offset > file_bytes || segment->p_filesz > file_bytes - segment->p_offset)
        return refuse(c,
                      "is truncated: it has %" PRIu64 " bytes, a segment of %" PRIu64
                      " bytes starts at %" PRIu64,
                      file_bytes, segment->p_filesz, segment->p_offset);
    return 0;
}

static int check_load(struct check *c, const Elf64_Phdr *segment)
{
    int result = check_extent(c, segment);

    if (result < 0)
        return result;
    if (segment->p_filesz > segment->p_memsz || segment->p_vaddr >= USER_END_BYTES ||
        segment->p_memsz > USER_END_BYTES - segment->p_vaddr)
        return refuse(c, "is damaged: a segment at 0x%" PRIx64 " has impossible sizes",
                      segment->p_vaddr);
    if (segment->p_vaddr % PAGE_BYTES != segment->p_offset % PAGE_BYTES)
        return refuse(
            c, "is not laid out for pages of 4 KiB: its segment at 0x%" PRIx64 " cannot be mapped",
            segment->p_vaddr);
    if ((segment->p_flags & PF_X) && c->header.e_entry - segment->p_vaddr < segment->p_filesz)
        c->entry_in_text = true;
    c->load_count++;
    return 0;
}

/* A static position-independent program has a dynamic section too, but needs no library. */
static int check_dynamic(struct check *c, const Elf64_Phdr *segment)
{
    int result = check_extent(c, segment);

    if (result < 0)
        return result;
    for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= segment->p_filesz; at += sizeof(Elf64_Dyn)) {
        Elf64_Dyn entry;
        memcpy(&entry, c->file->bytes + segment->p_offset + at, sizeof(entry));
        if (entry.d_tag == DT_NULL)
            break;
        if (entry.d_tag == DT_NEEDED)
            return refuse_dynamic(c);
    }
    return 0;
}

static int check_segment(struct check *c, unsigned index)
{
    Elf64_Phdr segment;

    memcpy(&segment, c->file->bytes + c->header.e_phoff + index * sizeof(segment), sizeof(segment));
    switch (segment.p_type) {
    case PT_INTERP:
        c->interpreter = true;
        return 0;
    case PT_LOAD:
        return check_load(c, &segment);
    case PT_DYNAMIC:
        return check_dynamic(c, &segment);
    default:
        return 0;
    }
}

static int check_segments(struct check *c)
{
    for (unsigned i = 0; i < c->header.e_phnum; i++) {
        int result = check_segment(c, i);
        if (result < 0)
            return result;
    }
    if (c->load_count == 0)
        return refuse(c, "has nothing to load: it is not a linked program");
    if (!c->entry_in_text)
        return refuse(c, "is damaged: its entry point 0x%" PRIx64 " is not in its code",
                      c->header.e_entry);
    return 0;
}

/* One that names an interpreter may do without it, as Go's position-independent programs do: the
 * kernel's own rules. */
static int check_interpreter(struct check *c)
{
    struct elf_load plan;
    uint64_t size = c->file->size_bytes;

    if (!c->interpreter)
        return 0;
    enum elf_load_error why = elf_load_plan(&plan, c->file->bytes, size, size, EM_AARCH64);
    return why == ELF_LOAD_OK        ? 0
           : why == ELF_LOAD_DYNAMIC ? refuse_dynamic(c)
                                     : refuse(c, "%s", elf_load_error_text(why));
}

int program_check(const struct blob *file, const char *name, struct error *err)
{
    static int (*const steps[])(struct check *) = {check_ident, check_machine, check_table,
                                                   check_segments, check_interpreter};
    struct check c = {.file = file, .name = name, .err = err};

    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        int result = steps[i](&c);
        if (result < 0)
            return result;
    }
    return 0;
}
