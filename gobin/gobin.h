/* SPDX-License-Identifier: Apache-2.0 */
/* A Go program as a file: what every reader of this folder starts from. No state is shared between
 * two of them, nothing is printed; the file's bytes belong to the caller, stay unchanged, and must
 * outlive the reader. */
#ifndef GOBIN_GOBIN_H
#define GOBIN_GOBIN_H

#include "gobin/buildinfo.h"
#include "gobin/elf.h"
#include "gobin/error.h"
#include "gobin/moduledata.h"
#include "gobin/pclntab.h"

struct gobin {
    struct elf elf;
    struct buildinfo build;
    struct pclntab pclntab;
    struct moduledata module;
    struct gobin_error error; /* the sentence, when a call failed */
};

/* Reads a program of Go 1.18 or newer. -ENOEXEC, -EINVAL, -ENOENT, -ENOMEM with bin->error set. */
int gobin_open(struct gobin *bin, const void *data, size_t size);
void gobin_close(struct gobin *bin);

/* The bytes of Go's text: from bin->module.text to the end of it or of its segment. */
struct span gobin_text(const struct gobin *bin);

#endif
