/* SPDX-License-Identifier: Apache-2.0 */
/* Source: Go's runtime/symtab.go; the instructions are written as an assembler would. */
#include "tests/gobin/tiny.h"

#include <stdio.h>

static void put(uint8_t *out, size_t at, uint64_t value, size_t size)
{
    memcpy(out + at, &value, size);
}

static void put_header(uint8_t *out, enum gobin_machine machine)
{
    static const uint16_t machines[] = {EM_AARCH64, EM_X86_64, EM_RISCV};
    Elf64_Ehdr eh = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                     .e_type = ET_EXEC,
                     .e_machine = machines[machine],
                     .e_version = EV_CURRENT,
                     .e_entry = TINY_BASE + TINY_TEXT,
                     .e_phoff = sizeof(eh),
                     .e_ehsize = sizeof(eh),
                     .e_phentsize = sizeof(Elf64_Phdr),
                     .e_phnum = 2};
    Elf64_Phdr text = {.p_type = PT_LOAD,
                       .p_flags = PF_R | PF_X,
                       .p_vaddr = TINY_BASE,
                       .p_filesz = TINY_DATA,
                       .p_memsz = TINY_DATA,
                       .p_align = 16};
    Elf64_Phdr data = {.p_type = PT_LOAD,
                       .p_flags = PF_R | PF_W,
                       .p_offset = TINY_DATA,
                       .p_vaddr = TINY_BASE + TINY_DATA,
                       .p_filesz = TINY_SIZE - TINY_DATA,
                       .p_memsz = 0x1000,
                       .p_align = 16};
    memcpy(out, &eh, sizeof(eh));
    memcpy(out + sizeof(eh), &text, sizeof(text));
    memcpy(out + sizeof(eh) + sizeof(text), &data, sizeof(data));
}

/* A test of the flag, a call 16 bytes behind the function's start, and two stores. */
static void put_code(uint8_t *out, enum gobin_machine machine, bool go120)
{
    size_t at = TINY_TEXT;
    uint64_t call = TINY_BARRIER - TINY_CALL;
    if (machine == GOBIN_ARM64) {
        const uint32_t code[] = {0x9000001b,
                                 0xb94a0361,
                                 0x34000061,
                                 0xf9400001, /* adrp x27; ldr w1, [x27, #0xa00]; cbz */
                                 0x94000000 | (uint32_t)(call >> 2),
                                 0xa9000720,
                                 0xf9000000,
                                 0xd65f03c0};
        memcpy(out + at, code, sizeof(code));
        put(out, TINY_BARRIER, go120 ? 0xb27c03f9 : 0xf9401b80,
            4); /* orr x25, xzr, #16; ldr x0, [x28, #48] */
        put(out, TINY_BARRIER + 4, 0xd65f03c0, 4);
    } else if (machine == GOBIN_AMD64) {
        const uint8_t code[] = {0x83, 0x3d, 0xf9, 0x07, 0,    0,    0,    0x74, 0x0f, 0x90, 0x90,
                                0x90, 0x48, 0x8b, 0x08, 0x90, 0xe8, 0x6b, 0,    0,    0,    0x49,
                                0x89, 0x03, 0x49, 0x89, 0x4b, 0x08, 0x48, 0x89, 0x00, 0xc3};
        memcpy(out + at, code, sizeof(code));
        put(out, TINY_BARRIER, 0xc310bb41, 6); /* mov $16, %r11d; ret in the zeros' place */
        put(out, TINY_BARRIER + 6, 0xc3, 1);
    } else {
        const uint32_t code[] = {0x00001297,
                                 0x8002e283,
                                 0x00028863,
                                 0x00053303, /* auipc t0; lwu t0; beqz; ld t1, 0(a0) */
                                 0x000000ef | (uint32_t)(call & 0x7fe) << 20,
                                 0x006c3423,
                                 0x00ac3023,
                                 0x00a53023};
        memcpy(out + at, code, sizeof(code));
        put(out, TINY_BARRIER, 0x01000c13, 4); /* li s8, 16 */
        put(out, TINY_BARRIER + 4, 0x00008067, 4);
    }
}

static size_t put_function(uint8_t *table, size_t at, bool go120, uint32_t entry, uint32_t name,
                           uint8_t quantum)
{
    put(table, at, entry, 4);
    put(table, at + 4, name, 4);
    put(table, at + 16, 1, 4); /* pcsp, pcfile, pcln: tables 1, 5, 9 of pctab, see put_table */
    put(table, at + 20, 5, 4);
    put(table, at + 24, 9, 4);
    (void)quantum;
    return at + (go120 ? 44 : 40);
}

static void put_table(uint8_t *out, enum gobin_machine machine, bool go120)
{
    static const uint8_t quanta[] = {4, 1, 2};
    enum { NAMES = 80, CUTAB = 144, FILES = 152, PCTAB = 176, FUNCS = 192, RECORDS = 24 };
    uint8_t *table = out + TINY_TABLE, quantum = quanta[machine], steps = (uint8_t)(0x80 / quantum);
    const uint64_t words[] = {2,     1,    go120 ? 0 : TINY_BASE + TINY_TEXT, NAMES, CUTAB, FILES,
                              PCTAB, FUNCS};
    put(table, 0, go120 ? 0xfffffff1 : 0xfffffff0, 4);
    table[6] = quantum, table[7] = 8;
    memcpy(table + 8, words, sizeof(words));
    snprintf((char *)table + NAMES, 64, "main.main");
    snprintf((char *)table + NAMES + 10, 54,
             go120 ? "runtime.gcWriteBarrier2" : "runtime.gcWriteBarrier");
    snprintf((char *)table + FILES, 24, "/src/main.go");
    /* each: value from -1, for all of the function, end. The steps of amd64 need two bytes. */
    uint8_t *pc = table + PCTAB;
    static const uint8_t values[] = {2, 2, 86}; /* frame 0, file 0, line 42 */
    for (size_t i = 0; i < sizeof(values); i++) {
        pc[1 + 4 * i] = values[i];
        pc[2 + 4 * i] = steps & 0x80 ? 0x80 : steps;
        pc[3 + 4 * i] = steps & 0x80 ? 1 : 0;
    }
    const uint32_t index[] = {0, RECORDS, TINY_BARRIER - TINY_TEXT, 0, TINY_TEXT_END - TINY_TEXT};
    memcpy(table + FUNCS, index, sizeof(index));
    size_t next = put_function(table, FUNCS + RECORDS, go120, 0, 0, quantum);
    put(table, FUNCS + 12, next - FUNCS, 4);
    put_function(table, next, go120, TINY_BARRIER - TINY_TEXT, 10, quantum);
}

static void put_module(uint8_t *out, bool go120)
{
    const uint64_t text = TINY_BASE + TINY_TEXT, end = TINY_BASE + TINY_TEXT_END,
                   data = TINY_BASE + TINY_DATA;
    uint8_t *module = out + TINY_DATA;
    put(module, 0, TINY_BASE + TINY_TABLE, 8);
    put(module, 17 * 8, 3, 8);
    const uint64_t ranges[] = {text, end,       text, end,  data, data + 8,
                               data, data + 16, data, data, data, data + 64};
    memcpy(module + 20 * 8, ranges, sizeof(ranges));
    size_t late = go120 ? 34 : 32;
    put(module, (late + 6) * 8, TINY_BASE + TINY_TABLE, 8); /* gofunc: no function has funcdata */
}

static void put_buildinfo(uint8_t *out, bool go120)
{
    uint8_t *at = out + TINY_DATA + 0x200;
    const char *version = go120 ? "go1.26.1" : "go1.18.2",
               *text = "path\tmain\nmod\texample\t(devel)\t\n";
    memcpy(at, "\xff Go buildinf:\x08\x02", 16);
    at[32] = (uint8_t)strlen(version);
    memcpy(at + 33, version, strlen(version));
    uint8_t *modules = at + 33 + strlen(version);
    modules[0] = (uint8_t)(strlen(text) + 32);
    memcpy(modules + 17, text, strlen(text));
}

void tiny_make(uint8_t out[TINY_SIZE], enum gobin_machine machine, bool go120)
{
    memset(out, 0, TINY_SIZE);
    put_header(out, machine);
    put_code(out, machine, go120);
    put_table(out, machine, go120);
    put_module(out, go120);
    put_buildinfo(out, go120);
}
