/* SPDX-License-Identifier: Apache-2.0 */
/* Go packages as programs: builds them with the user's own go command. */
#ifndef CMD_GOBUILD_H
#define CMD_GOBUILD_H

#include "vmm/blob.h"

/*
 * Whether the operand means a Go package rather than an ELF file: a folder with Go files, a .go
 * file, or, if no such file exists, an import path that the go command knows here.
 */
bool gobuild_is_package(const char *operand);

/*
 * Builds the package for the machine (GOOS=linux GOARCH=arm64 CGO_ENABLED=0) and opens the program;
 * name gets what the package calls itself (size bytes). Errors of the compiler go to stderr as they
 * come. Blocks until go ends. Fails with -ENOENT without a go command, -ECANCELED with an empty
 * text if go has already said what is wrong.
 */
int gobuild(const char *operand, struct blob *program, char *name, size_t size,
            struct error *err) MUST_CHECK;

#endif
