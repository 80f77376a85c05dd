/* SPDX-License-Identifier: Apache-2.0 */
/* The RTG compiler as a library: source text in memory goes in, machine code in memory comes out.
 * It opens no file, prints nothing, ends no process and has no globals, so several threads may
 * compile at once. The language is in docs/RTG.md. */
#ifndef RTGC_RTG_H
#define RTGC_RTG_H

#include "lib/types.h"

/* One file of the program. A name that ends in ".ir" holds the text form of the IR instead of
 * source. */
struct rtg_source {
    const char *name; /* as diagnostics show it */
    const char *text; /* need not end in NUL */
    size_t size_bytes;
};

/* What runtime.Config("key") gives: a string, or an integer when is_int. */
struct rtg_config {
    const char *key;
    bool is_int;
    int64_t number;
    const char *text;
    size_t size_bytes;
};

/* One row of a table that runtime.EmbedTable("table") embeds. */
struct rtg_row {
    const char *table;
    const char *name; /* NUL-terminated */
    const void *data;
    size_t size_bytes;
};

enum rtg_emit {
    RTG_EMIT_ELF, /* a static executable: R+X and R+W segments, no RWX */
    RTG_EMIT_OBJ, /* a payload: the config region's header, relocations, code (docs/RTG.md, "Payload
                     objects") */
    RTG_EMIT_BIN, /* flat bytes for the address `base`; what follows them must be zero for bss */
    RTG_EMIT_ASM, /* assembly text with source lines */
    RTG_EMIT_IR,  /* the IR before any pass */
    RTG_EMIT_MAP, /* addresses and sizes of everything in the image */
    RTG_EMIT_LIST, /* addresses, bytes and instructions with source lines */
};

struct rtg_options {
    const char *arch; /* "arm64", "amd64" or "riscv64" */
    enum rtg_emit emit;
    const struct rtg_source *sources;
    size_t nsources;
    const char *const *flags; /* names that runtime.Ifdef finds */
    size_t nflags;
    const struct rtg_config *configs;
    size_t nconfigs;
    const struct rtg_row *rows;
    size_t nrows;
    uint64_t base;  /* load address of ELF (a multiple of 4096; 0: 0x400000) and BIN */
    bool symbols;   /* ELF gets a symbol table */
    bool no_passes; /* leave out the simplifying passes (to compare with and without) */
    const char
        *dump; /* a pass of docs/RTG.md: its result is appended to rtg_result.dump, NULL for none */
};

struct rtg_result {
    uint8_t *data; /* what `emit` asked for; NULL when there were errors */
    size_t size_bytes;
    uint64_t code_bytes; /* machine code alone, without constants */
    uint64_t bss_bytes;
    char *diagnostics; /* "file:line:col: message", the line and a caret for each; NULL when there
                          are none */
    char *dump;
    unsigned nerrors;
    unsigned nwarnings;
};

/* Compiles. Returns 0, -EINVAL when the program or an option has errors (result->diagnostics says
 * which), -ENOMEM. The result is always initialised; the caller ends it by rtg_result_free. */
int rtg_compile(const struct rtg_options *options, struct rtg_result *result) MUST_CHECK;

/* Parses and checks only: the same as rtg_compile without data. */
int rtg_check(const struct rtg_options *options, struct rtg_result *result) MUST_CHECK;

void rtg_result_free(struct rtg_result *result);

#endif
