/* SPDX-License-Identifier: Apache-2.0 */
/* What `mazboot inspect` found out about a program, and the forms it is shown in. */
#ifndef CMD_INSPECT_REPORT_H
#define CMD_INSPECT_REPORT_H

#include <stdio.h>

#include "gobin/barriers.h"
#include "gobin/checkpoints.h"
#include "gobin/gobin.h"
#include "gobin/layout.h"
#include "gobin/needs.h"
#include "gobin/packages.h"

enum { REPORT_REASONS_MAX = 8, REPORT_CHECKPOINTS_MAX = 64 };

struct report {
    const char *path;
    struct gobin bin;
    struct packages packages;
    struct needs needs;
    const char *needs_missing; /* why the system calls are unknown, or NULL */
    struct barriers barriers;
    struct layout layout;
    const char *layout_missing; /* why there is none, or NULL */
    struct checkpoint_at checkpoints[REPORT_CHECKPOINTS_MAX];
    bool stripped;
    char reasons[REPORT_REASONS_MAX][192]; /* what keeps it from running on Mazboot's kernel */
    size_t nreasons;
    char warnings[REPORT_REASONS_MAX][192]; /* what it may miss there */
    size_t nwarnings;
    struct gobin_error needs_error, layout_error;
};

/* Reads the file's bytes, which must outlive the report. A negative errno with r->bin.error set. */
int report_make(struct report *r, const char *path, struct span file);
void report_free(struct report *r);

/* The kinds of section that a size is added up under: "code", "function table", ... */
const char *section_purpose(const struct elf_section *s);

/* Prints it for people; all: every package, not only the largest. */
void report_text(const struct report *r, bool all);

/* Prints it for programs. */
void report_json(const struct report *r);

/* Writes a picture of the file: areas are bytes. */
void report_svg(const struct report *r, FILE *out);

#endif
