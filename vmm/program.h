/* SPDX-License-Identifier: Apache-2.0 */
/* Which programs a machine can run: static 64-bit ELF files for its processor. */
#ifndef VMM_PROGRAM_H
#define VMM_PROGRAM_H

#include "vmm/blob.h"

/*
 * Says whether the file's bytes are a program that the arm64 kernel can start. They are not
 * trusted. name is how messages call it. Fails with -ENOEXEC and one sentence that names the
 * remedy.
 */
int program_check(const struct blob *file, const char *name, struct error *err) MUST_CHECK;

#endif
