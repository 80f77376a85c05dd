/* SPDX-License-Identifier: Apache-2.0 */
/* The reader on a made-up program whose every fact is known, whole, cut off anywhere, and with any
 * byte changed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gobin/barriers.h"
#include "gobin/goroutines.h"
#include "gobin/needs.h"
#include "gobin/packages.h"
#include "gobin/redirect.h"
#include "tests/gobin/tiny.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum gobin_machine machines[] = {GOBIN_ARM64, GOBIN_AMD64, GOBIN_RISCV64};

static void open_tiny(struct gobin *bin, uint8_t *image, enum gobin_machine machine, bool go120)
{
    tiny_make(image, machine, go120);
    int rc = gobin_open(bin, image, TINY_SIZE);
    if (rc != 0)
        fail_msg("%s", bin->error.text);
}

static void each_tiny(void (*check)(struct gobin *, uint8_t *, bool))
{
    uint8_t image[TINY_SIZE];
    struct gobin bin;
    for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
        for (int go120 = 0; go120 < 2; go120++) {
            open_tiny(&bin, image, machines[i], go120);
            check(&bin, image, go120);
            gobin_close(&bin);
        }
    }
}

static void check_version(struct gobin *bin, uint8_t *image, bool go120)
{
    struct span rest = bin->build.lines;
    struct buildinfo_line line;
    (void)image;
    assert_string_equal(bin->build.version, go120 ? "go1.26.1" : "go1.18.2");
    assert_int_equal(bin->build.minor, go120 ? 26 : 18);
    assert_true(buildinfo_next(&rest, &line));
    assert_int_equal(line.ncolumns, 1);
    assert_memory_equal(line.columns[0].data, "main", 4);
    assert_true(buildinfo_next(&rest, &line));
    assert_int_equal(line.ncolumns, 3);
    assert_memory_equal(line.columns[1].data, "(devel)", 7);
    assert_false(buildinfo_next(&rest, &line));
}

static void test_version(void **state)
{
    (void)state;
    each_tiny(check_version);
}

static void check_table(struct gobin *bin, uint8_t *image, bool go120)
{
    struct gofunc f;
    struct gopos pos[4];
    int32_t frame;
    (void)image, (void)go120;
    assert_int_equal(bin->pclntab.nfuncs, 2);
    assert_int_equal(pclntab_find(&bin->pclntab, TINY_BASE + TINY_CALL, &f), 0);
    assert_string_equal(f.name, "main.main");
    assert_int_equal(f.entry, TINY_BASE + TINY_TEXT);
    assert_int_equal(f.end, TINY_BASE + TINY_BARRIER);
    assert_int_equal(pclntab_positions(&bin->pclntab, &f, TINY_BASE + TINY_CALL, pos, 4), 1);
    assert_string_equal(pos[0].file, "/src/main.go");
    assert_int_equal(pos[0].line, 42);
    assert_int_equal(pclntab_frame_size(&bin->pclntab, &f, TINY_BASE + TINY_CALL, &frame), 0);
    assert_int_equal(frame, 0);
    assert_int_equal(pclntab_find(&bin->pclntab, TINY_BASE + TINY_TEXT - 1, &f), -ENOENT);
    assert_int_equal(pclntab_find(&bin->pclntab, TINY_BASE + TINY_TEXT_END, &f), -ENOENT);
    assert_int_equal(pclntab_find_name(&bin->pclntab, "main.mai", &f), -ENOENT);
}

static void test_table(void **state)
{
    (void)state;
    each_tiny(check_table);
}

static void check_barriers(struct gobin *bin, uint8_t *image, bool go120)
{
    struct barriers b;
    (void)image;
    assert_int_equal(barriers_find(&b, bin), 0);
    assert_int_equal(b.abi, go120 ? BARRIER_BUFFER : BARRIER_STORES);
    assert_int_equal(b.nsites, 1);
    assert_int_equal(b.sites[0].pc, TINY_BASE + TINY_CALL);
    assert_int_equal(b.callees[b.sites[0].callee].slots, 2);
    assert_int_equal(b.flag, TINY_BASE + TINY_FLAG);
    assert_int_equal(b.flag_tests, 1);
    assert_int_equal(barrier_site_from(&b, TINY_BASE + TINY_CALL), 0);
    assert_int_equal(barrier_site_from(&b, TINY_BASE + TINY_CALL + 1), 1);
    barriers_free(&b);
}

static void test_barriers(void **state)
{
    (void)state;
    each_tiny(check_barriers);
}

/* The replacement as LLVM reads it: it hands out exactly the 64 bytes below sp, or does the store.
 */
static void check_stub(const struct gobin *bin, const struct change *c, bool go120)
{
    static const char *const expected[][2] = {{"str x3, [x2]", "sub x25, sp, #64"},
                                              {"movq %rax, (%rdi)", "leaq -64(%rsp), %r11"},
                                              {"sd t1, 0(t0)", "addi s8, sp, -64"}};
    struct disasm *d;
    struct gobin_error err;
    struct span code = {c->after, c->size_bytes};
    char text[96];
    if (disasm_open(&d, isa_of(bin->elf.machine), &err) != 0)
        skip();
    size_t size = disasm_insn(d, code, 0, text, sizeof(text));
    assert_string_equal(text, expected[bin->elf.machine][go120]);
    assert_int_equal(size + disasm_insn(d, span_from(code, size), 0, text, sizeof(text)),
                     code.size);
    assert_memory_equal(text, "ret", 3);
    disasm_close(d);
}

/* The planned change of the barrier's first bytes is there, inside of the file, and tells what it
 * replaces. */
static void check_redirect(struct gobin *bin, uint8_t *image, bool go120)
{
    struct barriers b;
    struct redirect r;
    assert_int_equal(barriers_find(&b, bin), 0);
    assert_int_equal(redirect_builtin(&r, bin, &b), 0);
    assert_int_equal(r.nchanges, 1);
    assert_int_equal(r.changes[0].offset, TINY_BARRIER);
    assert_memory_equal(r.changes[0].before, image + TINY_BARRIER, r.changes[0].size_bytes);
    check_stub(bin, &r.changes[0], go120);
    redirect_free(&r);
    barriers_free(&b);
}

static void test_redirect(void **state)
{
    (void)state;
    each_tiny(check_redirect);
}

static void test_memory(void **state)
{
    uint8_t image[TINY_SIZE];
    struct gobin bin;
    struct needs n;
    (void)state;
    open_tiny(&bin, image, GOBIN_ARM64, true);
    assert_int_equal(needs_find(&n, &bin), 0);
    assert_int_equal(n.image_bytes,
                     3 * 4096); /* one page of text; the data's 4 KiB lie across two */
    assert_int_equal(n.writable_bytes, 2 * 4096);
    assert_int_equal(n.nsyscalls, 0);
    gobin_close(&bin);
}

/* A program's memory with a slice of three goroutines in it: at MEMORY, and the structs behind. */
enum { MEMORY = 0x40000, GS = 3, G_SIZE = 512 };

static int memory_read(void *context, vaddr_t addr, void *out, size_t size)
{
    if (addr < MEMORY || addr - MEMORY + size > (GS + 1) * G_SIZE)
        return -EFAULT;
    memcpy(out, (uint8_t *)context + (addr - MEMORY), size);
    return 0;
}

static void put_goroutine(uint8_t *memory, const struct layout *l, size_t i, uint32_t status)
{
    uint8_t *g = memory + (i + 1) * G_SIZE;
    uint64_t id = i + 1, addr = MEMORY + (i + 1) * G_SIZE, pc = 0x1000 + i;
    memcpy(memory + 64 + 8 * i, &addr, 8);
    memcpy(g + l->at[LAYOUT_g_status], &status, 4);
    memcpy(g + l->at[LAYOUT_g_goid], &id, 8);
    memcpy(g + l->at[LAYOUT_g_sched] + l->at[LAYOUT_gobuf_pc], &pc, 8);
    memcpy(g + l->at[LAYOUT_g_syscallpc], &(uint64_t){0x2000}, 8);
    memcpy(g + l->at[LAYOUT_g_syscallsp], &(uint64_t){0x3000}, 8);
}

/* The collector adds a bit to the state of a goroutine whose stack it looks at; one in a system
 * call stopped elsewhere. */
static void test_goroutines(void **state)
{
    uint8_t image[TINY_SIZE], memory[(GS + 1) * G_SIZE] = {0};
    const uint64_t slice[] = {MEMORY + 64, GS, GS};
    struct gobin bin;
    struct layout l;
    struct globals globals = {.allgs = {MEMORY + 8, MEMORY}, .nallgs = 2};
    struct memory m = {.read = memory_read, .context = memory};
    struct goroutine *all;
    size_t n;
    (void)state;
    open_tiny(&bin, image, GOBIN_ARM64, true);
    assert_int_equal(layout_from_table(&l, 26, GOBIN_ARM64), 0);
    memcpy(memory, slice, sizeof(slice));
    put_goroutine(memory, &l, 0, 0x1004);
    put_goroutine(memory, &l, 1, 3);
    put_goroutine(memory, &l, 2, 6);
    assert_int_equal(goroutines_list(&bin, &l, &globals, &m, &all, &n), 0);
    assert_int_equal(n, GS);
    assert_string_equal(all[0].state, "waiting");
    assert_int_equal(all[0].pc, 0x1000);
    assert_string_equal(all[1].state, "syscall");
    assert_int_equal(all[1].pc, 0x2000);
    assert_int_equal(all[1].sp, 0x3000);
    assert_true(all[2].dead);
    free(all);
    gobin_close(&bin);
}

/* The file is on the heap, and as long as it says, so that the sanitizer sees a byte too far. */
static void try_copy(const uint8_t *image, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, image, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void check_cut(struct gobin *bin, uint8_t *image, bool go120)
{
    (void)bin, (void)go120;
    for (size_t size = 0; size < TINY_SIZE; size += 3)
        try_copy(image, size);
}

static void test_cut_anywhere(void **state)
{
    (void)state;
    each_tiny(check_cut);
}

static void check_changed(struct gobin *bin, uint8_t *image, bool go120)
{
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
    (void)bin, (void)go120;
    for (size_t at = 0; at < TINY_SIZE; at++) {
        uint8_t kept = image[at];
        image[at] = values[at % ARRAY_SIZE(values)];
        try_copy(image, TINY_SIZE);
        image[at] = kept;
    }
}

static void test_any_byte_changed(void **state)
{
    (void)state;
    each_tiny(check_changed);
}

static void test_what_it_says(void **state)
{
    uint8_t image[TINY_SIZE];
    struct gobin bin;
    (void)state;
    assert_int_equal(gobin_open(&bin, "#!/bin/sh\n", 10), -ENOEXEC);
    assert_non_null(strstr(bin.error.text, "not an ELF file"));
    tiny_make(image, GOBIN_ARM64, true);
    image[TINY_TABLE] = 0xfa;
    image[18] = EM_PPC64;
    assert_int_equal(gobin_open(&bin, image, TINY_SIZE), -ENOEXEC);
    assert_non_null(strstr(bin.error.text, "machine 21"));
    image[18] = EM_AARCH64;
    assert_int_equal(gobin_open(&bin, image, TINY_SIZE), -ENOENT);
    assert_non_null(strstr(bin.error.text, "not a Go program"));
}

static void test_package_of(void **state)
{
    static const char *const names[][2] = {
        {"main.(*node).push", "main"},
        {"net/http.(*Server).Serve.func1", "net/http"},
        {"gopkg.in/yaml%2ev3.Marshal", "gopkg.in/yaml%2ev3"},
        {"slices.SortFunc[go.shape.struct { a/b.c int }]", "slices"},
        {"x.org/list.(*List[go.shape.*y.org/z.T]).Add", "x.org/list"},
        {"type:.eq.main.node", "(types)"},
        {"type..hash.net/http.key", "(types)"},
        {"go:textfipsstart", "(linker)"},
        {"memeqbody", "(assembly)"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct span got = package_of(names[i][0]);
        assert_int_equal(got.size, strlen(names[i][1]));
        assert_memory_equal(got.data, names[i][1], got.size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version),      cmocka_unit_test(test_table),
        cmocka_unit_test(test_barriers),     cmocka_unit_test(test_redirect),
        cmocka_unit_test(test_memory),       cmocka_unit_test(test_package_of),
        cmocka_unit_test(test_goroutines),   cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_what_it_says), cmocka_unit_test(test_any_byte_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
