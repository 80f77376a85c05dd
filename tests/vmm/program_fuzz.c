/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a program. What passes must keep the promises that the kernel's loader relies on;
 * they are recomputed here from the bytes. Besides the raw input, an input is tried as changes to a
 * good program: three bytes each, place and value.
 */
#include "tests/vmm/elf_maker.h"
#include "vmm/program.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t number(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = bytes; i > 0; i--)
        value = value << 8 | at[i - 1];
    return value;
}

static void require(int condition)
{
    if (!condition)
        abort();
}

static void check_promises(const uint8_t *elf, size_t size)
{
    uint64_t table = number(elf + AT_PHOFF, 8), count = number(elf + AT_PHNUM, 2);

    require(table <= size && count * 56 <= size - table);
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *ph = elf + table + 56 * i;
        if (number(ph + PH_TYPE, 4) != 1)
            continue;
        unsigned __int128 file_end =
            (unsigned __int128)number(ph + PH_OFFSET, 8) + number(ph + PH_FILESZ, 8);
        unsigned __int128 memory_end =
            (unsigned __int128)number(ph + PH_VADDR, 8) + number(ph + PH_MEMSZ, 8);
        require(file_end <= size);
        require(memory_end <= (unsigned __int128)1 << 48);
        require(number(ph + PH_FILESZ, 8) <= number(ph + PH_MEMSZ, 8));
    }
}

static void try(const uint8_t *bytes, size_t size)
{
    const struct blob file = {.bytes = bytes, .size_bytes = size};
    struct error err;

    if (program_check(&file, "x", &err) == 0)
        check_promises(bytes, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t elf[ELF_BYTES];

    try(data, size);
    elf_make(elf);
    for (size_t i = 0; i + 3 <= size; i += 3)
        elf[(data[i] | data[i + 1] << 8) % 512] = data[i + 2];
    try(elf, sizeof(elf));
    return 0;
}
