/* SPDX-License-Identifier: Apache-2.0 */
/* The decoders against LLVM's disassembler: random and systematic code, compared by size, mnemonic
 * and operands. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gobin/disasm.h"
#include "gobin/isa.h"

enum { PC = 0x200000, ROUNDS = 200000 };

static uint64_t seed;

static uint32_t random_word(void)
{
    seed = seed * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(seed >> 32);
}

static struct disasm *disassembler(const struct isa *isa)
{
    struct disasm *d;
    struct gobin_error err;
    if (disasm_open(&d, isa, &err) != 0)
        skip();
    return d;
}

static bool starts(const char *text, const char *word)
{
    size_t n = strlen(word);
    return strncmp(text, word, n) == 0 && (text[n] == ' ' || text[n] == 0);
}

/* The number behind the last "#" or blank: a branch's distance, which LLVM prints relative to pc.
 */
static int64_t last_number(const char *text)
{
    const char *at = strrchr(text, '#');
    if (!at)
        at = strrchr(text, ' ');
    return at ? strtoll(at + 1, NULL, 0) : 0;
}

static void check_target(const struct insn *i, const char *text)
{
    if ((int64_t)PC + last_number(text) != i->imm)
        fail_msg("%s: the target is %#" PRIx64, text, (uint64_t)i->imm);
}

static void check_kind(const struct insn *i, enum insn_kind kind, const char *text, bool expected)
{
    if ((i->kind == kind) != expected)
        fail_msg("%s: decoded as kind %d", text, i->kind);
}

static void check_arm64(const struct insn *i, const char *text)
{
    bool call = starts(text, "bl"), jump = starts(text, "b"),
         zero = starts(text, "cbz") || starts(text, "cbnz");
    check_kind(i, INSN_CALL, text, call || starts(text, "blr"));
    check_kind(i, INSN_JUMP, text, jump || starts(text, "br"));
    check_kind(i, INSN_SYSCALL, text, starts(text, "svc"));
    check_kind(i, INSN_RETURN, text, starts(text, "ret"));
    check_kind(i, INSN_ADDRESS, text, starts(text, "adrp") || starts(text, "adr"));
    if (call || jump || zero)
        check_target(i, text);
    if (zero && i->rd != REG_ZERO) /* "cbz w5, #8" */
        assert_int_equal(strtol(strchr(text, ' ') + 2, NULL, 10), i->rd);
    if (starts(text, "adrp"))
        assert_int_equal(i->imm, (int64_t)PC + last_number(text));
}

/* Loads and stores of general registers: base and offset as printed between the brackets. */
static void check_arm64_memory(const struct insn *i, const char *text)
{
    char base[8], expected[64];
    const char *bracket = strchr(text, '[');
    bool general = (starts(text, "ldr") || starts(text, "str") || starts(text, "ldp") ||
                    starts(text, "stp") || starts(text, "ldur") || starts(text, "stur")) &&
                   strchr("xw", text[strcspn(text, " ") + 1]);
    if (!general || !bracket || strchr(bracket, '!') || !strchr(bracket, ']') ||
        strchr(bracket, ']')[1])
        return;
    check_kind(i,
               starts(text, "ldr") || starts(text, "ldp") || starts(text, "ldur") ? INSN_LOAD
                                                                                  : INSN_STORE,
               text, true);
    if (i->indexed)
        return;
    snprintf(base, sizeof(base), "%s", isa_arm64.registers[i->rn]);
    if (i->imm)
        snprintf(expected, sizeof(expected), "[%s, #%" PRId64 "]", base, i->imm);
    else
        snprintf(expected, sizeof(expected), "[%s]", base);
    if (strcmp(bracket, expected) != 0)
        fail_msg("%s: decoded as %s", text, expected);
}

static void test_arm64(void **state)
{
    struct disasm *d = disassembler(&isa_arm64);
    char text[128];
    (void)state;
    seed = 1;
    for (unsigned n = 0; n < ROUNDS; n++) {
        uint32_t w = random_word();
        struct insn i;
        struct span code = {(const uint8_t *)&w, sizeof(w)};
        if (disasm_insn(d, code, PC, text, sizeof(text)) == 0)
            continue;
        isa_arm64.decode(code, PC, &i);
        check_arm64(&i, text);
        check_arm64_memory(&i, text);
    }
    disasm_close(d);
}

static void check_riscv64(const struct insn *i, const char *text)
{
    bool jal = starts(text, "jal"), j = starts(text, "j"),
         zero = starts(text, "beqz") || starts(text, "bnez");
    check_kind(i, INSN_SYSCALL, text, starts(text, "ecall"));
    check_kind(i, INSN_ADDRESS, text, starts(text, "auipc"));
    if (jal || j)
        check_kind(i, jal ? INSN_CALL : INSN_JUMP, text, true);
    if (jal || j || zero)
        check_target(i, text);
    if (starts(text, "ld") || starts(text, "lw") || starts(text, "lwu"))
        check_kind(i, INSN_LOAD, text, true);
    if (starts(text, "sd") || starts(text, "sw"))
        check_kind(i, INSN_STORE, text, true);
    if (starts(text, "ld") || starts(text, "sd")) {
        char expected[64];
        const char *rd = i->rd == REG_ZERO ? "zero" : isa_riscv64.registers[i->rd];
        snprintf(expected, sizeof(expected), "%.2s %s, %" PRId64 "(%s)", text, rd, i->imm,
                 isa_riscv64.registers[i->rn]);
        assert_string_equal(text, expected);
    }
    if (starts(text, "li")) {
        check_kind(i, INSN_SET, text, true);
        assert_int_equal(i->imm, last_number(text));
    }
}

static void test_riscv64(void **state)
{
    struct disasm *d = disassembler(&isa_riscv64);
    char text[128];
    (void)state;
    seed = 2;
    for (unsigned n = 0; n < ROUNDS; n++) {
        uint32_t w = random_word();
        struct insn i;
        struct span code = {(const uint8_t *)&w, sizeof(w)};
        size_t size = disasm_insn(d, code, PC, text, sizeof(text));
        if (size == 0)
            continue;
        isa_riscv64.decode(code, PC, &i);
        assert_int_equal(i.size_bytes, size);
        check_riscv64(&i, text);
    }
    disasm_close(d);
}

/* Where the decoder claims to know an instruction LLVM sees one of the same size, and calls and
 * jumps go to the same place. */
static void test_amd64(void **state)
{
    struct disasm *d = disassembler(&isa_amd64);
    static const uint8_t opcodes[] = {0x89, 0x8b, 0x8d, 0x81, 0x83, 0xc7, 0x31, 0x33,
                                      0xc3, 0xe8, 0xe9, 0xeb, 0x0f, 0xb8, 0x74};
    char text[128];
    (void)state;
    seed = 3;
    for (unsigned n = 0; n < ROUNDS; n++) {
        uint32_t words[4] = {random_word(), random_word(), random_word(), random_word()};
        uint8_t *bytes = (uint8_t *)words;
        struct insn i;
        struct span code = {bytes, sizeof(words)};
        bool rex = words[3] & 1;
        bytes[0] = rex ? 0x40 | (bytes[0] & 0xf) : bytes[0];
        bytes[rex] = opcodes[words[3] >> 1 & 0xf ? (words[3] >> 1) % sizeof(opcodes) : 0];
        size_t size = disasm_insn(d, code, PC, text, sizeof(text));
        isa_amd64.decode(code, PC, &i);
        if (i.size_bytes == 0 || size == 0)
            continue;
        if (i.size_bytes != size)
            fail_msg("%s: %zu bytes, decoded as %u", text, size, i.size_bytes);
        check_kind(&i, INSN_CALL, text, starts(text, "callq"));
        check_kind(&i, INSN_SYSCALL, text, starts(text, "syscall"));
        if (starts(text, "callq") || starts(text, "jmp"))
            assert_int_equal(i.imm, (int64_t)(PC + size) + last_number(text));
    }
    disasm_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arm64),
        cmocka_unit_test(test_riscv64),
        cmocka_unit_test(test_amd64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
