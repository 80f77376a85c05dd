/* SPDX-License-Identifier: Apache-2.0 */
/* vmm/program.c against files made by hand: each kind of wrong program gets its own sentence. */
#include "tests/vmm/elf_maker.h"
#include "vmm/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <cmocka.h>

static uint8_t elf[ELF_BYTES];

static int setup(void **state)
{
    (void)state;
    elf_make(elf);
    return 0;
}

static int check(size_t size, struct error *err)
{
    /* A copy of exactly this size, so that the sanitizer sees one byte too much. */
    uint8_t *copy = test_malloc(size ? size : 1);
    memcpy(copy, elf, size);
    const struct blob file = {.bytes = copy, .size_bytes = size};
    int result = program_check(&file, "./x", err);
    test_free(copy);
    return result;
}

static void refused(const char *sentence)
{
    struct error err;

    assert_int_equal(check(sizeof(elf), &err), -ENOEXEC);
    assert_string_equal(err.text, sentence);
}

static void good_program(void **state)
{
    struct error err;

    (void)state;
    assert_int_equal(check(sizeof(elf), &err), 0);
}

static void other_machine(void **state)
{
    (void)state;
    elf_put(elf, AT_MACHINE, 62, 2);
    refused("./x is an amd64 program; build it with GOARCH=arm64");
    elf_put(elf, AT_MACHINE, 243, 2);
    refused("./x is a riscv64 program; build it with GOARCH=arm64");
    elf_put(elf, AT_MACHINE, 4711, 2);
    refused("./x is for another processor (ELF machine 4711); build it with GOARCH=arm64");
}

static void other_kind(void **state)
{
    (void)state;
    elf[AT_OSABI] = 9;
    refused("./x is for another system; build it with GOOS=linux");
    elf[AT_OSABI] = 3;
    elf_put(elf, AT_TYPE, 1, 2);
    refused("./x is an object file, not a linked program");
    elf_put(elf, AT_TYPE, 4, 2);
    refused("./x is not an executable program (ELF type 4)");
    elf[AT_DATA] = 2;
    refused("./x is a big-endian program; build it with GOARCH=arm64");
    elf[AT_CLASS] = 1;
    refused("./x is a 32-bit program; build it with GOARCH=arm64");
    elf[AT_CLASS] = 7;
    refused("./x is not a valid ELF program: class 7");
}

static void foreign_file(void **state)
{
    static const struct {
        const char *start;
        const char *sentence;
    } files[] = {
        {"#!/bin/sh", "./x is a script; a machine runs compiled arm64 programs only"},
        {"MZ", "./x is a Windows program; build it with GOOS=linux GOARCH=arm64"},
        {"\xcf\xfa\xed\xfe", "./x is a macOS program; build it with GOOS=linux GOARCH=arm64"},
        {"!<arch>\n", "./x is an archive, not a program; build a package main"},
        {"hello", "./x is not an ELF program"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        memset(elf, 0, sizeof(elf));
        memcpy(elf, files[i].start, strlen(files[i].start));
        refused(files[i].sentence);
    }
}

static void dynamic_program(void **state)
{
    (void)state;
    elf_put(elf, AT_PHNUM, 3, 2);
    elf_segment(elf, 2, 3, 4, 512, 0x10200, 16, 16);
    refused("./x is dynamically linked; build it with CGO_ENABLED=0");
    elf_segment(elf, 2, 2, 6, 1024, 0x10400, 48, 48);
    elf_put(elf, 1024, 5, 8); /* DT_STRTAB */
    elf_put(elf, 1040, 1, 8); /* DT_NEEDED */
    refused("./x is dynamically linked; build it with CGO_ENABLED=0");
}

static void static_pie(void **state)
{
    struct error err;

    (void)state;
    elf_put(elf, AT_TYPE, 3, 2);
    elf_put(elf, AT_PHNUM, 3, 2);
    elf_segment(elf, 2, 2, 6, 1024, 0x10400, 48, 48);
    elf_put(elf, 1024, 5, 8);
    elf_put(elf, 1056, 1, 8); /* a DT_NEEDED behind DT_NULL is none */
    assert_int_equal(check(sizeof(elf), &err), 0);
}

/* As Go's linker makes them: it names an interpreter, and can do without it. */
static void interpreted_pie(void **state)
{
    struct error err;

    (void)state;
    elf_put(elf, AT_TYPE, 3, 2);
    elf_put(elf, AT_PHNUM, 4, 2);
    elf_segment(elf, 2, 2, 6, 1024, 0x10400, 48, 48);
    elf_segment(elf, 3, 3, 4, 512, 0x10200, 16, 16);
    elf_put(elf, 1024, 7, 8); /* DT_RELA */
    elf_put(elf, 1032, 0x10600, 8);
    elf_put(elf, 1040, 8, 8); /* DT_RELASZ */
    elf_put(elf, 1048, 24, 8);
    assert_int_equal(check(sizeof(elf), &err), 0);
    elf_put(elf, 1056, 23, 8); /* DT_JMPREL */
    refused("./x has relocations that only a dynamic linker can do: build it without "
            "-buildmode=pie");
    elf_put(elf, 1056, 1, 8); /* DT_NEEDED */
    refused("./x is dynamically linked; build it with CGO_ENABLED=0");
}

/* A table that ends at its size, not at DT_NULL: what is behind it does not count and is not read.
 */
static void dynamic_table_ends(void **state)
{
    struct error err;

    (void)state;
    elf_put(elf, AT_PHNUM, 3, 2);
    elf_segment(elf, 2, 2, 6, 1024, 0x10400, 16, 16);
    elf_put(elf, 1024, 5, 8);
    elf_put(elf, 1040, 1, 8);
    assert_int_equal(check(sizeof(elf), &err), 0);
    elf_segment(elf, 2, 2, 6, sizeof(elf) - 16, 0x20ff0, 16, 16);
    elf_put(elf, sizeof(elf) - 16, 5, 8);
    assert_int_equal(check(sizeof(elf), &err), 0);
}

static void damaged_segments(void **state)
{
    (void)state;
    elf_put(elf, elf_ph(1) + PH_MEMSZ, 100, 8);
    refused("./x is damaged: a segment at 0x20000 has impossible sizes");
    elf_put(elf, elf_ph(1) + PH_MEMSZ, UINT64_MAX, 8);
    refused("./x is damaged: a segment at 0x20000 has impossible sizes");
    elf_put(elf, elf_ph(1) + PH_MEMSZ, 8192, 8);
    elf_put(elf, elf_ph(1) + PH_VADDR, 1ull << 48, 8);
    refused("./x is damaged: a segment at 0x1000000000000 has impossible sizes");
    elf_put(elf, elf_ph(1) + PH_VADDR, 0x20010, 8);
    refused("./x is not laid out for pages of 4 KiB: its segment at 0x20010 cannot be mapped");
    elf_put(elf, elf_ph(1) + PH_VADDR, 0x20000, 8);
    elf_put(elf, elf_ph(1) + PH_OFFSET, UINT64_MAX, 8);
    refused("./x is truncated: it has 8192 bytes, a segment of 4096 bytes starts at "
            "18446744073709551615");
}

static void damaged_header(void **state)
{
    (void)state;
    elf_put(elf, AT_ENTRY, 0x20000, 8); /* in the data */
    refused("./x is damaged: its entry point 0x20000 is not in its code");
    elf_put(elf, AT_ENTRY, 0x11000, 8); /* the first byte behind the code */
    refused("./x is damaged: its entry point 0x11000 is not in its code");
    elf_put(elf, AT_PHENTSIZE, 32, 2);
    refused("./x is damaged: its program headers are 32 bytes each instead of 56");
    elf_put(elf, AT_PHNUM, 0, 2);
    refused("./x has no program headers: it is not a linked program");
    elf_make(elf);
    elf_put(elf, AT_PHOFF, UINT64_MAX - 8, 8);
    refused("./x is truncated: its program headers are cut off");
    elf_make(elf);
    elf_put(elf, elf_ph(0) + PH_TYPE, 4, 4);
    elf_put(elf, elf_ph(1) + PH_TYPE, 4, 4);
    refused("./x has nothing to load: it is not a linked program");
}

/* Cut off at any byte, a program is refused; the sanitizer watches the bytes behind the end. */
static void truncated_anywhere(void **state)
{
    struct error err;

    (void)state;
    for (size_t size = 0; size < sizeof(elf); size++) {
        assert_int_equal(check(size, &err), -ENOEXEC);
        if (size >= 4)
            assert_non_null(strstr(err.text, "truncated"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(good_program, setup),
        cmocka_unit_test_setup(other_machine, setup),
        cmocka_unit_test_setup(other_kind, setup),
        cmocka_unit_test_setup(foreign_file, setup),
        cmocka_unit_test_setup(dynamic_program, setup),
        cmocka_unit_test_setup(static_pie, setup),
        cmocka_unit_test_setup(interpreted_pie, setup),
        cmocka_unit_test_setup(dynamic_table_ends, setup),
        cmocka_unit_test_setup(damaged_segments, setup),
        cmocka_unit_test_setup(damaged_header, setup),
        cmocka_unit_test_setup(truncated_anywhere, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
