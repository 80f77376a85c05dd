/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading a program: what the program would see. A reader of memory and stack that knows the System
 * V ABI from <elf.h> only walks the page tables as the CPU would, faulting pages in as the
 * program's touches do.
 */
#include "kernel/linux/exec.h"
#include "abi/errno.h"
#include "kernel/arch/arm64/tlb.h"
#include "kernel/arch/mmu.h"
#include "tests/fake/machine.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { MIB = 1 << 20, RAM = 16 * MIB, FILE_BYTES = 0x4800 };

static paddr_t ram;
static struct aspace *as;
static char *file;
static struct vmobj program;
static struct exec_args args;
static struct exec_result result;

/* ---- the program's eyes ---- */

static uint8_t *byte_at(vaddr_t va, unsigned access)
{
    struct pgtable_entry e;

    assert_int_equal(aspace_fault(as, va, access), ASPACE_FAULT_NONE);
    assert_true(pgtable_query(&as->pgtable, va, &e));
    return (uint8_t *)phys_to_virt(e.pa) + va % 4096;
}

static uint8_t read8(vaddr_t va)
{
    return *byte_at(va, ASPACE_READ);
}

static uint64_t read64(vaddr_t va)
{
    uint64_t v = 0;

    for (int i = 7; i >= 0; i--)
        v = v << 8 | read8(va + (vaddr_t)i);
    return v;
}

static void assert_string_at(vaddr_t va, const char *expected)
{
    for (; *expected; expected++, va++)
        assert_int_equal(read8(va), (uint8_t)*expected);
    assert_int_equal(read8(va), 0);
}

/* ---- the program ---- */

static Elf64_Ehdr *header(void)
{
    return (Elf64_Ehdr *)file;
}

static Elf64_Phdr *phdr(unsigned i)
{
    return (Elf64_Phdr *)(file + 64) + i;
}

static void make_program(void)
{
    for (unsigned i = 0; i < FILE_BYTES; i++)
        file[i] = (char)(i * 7 + (i >> 8));
    memset(file, 0, 0x400);
    *header() = (Elf64_Ehdr){.e_type = ET_EXEC,
                             .e_machine = EM_AARCH64,
                             .e_version = 1,
                             .e_entry = 0x10800,
                             .e_phoff = 64,
                             .e_ehsize = 64,
                             .e_phentsize = sizeof(Elf64_Phdr),
                             .e_phnum = 3};
    memcpy(header()->e_ident, "\177ELF\2\1\1", 7);
    *phdr(0) = (Elf64_Phdr){PT_LOAD, PF_R | PF_X, 0, 0x10000, 0x10000, 0x2100, 0x2100, 0x10000};
    *phdr(1) = (Elf64_Phdr){PT_LOAD, PF_R, 0x3000, 0x20000, 0x20000, 0x900, 0x900, 0x10000};
    *phdr(2) =
        (Elf64_Phdr){PT_LOAD, PF_R | PF_W, 0x4010, 0x30010, 0x30010, 0x700, 0x40000, 0x10000};
}

static const char argv_strings[] = "/bin/prog\0-v\0\0last argument",
                  envp_strings[] = "HOME=/\0GODEBUG=x=1";

static int setup(void **state)
{
    struct mem_range all, taken;

    (void)state;
    ram = fake_ram(RAM);
    all = (struct mem_range){ram, ram + RAM};
    taken = (struct mem_range){ram + MIB, ram + MIB + 0x5000};
    page_init(&all, 1, &taken, 1);
    file = phys_to_virt(ram + MIB);
    make_program();
    vmobj_init_pinned(&program, ram + MIB, FILE_BYTES);
    as = aspace_create(0x123456789abcdef);
    args = (struct exec_args){
        .program = &program,
        .head = file,
        .head_bytes = FILE_BYTES,
        .file_bytes = FILE_BYTES,
        .argv = {argv_strings, sizeof(argv_strings), 4},
        .envp = {envp_strings, sizeof(envp_strings), 2},
        .execfn = "/bin/prog.real",
        .random = "0123456789abcde",
        .vdso = 0xffff12340000,
        .hwcap = 0x8ff,
        .hwcap2 = 0x11,
    };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_true(aspace_check(as));
    aspace_put(as);
    return 0;
}

/* ---- tests ---- */

static void segments(void **state)
{
    (void)state;
    assert_int_equal(exec_load(as, &args, &result), 0);
    assert_int_equal(result.entry, 0x10800);
    for (unsigned i = 0; i < 0x2100; i += 13)
        assert_int_equal(read8(0x10000 + i), (uint8_t)file[i]);
    for (unsigned i = 0; i < 0x900; i += 11)
        assert_int_equal(read8(0x20000 + i), (uint8_t)file[0x3000 + i]);
    for (unsigned i = 0; i < 0x40000;
         i += i < 0x1000 ? 1 : 501) /* data, then zeros, not what follows in the file */
        assert_int_equal(read8(0x30010 + i), i < 0x700 ? (uint8_t)file[0x4010 + i] : 0);
    assert_int_equal(aspace_fault(as, 0x10000, ASPACE_EXEC), 0);
    assert_int_equal(aspace_fault(as, 0x10000, ASPACE_WRITE), ASPACE_FAULT_ACCERR);
    assert_int_equal(aspace_fault(as, 0x20000, ASPACE_EXEC), ASPACE_FAULT_ACCERR);
    assert_int_equal(aspace_fault(as, 0x30000, ASPACE_EXEC), ASPACE_FAULT_ACCERR);
    assert_int_equal(aspace_fault(as, 0x13000, ASPACE_READ), ASPACE_FAULT_MAPERR);
    assert_int_equal(aspace_fault(as, 0x71000, ASPACE_READ), ASPACE_FAULT_MAPERR);
    *byte_at(0x30010, ASPACE_WRITE) = 0xcc; /* the file stays as it is */
    assert_int_equal((uint8_t)file[0x4010], (uint8_t)(0x4010 * 7 + 0x40));
    assert_int_equal(as->brk, 0x71000);
}

/* Text is not copied: the page that is executed is the file's. */
static void mapped_in_place(void **state)
{
    struct pgtable_entry e;

    (void)state;
    assert_int_equal(exec_load(as, &args, &result), 0);
    assert_int_equal(aspace_fault(as, 0x11000, ASPACE_EXEC), 0);
    assert_true(pgtable_query(&as->pgtable, 0x11000, &e));
    assert_int_equal(e.pa, ram + MIB + 0x1000);
    assert_true(as->resident_pages <= 3); /* two of the stack, one where data and .bss meet */
}

static uint64_t aux(vaddr_t auxv, uint64_t tag)
{
    for (; read64(auxv); auxv += 16)
        if (read64(auxv) == tag)
            return read64(auxv + 8);
    fail_msg("no auxv entry %llu", (unsigned long long)tag);
    return 0;
}

static void check_auxv(vaddr_t auxv)
{
    vaddr_t random = aux(auxv, AT_RANDOM);

    assert_int_equal(aux(auxv, AT_PAGESZ), 4096);
    assert_int_equal(aux(auxv, AT_PHDR), 0x10040);
    assert_int_equal(aux(auxv, AT_PHENT), 56);
    assert_int_equal(aux(auxv, AT_PHNUM), 3);
    assert_int_equal(aux(auxv, AT_ENTRY), 0x10800);
    assert_int_equal(aux(auxv, AT_BASE) | aux(auxv, AT_FLAGS) | aux(auxv, AT_SECURE), 0);
    assert_int_equal(
        aux(auxv, AT_UID) | aux(auxv, AT_EUID) | aux(auxv, AT_GID) | aux(auxv, AT_EGID), 0);
    assert_int_equal(aux(auxv, AT_HWCAP), 0x8ff);
    assert_int_equal(aux(auxv, AT_HWCAP2), 0x11);
    assert_int_equal(aux(auxv, AT_CLKTCK), 100);
    assert_int_equal(aux(auxv, AT_SYSINFO_EHDR), 0xffff12340000);
    assert_string_at(aux(auxv, AT_PLATFORM), "aarch64");
    assert_string_at(aux(auxv, AT_EXECFN), "/bin/prog.real");
    assert_string_at(random, "0123456789abcde");
    assert_int_equal(random % 16, 0);
    *byte_at(random, ASPACE_WRITE) = 0; /* Go overwrites it */
    for (unsigned i = 0; i < result.auxv_words; i++)
        assert_int_equal(read64(auxv + i * 8), result.auxv[i]);
}

static void stack(void **state)
{
    vaddr_t sp;

    (void)state;
    assert_int_equal(exec_load(as, &args, &result), 0);
    sp = result.sp;
    assert_int_equal(sp % 16, 0);
    assert_true(sp < result.stack_top && result.stack_top - sp < 8192);
    assert_int_equal(read64(sp), 4);
    assert_string_at(read64(sp + 8), "/bin/prog");
    assert_string_at(read64(sp + 16), "-v");
    assert_string_at(read64(sp + 24), "");
    assert_string_at(read64(sp + 32), "last argument");
    assert_int_equal(read64(sp + 40), 0);
    assert_string_at(read64(sp + 48), "HOME=/");
    assert_string_at(read64(sp + 56), "GODEBUG=x=1");
    assert_int_equal(read64(sp + 64), 0);
    check_auxv(sp + 72);
    assert_int_equal(read64(sp + 8), result.arg_start);
    assert_int_equal(result.arg_end - result.arg_start, sizeof(argv_strings));
    assert_int_equal(read64(sp + 48), result.env_start);
    assert_int_equal(result.env_start, result.arg_end);
    for (unsigned below = 0; below < 7 * MIB; below += 65536) /* it grows */
        *byte_at(sp - below, ASPACE_WRITE) = 1;
    assert_int_equal(aspace_fault(as, result.stack_top - 9 * MIB, ASPACE_WRITE),
                     ASPACE_FAULT_MAPERR);
    assert_int_equal(aspace_fault(as, sp, ASPACE_EXEC), ASPACE_FAULT_ACCERR);
}

static void many_arguments(void **state)
{
    enum { COUNT = 20000, LENGTH = 6 };
    static char strings[COUNT * LENGTH];

    (void)state;
    for (unsigned i = 0; i < COUNT; i++)
        memcpy(strings + i * LENGTH,
               (char[]){'a', (char)('a' + i % 26), (char)('a' + i / 26 % 26), 'x', 'y', 0}, LENGTH);
    args.argv = (struct exec_strings){strings, sizeof(strings), COUNT};
    assert_int_equal(exec_load(as, &args, &result), 0);
    assert_int_equal(result.sp % 16, 0);
    assert_int_equal(read64(result.sp), COUNT);
    for (unsigned i = 0; i < COUNT; i += 777)
        assert_string_at(read64(result.sp + 8 + i * 8), strings + i * LENGTH);
    assert_int_equal(read64(result.sp + 8 + COUNT * 8), 0);
    assert_string_at(read64(result.sp + 16 + COUNT * 8), "HOME=/");
}

static void too_many_arguments(void **state)
{
    static char strings[3 * MIB];

    (void)state;
    memset(strings, 'x', sizeof(strings) - 1);
    args.argv = (struct exec_strings){strings, sizeof(strings), 1};
    assert_int_equal(exec_load(as, &args, &result), -E2BIG);
}

static void refused(void **state)
{
    (void)state;
    header()->e_machine = EM_X86_64;
    assert_int_equal(exec_load(as, &args, &result), -ENOEXEC);
    assert_int_equal(result.elf, ELF_LOAD_MACHINE);
}

/* Bytes before the file's start read as zeros, the rest is the file. */
static void negative_offset(void **state)
{
    (void)state;
    *phdr(0) = (Elf64_Phdr){PT_LOAD, PF_R | PF_X, (uint64_t)-0x3000, 0x10000, 0x10000, 0x5100,
                            0x5100,  0x10000};
    header()->e_entry = 0x13800;
    assert_int_equal(exec_load(as, &args, &result), 0);
    assert_int_equal(read8(0x10000) | read8(0x12fff), 0);
    for (unsigned i = 0; i < 0x2100; i += 13)
        assert_int_equal(read8(0x13000 + i), (uint8_t)file[i]);
}

/* A program of -buildmode=pie: moved somewhere, its pointers with it. */
static void position_independent(void **state)
{
    static const Elf64_Dyn dyn[] = {
        {DT_RELA, {0x20000}}, {DT_RELASZ, {48}}, {DT_RELAENT, {24}}, {DT_NULL, {0}}};
    Elf64_Rela rela[] = {{0x30100, 1027, 0x20040}, {0x300fd + 0xf00, 1027, 0x10800}};

    (void)state;
    header()->e_type = ET_DYN;
    header()->e_phnum = 5;
    *phdr(3) = (Elf64_Phdr){.p_type = PT_INTERP};
    *phdr(4) = (Elf64_Phdr){.p_type = PT_DYNAMIC, .p_offset = 0x3200, .p_filesz = sizeof(dyn)};
    memcpy(file + 0x3200, dyn, sizeof(dyn));
    memcpy(file + 0x3000, rela, sizeof(rela));
    assert_int_equal(exec_load(as, &args, &result), 0);
    uint64_t bias = result.entry - 0x10800;
    assert_true(bias % 4096 == 0 && bias > 0xaaaa00000000);
    assert_int_equal(read64(bias + 0x30100), bias + 0x20040);
    assert_int_equal(read64(bias + 0x30ffd), bias + 0x10800); /* across two pages */
    assert_int_equal(aux(result.sp + 72, AT_PHDR), bias + 0x10040);
    ((Elf64_Rela *)(file + 0x3000))->r_info = 257;
    aspace_put(as);
    as = aspace_create(1);
    assert_int_equal(exec_load(as, &args, &result), -ENOEXEC);
    assert_int_equal(result.elf, ELF_LOAD_RELOCATIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(segments, setup, teardown),
        cmocka_unit_test_setup_teardown(mapped_in_place, setup, teardown),
        cmocka_unit_test_setup_teardown(stack, setup, teardown),
        cmocka_unit_test_setup_teardown(many_arguments, setup, teardown),
        cmocka_unit_test_setup_teardown(too_many_arguments, setup, teardown),
        cmocka_unit_test_setup_teardown(refused, setup, teardown),
        cmocka_unit_test_setup_teardown(negative_offset, setup, teardown),
        cmocka_unit_test_setup_teardown(position_independent, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
