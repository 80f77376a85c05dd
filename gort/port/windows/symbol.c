/* SPDX-License-Identifier: Apache-2.0 */
/* Names for addresses: from the symbol table that mingw-w64's linker leaves in a program's file,
 * where the system's own library for it looks at other tables only. */
#include <string.h>
#include <windows.h>

#include "gort/port/os.h"

#define AT_ONCE   128 /* symbols */
#define FUNCTION  0x20
#define NAME_MAX_ 256

struct module {
    const char *base;
    const IMAGE_FILE_HEADER *header;
    const IMAGE_SECTION_HEADER *sections;
    HANDLE file;
};

struct found {
    uint32_t at; /* the function begins there, from the module's base */
    IMAGE_SYMBOL symbol;
    bool any;
};

static bool read_at(HANDLE file, uint64_t at, void *buf, uint32_t size, uint32_t *got)
{
    OVERLAPPED where = {.Offset = (DWORD)at, .OffsetHigh = (DWORD)(at >> 32)};
    DWORD n = 0;
    bool ok = ReadFile(file, buf, size, &n, &where);
    *got = n;
    return ok;
}

static void consider(const struct module *m, const IMAGE_SYMBOL *s, uint32_t pc, struct found *f)
{
    bool function = s->Type == FUNCTION && (s->StorageClass == IMAGE_SYM_CLASS_EXTERNAL ||
                                            s->StorageClass == IMAGE_SYM_CLASS_STATIC);
    if (!function || s->SectionNumber < 1 || s->SectionNumber > m->header->NumberOfSections)
        return;
    uint32_t at = m->sections[s->SectionNumber - 1].VirtualAddress + s->Value;
    if (at > pc || (f->any && at < f->at))
        return;
    *f = (struct found){at, *s, true};
}

/* The last function that begins at or before pc. */
static void search(const struct module *m, uint32_t pc, struct found *f)
{
    IMAGE_SYMBOL some[AT_ONCE];
    uint32_t n = m->header->NumberOfSymbols, got;
    for (uint32_t i = 0, skip = 0; i < n; i += got) {
        uint64_t at = m->header->PointerToSymbolTable + (uint64_t)i * IMAGE_SIZEOF_SYMBOL;
        uint32_t want = MIN(n - i, AT_ONCE) * IMAGE_SIZEOF_SYMBOL;
        if (!read_at(m->file, at, some, want, &got) || !(got /= IMAGE_SIZEOF_SYMBOL))
            return;
        for (uint32_t k = 0; k < got; k++) {
            if (skip > 0) {
                skip--;
                continue;
            }
            skip = some[k].NumberOfAuxSymbols;
            consider(m, &some[k], pc, f);
        }
    }
}

/* Long names are behind the symbols. */
static void name_of(const struct module *m, const IMAGE_SYMBOL *s, char name[NAME_MAX_])
{
    uint32_t got = 0;
    memset(name, 0, NAME_MAX_);
    if (s->N.Name.Short)
        memcpy(name, s->N.ShortName, sizeof(s->N.ShortName));
    else
        read_at(m->file,
                m->header->PointerToSymbolTable +
                    (uint64_t)m->header->NumberOfSymbols * IMAGE_SIZEOF_SYMBOL + s->N.Name.Long,
                name, NAME_MAX_ - 1, &got);
}

static bool print_name(int fd, const char *base, const char *path, uintptr_t pc)
{
    const IMAGE_DOS_HEADER *dos = (const void *)base;
    const IMAGE_NT_HEADERS *nt = (const void *)(base + dos->e_lfanew);
    struct module m = {base, &nt->FileHeader, IMAGE_FIRST_SECTION(nt), INVALID_HANDLE_VALUE};
    struct found f = {.any = false};
    char name[NAME_MAX_];
    if (!m.header->PointerToSymbolTable)
        return false;
    m.file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (m.file == INVALID_HANDLE_VALUE)
        return false;
    uint32_t at = (uint32_t)(pc - (uintptr_t)base);
    search(&m, at, &f);
    if (f.any)
        name_of(&m, &f.symbol, name);
    CloseHandle(m.file);
    if (f.any)
        os_print(fd, "\t%s+%#x\n", name, at - f.at);
    return f.any;
}

/* A program without its symbols: module and offset are what `addr2line -e MODULE` takes. */
void os_print_symbol(int fd, uintptr_t pc)
{
    HMODULE module;
    char path[MAX_PATH] = "";
    if (!GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                            (const char *)pc, &module) ||
        !GetModuleFileNameA(module, path, sizeof(path)))
        os_print(fd, "\t%#llx\n", (unsigned long long)pc);
    else if (!print_name(fd, (const char *)module, path, pc))
        os_print(fd, "\t%s+%#llx\n", path, (unsigned long long)(pc - (uintptr_t)module));
}
