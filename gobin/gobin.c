/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/gobin.h"

int gobin_open(struct gobin *bin, const void *data, size_t size)
{
    *bin = (struct gobin){0};
    int rc = elf_open(&bin->elf, (struct span){data, size}, &bin->error);
    if (rc != 0)
        return rc;
    vaddr_t table;
    rc = moduledata_find_pclntab(&bin->elf, &table, &bin->pclntab, &bin->error);
    if (rc == 0)
        rc = moduledata_find(&bin->module, &bin->elf, table, &bin->pclntab, &bin->error);
    if (rc == 0)
        rc = buildinfo_read(&bin->build, &bin->elf);
    if (rc != 0)
        elf_close(&bin->elf);
    return rc;
}

void gobin_close(struct gobin *bin)
{
    elf_close(&bin->elf);
}

struct span gobin_text(const struct gobin *bin)
{
    struct span text = elf_bytes(&bin->elf, bin->module.text);
    return span_part(text, 0, MIN(text.size, bin->module.etext - bin->module.text));
}
