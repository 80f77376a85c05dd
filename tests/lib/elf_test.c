/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files made with the system's <elf.h>, each with one thing wrong; and real ones compared with
 * libelf's reading. */
#include "lib/elf.h"

#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { TEXT, RODATA, DATA, STACK, DYNAMIC, INTERP, PHDRS };

static struct {
    Elf64_Ehdr e;
    Elf64_Phdr p[PHDRS];
    char pad[0x4000 - sizeof(Elf64_Ehdr) - PHDRS * sizeof(Elf64_Phdr)];
} file;
static struct elf_load plan;

/* What `go build` makes: text that begins with the headers, read-only data, data with .bss. */
static void good(void)
{
    memset(&file, 0, sizeof(file));
    file.e = (Elf64_Ehdr){.e_type = ET_EXEC,
                          .e_machine = EM_AARCH64,
                          .e_version = 1,
                          .e_entry = 0x10400,
                          .e_phoff = 64,
                          .e_ehsize = 64,
                          .e_phentsize = sizeof(Elf64_Phdr),
                          .e_phnum = 4};
    memcpy(file.e.e_ident, "\177ELF\2\1\1", 7);
    file.p[TEXT] = (Elf64_Phdr){PT_LOAD, PF_R | PF_X, 0, 0x10000, 0x10000, 0x1800, 0x1800, 0x10000};
    file.p[RODATA] = (Elf64_Phdr){PT_LOAD, PF_R, 0x2000, 0x20000, 0x20000, 0x1000, 0x1000, 0x10000};
    file.p[DATA] =
        (Elf64_Phdr){PT_LOAD, PF_R | PF_W, 0x3010, 0x30010, 0x30010, 0x500, 0x90000, 0x10000};
    file.p[STACK] = (Elf64_Phdr){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W};
    file.p[DYNAMIC] = (Elf64_Phdr){.p_type = PT_NULL};
    file.p[INTERP] = (Elf64_Phdr){.p_type = PT_NULL};
}

static enum elf_load_error check(void)
{
    return elf_load_plan(&plan, &file, sizeof(file), sizeof(file), EM_AARCH64);
}

static void accepted(void **state)
{
    (void)state;
    good();
    assert_int_equal(check(), ELF_LOAD_OK);
    assert_int_equal(plan.count, 3);
    assert_int_equal(plan.entry, 0x10400);
    assert_int_equal(plan.start, 0x10000);
    assert_int_equal(plan.end, 0xc1000);
    assert_int_equal(plan.phdr_vaddr, 0x10040);
    assert_int_equal(plan.phdr_count, 4);
    assert_int_equal(plan.segments[2].prot, ELF_LOAD_READ | ELF_LOAD_WRITE);
    assert_false(plan.executable_stack || plan.relocatable);
    file.p[STACK].p_flags |= PF_X;
    assert_int_equal(check(), ELF_LOAD_OK);
    assert_true(plan.executable_stack);
}

#define REFUSED(change, error)            \
    do {                                  \
        good();                           \
        change;                           \
        assert_int_equal(check(), error); \
    } while (0)

static void refused(void **state)
{
    (void)state;
    REFUSED(file.e.e_ident[0] = 0, ELF_LOAD_NOT_ELF);
    REFUSED(file.e.e_ident[EI_CLASS] = ELFCLASS32, ELF_LOAD_CLASS);
    REFUSED(file.e.e_ident[EI_DATA] = ELFDATA2MSB, ELF_LOAD_CLASS);
    REFUSED(file.e.e_machine = EM_X86_64, ELF_LOAD_MACHINE);
    assert_string_equal(elf_machine_name(plan.machine), "amd64");
    REFUSED(file.e.e_type = ET_REL, ELF_LOAD_TYPE);
    REFUSED(file.e.e_type = ET_CORE, ELF_LOAD_TYPE);
    REFUSED(file.e.e_phentsize = 32, ELF_LOAD_HEADER);
    REFUSED(file.e.e_phoff = sizeof(file) - 10, ELF_LOAD_TRUNCATED);
    REFUSED(file.e.e_phoff = UINT64_MAX - 10, ELF_LOAD_TRUNCATED);
    REFUSED(file.e.e_phnum = 0, ELF_LOAD_NO_SEGMENTS);
    REFUSED(file.p[DATA].p_filesz = 0x5000, ELF_LOAD_TRUNCATED);
    REFUSED(file.p[DATA].p_offset = 0x20000010, ELF_LOAD_TRUNCATED);
    REFUSED(file.p[DATA].p_memsz = 0x10, ELF_LOAD_SEGMENT_SIZE);
    REFUSED(file.p[DATA].p_memsz = UINT64_MAX - 5, ELF_LOAD_SEGMENT_SIZE);
    REFUSED(file.p[DATA].p_vaddr = UINT64_C(0xffff000000030010), ELF_LOAD_SEGMENT_SIZE);
    REFUSED(file.p[DATA].p_offset = 0x3020, ELF_LOAD_ALIGNMENT);
    REFUSED(file.p[DATA].p_vaddr = 0x20010, ELF_LOAD_OVERLAP);
    REFUSED(file.p[RODATA].p_vaddr = 0x8000, ELF_LOAD_OVERLAP);
    REFUSED(file.e.e_entry = 0x20000, ELF_LOAD_ENTRY);
    REFUSED(file.e.e_entry = 0x11800, ELF_LOAD_ENTRY);
    REFUSED(file.e.e_entry = 0, ELF_LOAD_ENTRY);
    REFUSED((file.p[STACK] = (Elf64_Phdr){.p_type = PT_INTERP}), ELF_LOAD_DYNAMIC);
    good();
    assert_int_equal(elf_load_plan(&plan, &file, 40, 40, 0), ELF_LOAD_TRUNCATED);
    assert_int_equal(elf_load_plan(&plan, &file, 3, 3, 0), ELF_LOAD_NOT_ELF);
    assert_int_equal(elf_load_plan(&plan, &file, 0x100, sizeof(file), 0), ELF_LOAD_HEADER);
    assert_int_equal(elf_load_plan(&plan, &file, sizeof(file), 0x2800, 0), ELF_LOAD_TRUNCATED);
    for (int i = 0; i <= ELF_LOAD_RELOCATIONS; i++)
        assert_true(strlen(elf_load_error_text((enum elf_load_error)i)) > 8);
}

/* go build -ldflags '-T 0x...': the text's offset is negative, what lies before the file reads as
 * zeros. */
static void negative_offset(void **state)
{
    (void)state;
    good();
    file.p[TEXT] = (Elf64_Phdr){PT_LOAD, PF_R | PF_X,     (uint64_t)-0x3000, 0x10000,
                                0x10000, 0x3000 + 0x1800, 0x3000 + 0x1800,   0x10000};
    assert_int_equal(check(), ELF_LOAD_OK);
    assert_int_equal(plan.segments[0].offset, -0x3000);
    assert_int_equal(plan.phdr_vaddr, 0x13040);
    file.p[TEXT].p_filesz = file.p[TEXT].p_memsz = 0x2000; /* all of it before the file */
    assert_int_equal(check(), ELF_LOAD_TRUNCATED);
}

static void position_independent(Elf64_Dyn *dyn, unsigned count)
{
    good();
    file.e.e_type = ET_DYN;
    file.e.e_phnum = 6;
    file.p[INTERP].p_type = PT_INTERP;
    file.p[DYNAMIC] =
        (Elf64_Phdr){.p_type = PT_DYNAMIC, .p_offset = 0x3100, .p_filesz = count * sizeof(*dyn)};
    memcpy((char *)&file + 0x3100, dyn, count * sizeof(*dyn));
}

static void position_independence(void **state)
{
    Elf64_Dyn dyn[] = {{DT_RELA, {0x20000}},
                       {DT_RELASZ, {48}},
                       {DT_RELAENT, {24}},
                       {DT_NULL, {0}},
                       {DT_NEEDED, {1}}};

    (void)state;
    position_independent(dyn, 5);
    assert_int_equal(check(), ELF_LOAD_OK);
    assert_true(plan.relocatable && plan.rela_vaddr == 0x20000 && plan.rela_bytes == 48);
    dyn[3].d_tag = DT_NEEDED;
    position_independent(dyn, 5);
    assert_int_equal(check(), ELF_LOAD_DYNAMIC);
    dyn[3].d_tag = DT_JMPREL;
    position_independent(dyn, 5);
    assert_int_equal(check(), ELF_LOAD_RELOCATIONS);
    dyn[3].d_tag = DT_NULL;
    dyn[1].d_un.d_val = 0x2000; /* beyond its segment */
    position_independent(dyn, 5);
    assert_int_equal(check(), ELF_LOAD_RELOCATIONS);
    file.p[INTERP].p_type = PT_NULL; /* static-pie: relocates itself */
    assert_int_equal(check(), ELF_LOAD_OK);
    assert_int_equal(plan.rela_bytes, 0);
}

/* Segments of a real file as libelf sees them. */
static void compare_with_libelf(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    unsigned n = 0;
    size_t count;
    GElf_Ehdr eh;

    if (fd < 0)
        fail_msg("can't open %s", path);
    assert_int_equal(fstat(fd, &st), 0);
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    assert_int_equal(elf_load_plan(&plan, p, (size_t)st.st_size, (uint64_t)st.st_size, 0),
                     ELF_LOAD_OK);
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    assert_non_null(elf);
    assert_non_null(gelf_getehdr(elf, &eh));
    assert_int_equal(plan.entry, eh.e_entry);
    assert_int_equal(elf_getphdrnum(elf, &count), 0);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr ph;
        assert_non_null(gelf_getphdr(elf, (int)i, &ph));
        if (ph.p_type == PT_PHDR)
            assert_int_equal(plan.phdr_vaddr, ph.p_vaddr);
        if (ph.p_type != PT_LOAD || !ph.p_memsz)
            continue;
        assert_int_equal(plan.segments[n].vaddr, ph.p_vaddr);
        assert_int_equal(plan.segments[n].offset, ph.p_offset);
        assert_int_equal(plan.segments[n].file_bytes, ph.p_filesz);
        assert_int_equal(plan.segments[n].memory_bytes, ph.p_memsz);
        assert_int_equal(plan.segments[n].prot & ELF_LOAD_WRITE, ph.p_flags & PF_W);
        n++;
    }
    assert_int_equal(plan.count, n);
    elf_end(elf);
    munmap(p, (size_t)st.st_size);
    close(fd);
}

static void real_files(void **state)
{
    (void)state;
    compare_with_libelf(TEST_STATIC_PROGRAM);
}

static void dynamic_program_is_refused(void **state)
{
    static char head[1 << 16];
    int fd = open("/proc/self/exe", O_RDONLY);
    ssize_t n = read(fd, head, sizeof(head));
    struct stat st;

    (void)state;
    assert_int_equal(fstat(fd, &st), 0);
    close(fd);
    char *whole = malloc((size_t)st.st_size);
    fd = open("/proc/self/exe", O_RDONLY);
    assert_int_equal(read(fd, whole, (size_t)st.st_size), st.st_size);
    close(fd);
    assert_true(n > 0);
    assert_int_equal(elf_load_plan(&plan, whole, (size_t)st.st_size, (uint64_t)st.st_size, 0),
                     ELF_LOAD_DYNAMIC);
    free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),        cmocka_unit_test(refused),
        cmocka_unit_test(negative_offset), cmocka_unit_test(position_independence),
        cmocka_unit_test(real_files),      cmocka_unit_test(dynamic_program_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
