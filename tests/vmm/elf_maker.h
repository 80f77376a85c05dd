/* SPDX-License-Identifier: Apache-2.0 */
/* Writes small ELF files byte by byte, with the offsets of the ELF64 specification as numbers. */
#ifndef TESTS_VMM_ELF_MAKER_H
#define TESTS_VMM_ELF_MAKER_H

#include <stdint.h>
#include <string.h>

#define ELF_BYTES 8192

enum {
    AT_CLASS = 4,
    AT_DATA = 5,
    AT_OSABI = 7,
    AT_TYPE = 16,
    AT_MACHINE = 18,
    AT_ENTRY = 24,
    AT_PHOFF = 32,
    AT_PHENTSIZE = 54,
    AT_PHNUM = 56
};
enum { PH_TYPE = 0, PH_FLAGS = 4, PH_OFFSET = 8, PH_VADDR = 16, PH_FILESZ = 32, PH_MEMSZ = 40 };

static inline void elf_put(uint8_t *elf, unsigned at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        elf[at + i] = (uint8_t)(value >> (8 * i));
}

static inline unsigned elf_ph(unsigned index)
{
    return 64 + 56 * index;
}

static inline void elf_segment(uint8_t *elf, unsigned index, uint32_t type, uint32_t flags,
                               uint64_t offset, uint64_t vaddr, uint64_t filesz, uint64_t memsz)
{
    elf_put(elf, elf_ph(index) + PH_TYPE, type, 4);
    elf_put(elf, elf_ph(index) + PH_FLAGS, flags, 4);
    elf_put(elf, elf_ph(index) + PH_OFFSET, offset, 8);
    elf_put(elf, elf_ph(index) + PH_VADDR, vaddr, 8);
    elf_put(elf, elf_ph(index) + PH_FILESZ, filesz, 8);
    elf_put(elf, elf_ph(index) + PH_MEMSZ, memsz, 8);
}

/* A good program: text of 4 KiB at 0x10000, data of 4 KiB (twice that in memory) behind it. */
static inline void elf_make(uint8_t elf[ELF_BYTES])
{
    memset(elf, 0, ELF_BYTES);
    memcpy(elf, "\177ELF\2\1\1", 7);
    elf_put(elf, AT_TYPE, 2, 2);
    elf_put(elf, AT_MACHINE, 183, 2);
    elf_put(elf, 20, 1, 4);
    elf_put(elf, AT_ENTRY, 0x10200, 8);
    elf_put(elf, AT_PHOFF, 64, 8);
    elf_put(elf, 52, 64, 2);
    elf_put(elf, AT_PHENTSIZE, 56, 2);
    elf_put(elf, AT_PHNUM, 2, 2);
    elf_segment(elf, 0, 1, 5, 0, 0x10000, 4096, 4096);
    elf_segment(elf, 1, 1, 6, 4096, 0x20000, 4096, 8192);
}

#endif
