/* SPDX-License-Identifier: Apache-2.0 */
/* Checks an ELF64 program and plans its loading. Runs on little-endian machines, as everything here
 * does. */
#include "lib/elf.h"
#include "lib/str.h"

struct elf64_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf64_phdr {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct elf64_dyn {
    uint64_t tag, value;
};

_Static_assert(sizeof(struct elf64_header) == 64, "ELF64 header layout");
_Static_assert(sizeof(struct elf64_phdr) == 56, "ELF64 program header layout");

enum {
    CLASS_64 = 2,
    DATA_LITTLE = 1,
    TYPE_EXEC = 2,
    TYPE_DYN = 3,
    PT_LOAD = 1,
    PT_DYNAMIC = 2,
    PT_INTERP = 3,
    PT_GNU_STACK = 0x6474e551,
    PF_X = 1,
    PF_W = 2,
    PF_R = 4,
    DT_NULL = 0,
    DT_NEEDED = 1,
    DT_RELA = 7,
    DT_RELASZ = 8,
    DT_RELAENT = 9,
    DT_REL = 17,
    DT_JMPREL = 23,
    DT_RELR = 36,
    RELA_BYTES = sizeof(struct elf_rela),
};

struct reader {
    const uint8_t *head;
    size_t head_bytes;
    uint64_t file_bytes;
    struct elf64_header header;
    bool interpreter;
    struct elf64_phdr dynamic; /* type PT_DYNAMIC when there is one */
};

static uint64_t page_down(uint64_t a)
{
    return ALIGN_DOWN(a, (uint64_t)ELF_LOAD_PAGE);
}

static uint64_t page_up(uint64_t a)
{
    return ALIGN_UP(a, (uint64_t)ELF_LOAD_PAGE);
}

static enum elf_load_error read_header(struct reader *r, struct elf_load *plan, unsigned machine)
{
    struct elf64_header *h = &r->header;

    if (r->head_bytes < 4 || memcmp(r->head, "\177ELF", 4))
        return ELF_LOAD_NOT_ELF;
    if (r->head_bytes < 6)
        return ELF_LOAD_TRUNCATED;
    if (r->head[4] != CLASS_64 || r->head[5] != DATA_LITTLE)
        return ELF_LOAD_CLASS;
    if (r->head_bytes < sizeof(*h))
        return ELF_LOAD_TRUNCATED;
    memcpy(h, r->head, sizeof(*h));
    plan->machine = h->machine;
    if (machine && h->machine != machine)
        return ELF_LOAD_MACHINE;
    if (h->type != TYPE_EXEC && h->type != TYPE_DYN)
        return ELF_LOAD_TYPE;
    if (h->phnum && h->phentsize != sizeof(struct elf64_phdr))
        return ELF_LOAD_HEADER;
    if (h->phoff > r->file_bytes ||
        (uint64_t)h->phnum * sizeof(struct elf64_phdr) > r->file_bytes - h->phoff)
        return ELF_LOAD_TRUNCATED;
    if (h->phoff + (uint64_t)h->phnum * sizeof(struct elf64_phdr) > r->head_bytes)
        return ELF_LOAD_HEADER;
    return ELF_LOAD_OK;
}

static uint32_t prot_of(uint32_t flags)
{
    return (flags & PF_R ? ELF_LOAD_READ : 0) | (flags & PF_W ? ELF_LOAD_WRITE : 0) |
           (flags & PF_X ? ELF_LOAD_EXEC : 0);
}

/* Whether [offset, offset + filesz) is in the file; a negative offset is, as far as it reaches the
 * file's start. */
static bool in_file(const struct reader *r, const struct elf64_phdr *p)
{
    int64_t start = (int64_t)p->offset;

    if (start < 0)
        return -(uint64_t)start <= p->filesz && p->filesz + (uint64_t)start <= r->file_bytes;
    return p->offset <= r->file_bytes && p->filesz <= r->file_bytes - p->offset;
}

static enum elf_load_error check_segment(const struct reader *r, const struct elf_load *plan,
                                         const struct elf64_phdr *p)
{
    if (p->filesz > p->memsz || p->memsz > ELF_LOAD_ADDRESS_END ||
        p->vaddr > ELF_LOAD_ADDRESS_END - p->memsz)
        return ELF_LOAD_SEGMENT_SIZE;
    if (!in_file(r, p))
        return ELF_LOAD_TRUNCATED;
    if (p->filesz && (p->offset - p->vaddr) % ELF_LOAD_PAGE)
        return ELF_LOAD_ALIGNMENT;
    if (plan->count == ELF_LOAD_SEGMENTS_MAX)
        return ELF_LOAD_MANY_SEGMENTS;
    if (plan->count && page_down(p->vaddr) < plan->end)
        return ELF_LOAD_OVERLAP;
    return ELF_LOAD_OK;
}

static enum elf_load_error add_segment(struct reader *r, struct elf_load *plan,
                                       const struct elf64_phdr *p)
{
    enum elf_load_error err;

    if (!p->memsz)
        return ELF_LOAD_OK;
    err = check_segment(r, plan, p);
    if (err)
        return err;
    plan->segments[plan->count] = (struct elf_load_segment){
        .vaddr = p->vaddr,
        .memory_bytes = p->memsz,
        .file_bytes = p->filesz,
        .offset = (int64_t)p->offset,
        .prot = prot_of(p->flags),
    };
    if (!plan->count++)
        plan->start = page_down(p->vaddr);
    plan->end = page_up(p->vaddr + p->memsz);
    return ELF_LOAD_OK;
}

static enum elf_load_error read_phdr(struct reader *r, struct elf_load *plan,
                                     const struct elf64_phdr *p)
{
    switch (p->type) {
    case PT_LOAD:
        return add_segment(r, plan, p);
    case PT_INTERP:
        r->interpreter = true;
        return ELF_LOAD_OK;
    case PT_DYNAMIC:
        r->dynamic = *p;
        return ELF_LOAD_OK;
    case PT_GNU_STACK:
        plan->executable_stack = p->flags & PF_X;
        return ELF_LOAD_OK;
    default:
        return ELF_LOAD_OK;
    }
}

static enum elf_load_error read_phdrs(struct reader *r, struct elf_load *plan)
{
    struct elf64_phdr p;

    for (unsigned i = 0; i < r->header.phnum; i++) {
        memcpy(&p, r->head + r->header.phoff + i * sizeof(p), sizeof(p));
        enum elf_load_error err = read_phdr(r, plan, &p);
        if (err)
            return err;
    }
    return plan->count ? ELF_LOAD_OK : ELF_LOAD_NO_SEGMENTS;
}

/* The segment whose memory holds [vaddr, vaddr + size), or NULL. */
static const struct elf_load_segment *segment_at(const struct elf_load *plan, uint64_t vaddr,
                                                 uint64_t size)
{
    for (const struct elf_load_segment *s = plan->segments; s < plan->segments + plan->count; s++)
        if (vaddr >= s->vaddr && vaddr - s->vaddr < s->memory_bytes &&
            size <= s->memory_bytes - (vaddr - s->vaddr))
            return s;
    return NULL;
}

static void find_phdrs(const struct reader *r, struct elf_load *plan)
{
    uint64_t size = (uint64_t)r->header.phnum * sizeof(struct elf64_phdr);

    plan->phdr_count = r->header.phnum;
    plan->phdr_entry_bytes = sizeof(struct elf64_phdr);
    for (const struct elf_load_segment *s = plan->segments; s < plan->segments + plan->count; s++) {
        uint64_t into = r->header.phoff - (uint64_t)s->offset;
        if (into <= s->file_bytes && size <= s->file_bytes - into)
            plan->phdr_vaddr = s->vaddr + into;
    }
}

static enum elf_load_error read_dynamic_entry(struct elf_load *plan, const struct elf64_dyn *d)
{
    switch (d->tag) {
    case DT_NEEDED:
        return ELF_LOAD_DYNAMIC;
    case DT_RELA:
        plan->rela_vaddr = d->value;
        return ELF_LOAD_OK;
    case DT_RELASZ:
        plan->rela_bytes = d->value;
        return ELF_LOAD_OK;
    case DT_RELAENT:
        return d->value == RELA_BYTES ? ELF_LOAD_OK : ELF_LOAD_RELOCATIONS;
    case DT_REL:
    case DT_RELR:
    case DT_JMPREL:
        return ELF_LOAD_RELOCATIONS;
    default:
        return ELF_LOAD_OK;
    }
}

/*
 * A program that names an interpreter can do without it when it needs no library and its
 * relocations are a plain table: so are Go's position-independent programs. One without an
 * interpreter (static-pie) relocates itself.
 */
static enum elf_load_error check_dynamic(const struct reader *r, struct elf_load *plan)
{
    struct elf64_dyn d;

    if (!r->interpreter)
        return ELF_LOAD_OK;
    if (!plan->relocatable || r->dynamic.type != PT_DYNAMIC)
        return ELF_LOAD_DYNAMIC;
    if (r->dynamic.offset > r->head_bytes || r->dynamic.filesz > r->head_bytes - r->dynamic.offset)
        return ELF_LOAD_TRUNCATED;
    for (uint64_t at = 0; r->dynamic.filesz - at >= sizeof(d); at += sizeof(d)) {
        memcpy(&d, r->head + r->dynamic.offset + at, sizeof(d));
        if (d.tag == DT_NULL)
            break;
        enum elf_load_error err = read_dynamic_entry(plan, &d);
        if (err)
            return err;
    }
    if (plan->rela_bytes % RELA_BYTES ||
        (plan->rela_bytes && !segment_at(plan, plan->rela_vaddr, plan->rela_bytes)))
        return ELF_LOAD_RELOCATIONS;
    return ELF_LOAD_OK;
}

enum elf_load_error elf_load_plan(struct elf_load *plan, const void *head, size_t head_bytes,
                                  uint64_t file_bytes, unsigned machine)
{
    struct reader r = {
        .head = head, .head_bytes = MIN(head_bytes, file_bytes), .file_bytes = file_bytes};
    enum elf_load_error err;

    memset(plan, 0, sizeof(*plan));
    err = read_header(&r, plan, machine);
    if (err)
        return err;
    plan->relocatable = r.header.type == TYPE_DYN;
    plan->entry = r.header.entry;
    err = read_phdrs(&r, plan);
    if (err)
        return err;
    err = check_dynamic(&r, plan);
    if (err)
        return err;
    const struct elf_load_segment *s = segment_at(plan, plan->entry, 1);
    if (!s || !(s->prot & ELF_LOAD_EXEC))
        return ELF_LOAD_ENTRY;
    find_phdrs(&r, plan);
    return ELF_LOAD_OK;
}

const char *elf_load_error_text(enum elf_load_error error)
{
    static const char *const text[] = {
        [ELF_LOAD_OK] = "is in order",
        [ELF_LOAD_NOT_ELF] = "is not an ELF file",
        [ELF_LOAD_TRUNCATED] = "is truncated: the file ends before what its headers announce",
        [ELF_LOAD_CLASS] = "is not a 64-bit little-endian program",
        [ELF_LOAD_MACHINE] = "is a program for another machine",
        [ELF_LOAD_TYPE] = "is not an executable (an object file, a library or a core dump?)",
        [ELF_LOAD_DYNAMIC] = "needs shared libraries: build it statically (CGO_ENABLED=0)",
        [ELF_LOAD_HEADER] = "has a broken program header table",
        [ELF_LOAD_NO_SEGMENTS] = "has nothing to load",
        [ELF_LOAD_MANY_SEGMENTS] = "has more segments than can be loaded",
        [ELF_LOAD_SEGMENT_SIZE] = "has a segment of an impossible size or address",
        [ELF_LOAD_ALIGNMENT] = "has a segment that is not aligned to 4 KiB pages",
        [ELF_LOAD_OVERLAP] = "has segments that overlap",
        [ELF_LOAD_ENTRY] = "has an entry point outside its code",
        [ELF_LOAD_RELOCATIONS] =
            "has relocations that only a dynamic linker can do: build it without -buildmode=pie",
    };

    return (unsigned)error < ARRAY_SIZE(text) && text[error] ? text[error] : "can't be loaded";
}

uint32_t elf_relative_type(unsigned machine)
{
    switch (machine) {
    case ELF_MACHINE_ARM64:
        return 1027;
    case ELF_MACHINE_AMD64:
        return 8;
    case ELF_MACHINE_RISCV:
        return 3;
    default:
        return 0;
    }
}

const char *elf_machine_name(unsigned machine)
{
    switch (machine) {
    case ELF_MACHINE_ARM64:
        return "arm64";
    case ELF_MACHINE_AMD64:
        return "amd64";
    case ELF_MACHINE_RISCV:
        return "riscv64";
    default:
        return "another machine";
    }
}
