/* SPDX-License-Identifier: Apache-2.0 */
/* The dispatch table, as kernel/arch/arm64/syscall_table.S makes it, and what the first program is.
 */
#include <elf.h>
#include <string.h>

#include "abi/payload.h"
#include "kernel/core/page.h"
#include "kernel/linux/syscall.h"
#include "tests/fuzz/host/machine.h"

#define PLACE_NONE(name)
#define PLACE_DONE(name)                    __typeof__(sys_##name) sys_##name __attribute__((weak));
#define PLACE_PART(name)                    PLACE_DONE(name)
#define S(nr, nr_amd64, name, status, args) PLACE_##status(name)
#include "abi/syscalls.def"
#undef S

int32_t syscall_table[SYSCALL_TABLE_SIZE];

static int32_t distance(const void *handler)
{
    return handler ? (int32_t)((intptr_t)handler - (intptr_t)syscall_table) : 0;
}

#define ENTRY_NONE(nr, name)
#define ENTRY_DONE(nr, name)                syscall_table[nr] = distance((const void *)sys_##name);
#define ENTRY_PART(nr, name)                ENTRY_DONE(nr, name)
#define S(nr, nr_amd64, name, status, args) ENTRY_##status(nr, name)

void table_init(void)
{
#include "abi/syscalls.def"
}

/* ---- a payload: one program of two segments ---- */

enum { TEXT_BYTES = PROGRAM_TEXT_PAGES * PAGE_SIZE, FILE_BYTES = TEXT_BYTES + PAGE_SIZE };

static struct {
    char magic[8]; /* struct payload_header */
    uint32_t version, item_count;
    uint64_t size_bytes;
    struct payload_item items[2];
    char pad[PAYLOAD_ALIGN - sizeof(struct payload_header) - 2 * sizeof(struct payload_item)];
    Elf64_Ehdr elf;
    Elf64_Phdr segments[2];
    char rest[FILE_BYTES - sizeof(Elf64_Ehdr) - 2 * sizeof(Elf64_Phdr)];
    char argv[PAYLOAD_ALIGN];
} payload ALIGNED(PAGE_SIZE) = {
    .magic = PAYLOAD_MAGIC,
    .version = PAYLOAD_VERSION,
    .item_count = 2,
    .size_bytes = PAYLOAD_ALIGN + FILE_BYTES + PAYLOAD_ALIGN,
    .items = {{PAYLOAD_PROGRAM, 0, PAYLOAD_ALIGN, FILE_BYTES},
              {PAYLOAD_ARGV, 0, PAYLOAD_ALIGN + FILE_BYTES, 5}},
    .elf = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
            .e_type = ET_EXEC,
            .e_machine = EM_AARCH64,
            .e_version = EV_CURRENT,
            .e_entry = PROGRAM_TEXT + PAGE_SIZE,
            .e_phoff = sizeof(Elf64_Ehdr),
            .e_ehsize = sizeof(Elf64_Ehdr),
            .e_phentsize = sizeof(Elf64_Phdr),
            .e_phnum = 2},
    .segments = {{.p_type = PT_LOAD,
                  .p_flags = PF_R | PF_X,
                  .p_vaddr = PROGRAM_TEXT,
                  .p_filesz = TEXT_BYTES,
                  .p_memsz = TEXT_BYTES,
                  .p_align = PAGE_SIZE},
                 {.p_type = PT_LOAD,
                  .p_flags = PF_R | PF_W,
                  .p_offset = TEXT_BYTES,
                  .p_vaddr = PROGRAM_DATA,
                  .p_filesz = PAGE_SIZE,
                  .p_memsz = PROGRAM_DATA_PAGES * PAGE_SIZE,
                  .p_align = PAGE_SIZE}},
    .argv = "fuzz",
};

const uint8_t *const payload_start = (const uint8_t *)&payload;
const size_t payload_bytes = sizeof payload;
