/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of `mazboot wb` share: the program they are about, and their options. */
#ifndef CMD_WB_WB_H
#define CMD_WB_WB_H

#include "gobin/barriers.h"
#include "gobin/gobin.h"
#include "vmm/blob.h"

struct wb_options {
    bool json, bulk, totals, no_gc, run;
    const char *stub;   /* patch: "builtin", a function or an address */
    const char *output; /* patch: -o */
    const char *revert; /* patch: the record of an earlier patch */
    const char *ram;    /* patch, verify: "LOW-HIGH", the writable memory of the machine */
};

struct wb {
    const char *path;
    const char *run_path; /* verify --run: what runs in its place */
    struct blob file;
    struct gobin bin;
    struct barriers barriers;
};

/* Opens the program and finds its barriers; prints what is wrong. 0, or the exit status. */
int wb_open(struct wb *wb, const char *path);
void wb_close(struct wb *wb);

/* The subcommands: each returns the exit status. operands: what follows FILE. */
int wb_list(struct wb *wb, const struct wb_options *o);
int wb_explain(struct wb *wb, const struct wb_options *o, const char *where);
int wb_patch(struct wb *wb, const struct wb_options *o);
int wb_verify(struct wb *wb, const struct wb_options *o);

/* Puts back what a patch changed: file is the patched program, o->revert its record. */
int wb_revert(const char *path, const struct wb_options *o);

#endif
