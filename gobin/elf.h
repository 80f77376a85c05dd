/* SPDX-License-Identifier: Apache-2.0 */
/* A static Linux executable as bytes: segments, sections, symbols, relative relocations. Nothing is
 * copied: names and spans point into the file, which the caller keeps. */
#ifndef GOBIN_ELF_H
#define GOBIN_ELF_H

#include <elf.h>

#include "gobin/error.h"
#include "gobin/span.h"

enum gobin_machine { GOBIN_ARM64, GOBIN_AMD64, GOBIN_RISCV64 };

struct elf_section {
    const char *name;
    uint32_t type;
    uint64_t flags;
    vaddr_t addr;
    uint64_t size_bytes;  /* in memory */
    struct span contents; /* in the file; empty for .bss and what lies outside of the file */
    uint32_t link;
};

struct elf_segment {
    uint32_t type;
    uint32_t flags; /* PF_R, PF_W, PF_X */
    vaddr_t addr;
    uint64_t size_bytes; /* in memory */
    uint64_t offset;
    struct span contents;
};

struct elf_symbol {
    const char *name;
    vaddr_t addr;
    uint64_t size_bytes;
    uint8_t type; /* STT_... */
};

struct elf_relative { /* "the word at where is the address value, plus the load bias" */
    vaddr_t where;
    vaddr_t value;
};

struct elf {
    struct span file;
    enum gobin_machine machine;
    bool pie;
    bool interpreted; /* names a dynamic loader */
    bool needs_libraries;
    vaddr_t entry;
    struct elf_section *sections;
    size_t nsections;
    struct elf_segment *segments;
    size_t nsegments;
    struct elf_relative *relatives; /* ordered by where */
    size_t nrelatives;
    size_t nother_relocations; /* those of other kinds */
    struct span symtab;
    struct span strtab;
};

/* Reads the headers of file, which must outlive e. -ENOEXEC: not a 64-bit little-endian executable
 * of a machine we know; -EINVAL: its headers contradict its size; -ENOMEM. */
int elf_open(struct elf *e, struct span file, struct gobin_error *err);
void elf_close(struct elf *e);

/* Whether it can't run without the dynamic loader that it names: it needs libraries, or relocations
 * other than relative ones. */
bool elf_needs_loader(const struct elf *e);

/* "arm64", "amd64", "riscv64". */
const char *gobin_machine_name(enum gobin_machine machine);

/* The section called name, or NULL. */
const struct elf_section *elf_section(const struct elf *e, const char *name);

/* The loaded segment that holds addr in memory, or NULL. */
const struct elf_segment *elf_segment_at(const struct elf *e, vaddr_t addr);

/* The file's bytes from addr to the end of its segment; empty where the file has none (unmapped, or
 * .bss). */
struct span elf_bytes(const struct elf *e, vaddr_t addr);

/* Where the byte at addr stands in the file. -ENOENT where it has no byte there. */
int elf_offset(const struct elf *e, vaddr_t addr, uint64_t *offset);

/* The pointer at addr as it is in memory when the program is loaded at its link address. False
 * where there is none. */
bool elf_pointer(const struct elf *e, vaddr_t addr, vaddr_t *out);

/* The i-th symbol. False behind the last one; a symbol without a readable name has name "". */
bool elf_symbol(const struct elf *e, size_t i, struct elf_symbol *out);

/* The address of the symbol called name. -ENOENT: none, or the file is stripped. */
int elf_symbol_address(const struct elf *e, const char *name, vaddr_t *out);

#endif
