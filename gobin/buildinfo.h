/* SPDX-License-Identifier: Apache-2.0 */
/* What the linker wrote about the build: Go version, main package, modules, settings. */
#ifndef GOBIN_BUILDINFO_H
#define GOBIN_BUILDINFO_H

#include "gobin/elf.h"

/* One line of it, as `go version -m` prints it: kind "path", "mod", "dep", "=>" or "build", and its
 * columns. */
struct buildinfo_line {
    struct span kind;
    struct span columns[3];
    unsigned ncolumns;
};

struct buildinfo {
    char version[64];  /* "go1.26.0", "" where the file doesn't tell */
    unsigned minor;    /* 26; 0 where unknown or a development version */
    struct span lines; /* the text of the modules and settings; empty where there is none */
    bool from_rodata;  /* no build info in the file: the version is that of runtime.buildVersion */
};

/* Finds the build info. 0 also where there is none (version is "" then). */
int buildinfo_read(struct buildinfo *info, const struct elf *e);

/* Cuts the next line off *rest. False when there is none left. */
bool buildinfo_next(struct span *rest, struct buildinfo_line *line);

/* The value of setting key ("CGO_ENABLED", "-trimpath"), or an empty span. */
struct span buildinfo_setting(const struct buildinfo *info, const char *key);

#endif
