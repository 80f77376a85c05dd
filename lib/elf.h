/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says whether an ELF file is a static 64-bit program that can be loaded, and how: a plan of
 * segments. Reads headers only, allocates nothing, trusts nothing. The kernel and the launcher
 * refuse a program by the same rules and words. Layout: System V ABI, chapters 4 and 5; what is
 * accepted: what Linux' loader accepts for static programs.
 */
#ifndef LIB_ELF_H
#define LIB_ELF_H

#include "lib/types.h"

#define ELF_LOAD_SEGMENTS_MAX 16
#define ELF_LOAD_PAGE         4096u
#define ELF_LOAD_ADDRESS_END  (UINT64_C(1) << 48) /* no segment reaches beyond */

/* e_machine */
enum elf_machine {
    ELF_MACHINE_AMD64 = 62,
    ELF_MACHINE_ARM64 = 183,
    ELF_MACHINE_RISCV = 243,
};

enum elf_load_error {
    ELF_LOAD_OK = 0,
    ELF_LOAD_NOT_ELF,   /* no ELF magic */
    ELF_LOAD_TRUNCATED, /* the file ends before its headers or segments do */
    ELF_LOAD_CLASS,     /* not 64-bit little-endian */
    ELF_LOAD_MACHINE,   /* for another machine: plan->machine says which */
    ELF_LOAD_TYPE,      /* neither EXEC nor DYN (an object file, a core) */
    ELF_LOAD_DYNAMIC,   /* needs shared libraries (DT_NEEDED), or an interpreter that could not be
                           done without */
    ELF_LOAD_HEADER, /* the program header table is not where it says, or has a wrong entry size */
    ELF_LOAD_NO_SEGMENTS,   /* nothing to load */
    ELF_LOAD_MANY_SEGMENTS, /* more than ELF_LOAD_SEGMENTS_MAX */
    ELF_LOAD_SEGMENT_SIZE,  /* memory size below file size, or an address range that overflows or
                               leaves the user half */
    ELF_LOAD_ALIGNMENT,     /* file offset and address differ modulo the page size */
    ELF_LOAD_OVERLAP,       /* segments out of order or sharing a page with different contents */
    ELF_LOAD_ENTRY,         /* the entry point is in no executable segment */
    ELF_LOAD_RELOCATIONS,   /* a position-independent program with relocations other than relative
                               ones */
};

enum elf_load_prot {
    ELF_LOAD_READ = 1,
    ELF_LOAD_WRITE = 2,
    ELF_LOAD_EXEC = 4,
};

struct elf_load_segment {
    uint64_t vaddr;        /* first byte, not necessarily page-aligned; before the load bias */
    uint64_t memory_bytes; /* > 0 */
    uint64_t file_bytes;   /* from offset; the rest is zero. <= memory_bytes */
    int64_t offset; /* of vaddr's byte in the file, congruent to vaddr modulo the page. Negative for
                       programs linked by `go -ldflags -T`: bytes before the file's start read as
                       zero */
    uint32_t prot;  /* enum elf_load_prot */
};

struct elf_load {
    uint16_t machine; /* set as soon as the file is known to be ELF64 */
    bool relocatable; /* ET_DYN: every address below moves by a page-aligned bias of the loader's
                         choice */
    bool executable_stack; /* PT_GNU_STACK asks for it */
    uint16_t phdr_count, phdr_entry_bytes;
    uint64_t entry;
    uint64_t
        phdr_vaddr; /* where the program header table is in memory; 0 when no segment holds it */
    uint64_t start, end;             /* page-rounded hull of all segments */
    uint64_t rela_vaddr, rela_bytes; /* Elf64_Rela table that the loader must apply (before the
                                        bias), 0 bytes for none */
    unsigned count;
    struct elf_load_segment segments[ELF_LOAD_SEGMENTS_MAX]; /* by rising address */
};

/* An entry of the table at rela_vaddr (Elf64_Rela). */
struct elf_rela {
    uint64_t where; /* before the bias */
    uint32_t type, symbol;
    int64_t addend;
};

/*
 * elf_load_plan - check the program and say how it is loaded.
 * head: the file's first head_bytes bytes, holding at least the ELF header and the program headers;
 * file_bytes: the size of the whole file. machine: the one that it must be for, 0 for any. Returns
 * ELF_LOAD_OK or the first problem found; plan->machine is valid after ELF_LOAD_MACHINE.
 */
enum elf_load_error elf_load_plan(struct elf_load *plan, const void *head, size_t head_bytes,
                                  uint64_t file_bytes, unsigned machine) MUST_CHECK;

/* elf_load_error_text - the problem as the end of a sentence that begins with the file's name: "is
 * not an ELF file". */
const char *elf_load_error_text(enum elf_load_error error);

/* elf_relative_type - the machine's relocation "base plus addend" (R_AARCH64_RELATIVE and its kin),
 * 0 for an unknown machine. */
uint32_t elf_relative_type(unsigned machine);

/* elf_machine_name - "arm64", "amd64", "riscv64", or "another machine". */
const char *elf_machine_name(unsigned machine);

#endif
