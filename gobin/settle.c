/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/settle.h"

#include <errno.h>
#include <stdlib.h>

enum { LOWEST = 0x10000 }; /* where Linux lets programs be (vm.mmap_min_addr) */

static int check(struct gobin *bin)
{
    const struct elf *e = &bin->elf;
    if (!e->pie)
        return gobin_fail(&bin->error, ENOTSUP, "the program isn't position independent");
    if (e->nother_relocations)
        return gobin_fail(&bin->error, ENOTSUP, "it has relocations that need shared libraries");
    for (size_t i = 0; i < e->nsegments; i++)
        if (e->segments[i].type == PT_LOAD && e->segments[i].addr < LOWEST)
            return gobin_fail(&bin->error, ENOTSUP, "it doesn't say where it would like to be");
    return 0;
}

/* elf_open has found the table inside the file. */
static void headers_change(uint8_t *file)
{
    Elf64_Ehdr eh;
    memcpy(&eh, file, sizeof(eh));
    eh.e_type = ET_EXEC;
    memcpy(file, &eh, sizeof(eh));
    for (unsigned i = 0; i < eh.e_phnum; i++) {
        uint8_t *at = file + eh.e_phoff + i * sizeof(Elf64_Phdr);
        Elf64_Phdr ph;
        memcpy(&ph, at, sizeof(ph));
        if (ph.p_type == PT_INTERP || ph.p_type == PT_DYNAMIC)
            ph.p_type = PT_NULL;
        memcpy(at, &ph, sizeof(ph));
    }
}

static int relocate(uint8_t *file, struct gobin *bin)
{
    const struct elf *e = &bin->elf;
    for (size_t i = 0; i < e->nrelatives; i++) {
        uint64_t offset, value = e->relatives[i].value;
        if (elf_offset(e, e->relatives[i].where, &offset) != 0 ||
            offset > e->file.size - sizeof(value))
            return gobin_fail(&bin->error, ENOTSUP, "a relocation is outside of the file");
        memcpy(file + offset, &value, sizeof(value));
    }
    return 0;
}

int settle(struct gobin *bin, uint8_t **out)
{
    int rc = check(bin);
    if (rc != 0)
        return rc;
    uint8_t *copy = malloc(bin->elf.file.size);
    if (!copy)
        return gobin_fail(&bin->error, ENOMEM, "no memory for a copy of the program");
    memcpy(copy, bin->elf.file.data, bin->elf.file.size);
    headers_change(copy);
    rc = relocate(copy, bin);
    if (rc == 0)
        *out = copy;
    else
        free(copy);
    return rc;
}
