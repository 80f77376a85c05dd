/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.firstmoduledata: where the linker put text, data, types and tables. */
#ifndef GOBIN_MODULEDATA_H
#define GOBIN_MODULEDATA_H

#include "gobin/elf.h"
#include "gobin/pclntab.h"

struct moduledata {
    vaddr_t addr; /* of runtime.firstmoduledata */
    vaddr_t pclntab;
    vaddr_t text, etext;
    vaddr_t noptrdata, enoptrdata;
    vaddr_t data, edata;
    vaddr_t bss, ebss;
    vaddr_t noptrbss, enoptrbss;
    vaddr_t types, etypes;
    vaddr_t rodata;
    vaddr_t gofunc; /* what funcdata offsets are relative to */
};

/* Finds the function table's address: by its section, or by searching for a header that parses.
 * -ENOENT: not a Go binary; other errors as pclntab_parse. */
int moduledata_find_pclntab(const struct elf *e, vaddr_t *addr, struct pclntab *table,
                            struct gobin_error *err);

/* Finds the module data whose first word is pclntab, by symbol, section or search, and accepts only
 * one whose ranges are in order and that knows the same functions. Completes table (text,
 * funcdata). -ENOENT. */
int moduledata_find(struct moduledata *m, const struct elf *e, vaddr_t pclntab,
                    struct pclntab *table, struct gobin_error *err);

#endif
